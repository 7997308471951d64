// Sans framing.c, et getaddrinfo, l'affichage et les messages écrits ici ; le clavier est lu par getchar.
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "display.h"

#define MAXDATASIZE 65536

static char typed[MAXDATASIZE + 2];
static char net[MAXDATASIZE + 1];
static size_t netlen;

static long get_typed(char *out)
{
    long n = 0;
    int c;

    while ((c = getchar()) != EOF && c != '\n') {
        if (n == MAXDATASIZE)
            return -1;
        out[n++] = (char)c;
    }
    if (c == EOF && ferror(stdin))
        return -2;
    if (c == EOF && n == 0)
        return 0;
    out[n++] = '\n';
    return n;
}

static int sendall(int s, const char *buf, size_t len)
{
    size_t total = 0;
    ssize_t n;

    while (total < len) {
        n = send(s, buf + total, len - total, MSG_NOSIGNAL);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return -1;
        total += (size_t)n;
    }
    return 0;
}

static int show_line(int s)
{
    char *nl = NULL;
    size_t len, skip;

    for (;;) {
        ssize_t n;

        nl = memchr(net, '\n', netlen);
        if (nl != NULL)
            break;
        if (netlen == sizeof net) {
            errno = EMSGSIZE;
            return -1;
        }
        n = recv(s, net + netlen, sizeof net - netlen, 0);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return -1;
        if (n == 0)
            break;
        netlen += (size_t)n;
    }
    if (nl == NULL && netlen == 0)
        return 0;
    len = nl != NULL ? (size_t)(nl - net) : netlen;
    skip = nl != NULL ? len + 1 : len;
    print_escaped(stdout, net, len);
    putchar('\n');
    fflush(stdout);
    netlen -= skip;
    memmove(net, net + skip, netlen);
    return 1;
}

static int good_port(const char *p)
{
    size_t i, n = strlen(p);

    if (n == 0 || n > 5)
        return 0;
    for (i = 0; i < n; i++)
        if (!isdigit((unsigned char)p[i]))
            return 0;
    return atoi(p) >= 1 && atoi(p) <= 65535;
}

static int fail(const char *what, const char *host, const char *port, const char *why)
{
    fprintf(stderr, "client: %s %s:%s : %s\n", what, host, port, why);
    return 1;
}

int main(int argc, char *argv[])
{
    static char hostbuf[MAXDATASIZE + 2], portbuf[MAXDATASIZE + 2];
    char *host = hostbuf, *port = portbuf;
    int sockfd = -1, rv, said = 0, err = 0;
    long n;
    struct addrinfo hints, *servinfo, *p;

    if (argc > 3) {
        fprintf(stderr, "usage: client [HOST [PORT]]\n");
        return 2;
    }
    if (argc > 1) {
        host = argv[1];
    } else {
        printf("enter the host name to connect: ");
        fflush(stdout);
        if ((n = get_typed(hostbuf)) <= 0)
            return n == 0 ? 0 : 1;
        hostbuf[n - 1] = '\0';
        if (strlen(hostbuf) != (size_t)n - 1) {
            fprintf(stderr, "client: bad host\n");
            return 2;
        }
    }
    if (argc > 2) {
        port = argv[2];
    } else {
        printf("enter the port: ");
        fflush(stdout);
        if ((n = get_typed(portbuf)) <= 0)
            return n == 0 ? 0 : 1;
        portbuf[n - 1] = '\0';
        if (strlen(portbuf) != (size_t)n - 1) {
            fprintf(stderr, "client: bad port\n");
            return 2;
        }
    }
    if (!good_port(port)) {
        fprintf(stderr, "client: bad port: %s\n", port);
        return 2;
    }

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;

    if ((rv = getaddrinfo(host, port, &hints, &servinfo)) != 0)
        return fail("getaddrinfo", host, port, gai_strerror(rv));

    for (p = servinfo; p != NULL; p = p->ai_next) {
        if ((sockfd = socket(p->ai_family, p->ai_socktype, p->ai_protocol)) == -1) {
            err = errno;
            continue;
        }
        if (!said) {
            printf("socket created\n");
            fflush(stdout);
            said = 1;
        }
        while ((rv = connect(sockfd, p->ai_addr, p->ai_addrlen)) == -1 &&
               (errno == EINTR || errno == EALREADY))
            ;
        if (rv == -1 && errno != EISCONN) {
            err = errno;
            close(sockfd);
            continue;
        }
        break;
    }
    freeaddrinfo(servinfo);
    if (p == NULL)
        return fail("connect", host, port, strerror(err));

    printf("socket connected to ");
    print_endpoint(stdout, host, port);
    putchar('\n');
    fflush(stdout);

    while ((n = get_typed(typed)) > 0) {
        if (n == 4 && memcmp(typed, "END\n", 4) == 0)
            break;
        if (sendall(sockfd, typed, (size_t)n) == -1)
            return fail("send", host, port, strerror(errno));
        rv = show_line(sockfd);
        if (rv == -1)
            return fail("recv", host, port, strerror(errno));
        if (rv == 0)
            return fail("recv", host, port, "server closed the connection");
    }
    if (n == -1)
        return fail("line too long for", host, port, strerror(EMSGSIZE));
    if (n == -2)
        return fail("reading the keyboard for", host, port, strerror(errno));
    if (sendall(sockfd, "END\n", 4) == -1)
        return fail("send", host, port, strerror(errno));
    shutdown(sockfd, SHUT_WR);
    while ((rv = show_line(sockfd)) == 1)
        ;
    if (rv == -1)
        return fail("recv", host, port, strerror(errno));
    close(sockfd);
    return 0;
}
