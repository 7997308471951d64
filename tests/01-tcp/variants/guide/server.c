// Tout dans ce fichier, sans framing.c ni common/ : un tampon global, poll devant chaque appel, un tube à soi pour les signaux.
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define HOST "127.0.0.1"
#define PORT "8001"
#define BACKLOG 511
#define MAXLINE 65536

static int selfpipe[2];
static char buf[MAXLINE + 1];
static size_t buflen;

void sigterm_handler(int s)
{
    int saved_errno = errno;
    (void)s;
    if (write(selfpipe[1], "x", 1) == -1) {
    }
    errno = saved_errno;
}

void *get_in_addr(struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET) {
        return &(((struct sockaddr_in *)sa)->sin_addr);
    }
    return &(((struct sockaddr_in6 *)sa)->sin6_addr);
}

void peer_name(struct sockaddr_storage *their_addr, char *out, size_t size)
{
    char s[INET6_ADDRSTRLEN];

    inet_ntop(their_addr->ss_family, get_in_addr((struct sockaddr *)their_addr), s, sizeof s);
    if (their_addr->ss_family == AF_INET)
        snprintf(out, size, "%s:%d", s, ntohs(((struct sockaddr_in *)their_addr)->sin_port));
    else
        snprintf(out, size, "[%s]:%d", s, ntohs(((struct sockaddr_in6 *)their_addr)->sin6_port));
}

int good_port(const char *p)
{
    long n;
    size_t i;

    if (*p == '\0' || strlen(p) > 5)
        return 0;
    for (i = 0; p[i] != '\0'; i++)
        if (!isdigit((unsigned char)p[i]))
            return 0;
    n = strtol(p, NULL, 10);
    return n >= 1 && n <= 65535;
}

int shown(const unsigned char *s, size_t left)
{
    unsigned c = s[0];
    int n, i;
    unsigned long u;

    if (c >= 0x20 && c < 0x7f)
        return 1;
    if (c >= 0xc2 && c <= 0xdf) {
        n = 2;
        u = c & 0x1f;
    } else if (c >= 0xe0 && c <= 0xef) {
        n = 3;
        u = c & 0x0f;
    } else if (c >= 0xf0 && c <= 0xf4) {
        n = 4;
        u = c & 0x07;
    } else
        return 0;
    if (left < (size_t)n)
        return 0;
    for (i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        u = (u << 6) | (s[i] & 0x3f);
    }
    if (n == 3 && u < 0x800)
        return 0;
    if (n == 4 && (u < 0x10000 || u > 0x10ffff))
        return 0;
    if (u >= 0xd800 && u <= 0xdfff)
        return 0;
    if (u < 0xa0)
        return 0;
    return n;
}

void show(const char *p, size_t len)
{
    const unsigned char *s = (const unsigned char *)p;

    while (len > 0) {
        int n = shown(s, len);
        if (n == 0) {
            printf("\\x%02X", s[0]);
            n = 1;
        } else {
            fwrite(s, 1, (size_t)n, stdout);
        }
        s += n;
        len -= (size_t)n;
    }
}

int wait_ready(int fd, short what)
{
    struct pollfd pfds[2];

    for (;;) {
        pfds[0].fd = selfpipe[0];
        pfds[0].events = POLLIN;
        pfds[1].fd = fd;
        pfds[1].events = what;
        if (poll(pfds, 2, -1) == -1) {
            if (errno == EINTR)
                continue;
            return 0;
        }
        if (pfds[0].revents)
            return 0;
        if (pfds[1].revents)
            return 1;
    }
}

int sendall(int s, const char *b, size_t len)
{
    size_t total = 0;

    while (total < len) {
        ssize_t n = send(s, b + total, len - total, MSG_NOSIGNAL);
        if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait_ready(s, POLLOUT))
                return 0;
        } else if (n == -1 && errno != EINTR) {
            return -1;
        } else if (n > 0) {
            total += (size_t)n;
        }
    }
    return 1;
}

int do_line(int fd, const char *peer, const char *line, size_t len)
{
    int rv;

    printf("received from client: ");
    show(line, len);
    putchar('\n');
    fflush(stdout);
    if (len == 3 && memcmp(line, "END", 3) == 0)
        return 0;
    rv = sendall(fd, "Hey client\n", 11);
    if (rv == -1)
        fprintf(stderr, "server: send %s : %s\n", peer, strerror(errno));
    return rv == 1;
}

void talk(int fd, const char *peer)
{
    ssize_t nbytes;
    char *line, *nl;

    buflen = 0;
    while (wait_ready(fd, POLLIN)) {
        nbytes = recv(fd, buf + buflen, sizeof buf - buflen, 0);
        if (nbytes == -1) {
            if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
                continue;
            fprintf(stderr, "server: recv %s : %s\n", peer, strerror(errno));
            return;
        }
        if (nbytes == 0) {
            if (buflen > 0)
                do_line(fd, peer, buf, buflen);
            return;
        }
        buflen += (size_t)nbytes;

        line = buf;
        while ((nl = memchr(line, '\n', buflen - (size_t)(line - buf))) != NULL) {
            if (!do_line(fd, peer, line, (size_t)(nl - line)))
                return;
            line = nl + 1;
        }
        buflen -= (size_t)(line - buf);
        memmove(buf, line, buflen);

        if (buflen > MAXLINE) {
            fprintf(stderr, "server: recv %s : line too long\n", peer);
            return;
        }
    }
}

int main(int argc, char *argv[])
{
    int sockfd = -1, new_fd;
    struct addrinfo hints, *servinfo, *p;
    struct sockaddr_storage their_addr;
    socklen_t sin_size;
    struct sigaction sa;
    int yes = 1;
    int rv, err = 0;
    const char *what = "socket";
    char s[INET6_ADDRSTRLEN + 16];
    const char *host = argc > 1 ? argv[1] : HOST;
    const char *port = argc > 2 ? argv[2] : PORT;

    if (argc > 3) {
        fprintf(stderr, "usage: server [HOST [PORT]]\n");
        return 2;
    }
    if (!good_port(port)) {
        fprintf(stderr, "server: bad port: %s\n", port);
        return 2;
    }

    if (pipe2(selfpipe, O_NONBLOCK) == -1) {
        perror("server: pipe");
        return 1;
    }
    sa.sa_handler = sigterm_handler;
    sigemptyset(&sa.sa_mask);
    sa.sa_flags = SA_RESTART;
    if (sigaction(SIGTERM, &sa, NULL) == -1 || sigaction(SIGINT, &sa, NULL) == -1) {
        perror("server: sigaction");
        return 1;
    }

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;

    if ((rv = getaddrinfo(host, port, &hints, &servinfo)) != 0) {
        fprintf(stderr, "server: getaddrinfo %s:%s : %s\n", host, port, gai_strerror(rv));
        return 1;
    }

    for (p = servinfo; p != NULL; p = p->ai_next) {
        what = "socket";
        if ((sockfd = socket(p->ai_family, p->ai_socktype, p->ai_protocol)) == -1) {
            err = errno;
            continue;
        }
        if (setsockopt(sockfd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(int)) == -1) {
            perror("setsockopt");
            exit(1);
        }
        what = "bind";
        if (bind(sockfd, p->ai_addr, p->ai_addrlen) == -1) {
            err = errno;
            close(sockfd);
            continue;
        }
        what = "listen";
        if (listen(sockfd, BACKLOG) == -1) {
            err = errno;
            close(sockfd);
            continue;
        }
        break;
    }
    freeaddrinfo(servinfo);

    if (p == NULL) {
        fprintf(stderr, "server: %s %s:%s : %s\n", what, host, port, strerror(err));
        return 1;
    }

    fcntl(sockfd, F_SETFL, O_NONBLOCK);
    printf("server waiting...\n");
    fflush(stdout);

    while (wait_ready(sockfd, POLLIN)) {
        sin_size = sizeof their_addr;
        new_fd = accept(sockfd, (struct sockaddr *)&their_addr, &sin_size);
        if (new_fd == -1) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                struct pollfd pfd = {selfpipe[0], POLLIN, 0};
                if (poll(&pfd, 1, 100) > 0)
                    break;
            }
            continue;
        }

        peer_name(&their_addr, s, sizeof s);
        printf("client connected from %s\n", s);
        fflush(stdout);
        fcntl(new_fd, F_SETFL, O_NONBLOCK);
        talk(new_fd, s);
        close(new_fd);
        printf("server waiting...\n");
        fflush(stdout);
    }
    close(sockfd);
    return 0;
}
