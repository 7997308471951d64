// Le style d'un premier TP, en français : tout est statique, et dans main.
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

static char mem_clavier[LINE_STORAGE];
static char mem_reseau[LINE_STORAGE];
static struct line_reader clavier;
static char hote[LINE_STORAGE];
static char port[LINE_STORAGE];

static int question(const char *texte, char *dest)
{
    const char *l;
    size_t n;
    int r;

    printf("%s", texte);
    fflush(stdout);
    r = read_line(&clavier, &l, &n);
    if (r == -1) {
        report_error("client", "lecture", NULL, NULL, strerror(errno));
        return -1;
    }
    if (r == 0)
        return 0;
    memcpy(dest, l, n);
    dest[n] = '\0';
    if (strlen(dest) != n) {
        report_usage("client", "octet nul", dest);
        return -2;
    }
    return 1;
}

static int connecter(const char *h, const char *p)
{
    struct addrinfo ind, *res, *a;
    int s = -1, code, annonce = 0, erreur = 0;

    memset(&ind, 0, sizeof(ind));
    ind.ai_family = AF_UNSPEC;
    ind.ai_socktype = SOCK_STREAM;
    code = getaddrinfo(h, p, &ind, &res);
    if (code != 0) {
        report_error("client", "getaddrinfo", h, p,
                     code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
        return -1;
    }
    for (a = res; a != NULL; a = a->ai_next) {
        int r;
        s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (s == -1) {
            erreur = errno;
            continue;
        }
        if (!annonce) {
            printf("socket created\n");
            fflush(stdout);
            annonce = 1;
        }
        r = connect(s, a->ai_addr, a->ai_addrlen);
        if (r == -1 && errno == EINTR) {
            struct pollfd pf = {s, POLLOUT, 0};
            int e = 0;
            socklen_t t = sizeof(e);
            while (poll(&pf, 1, -1) == -1 && errno == EINTR)
                ;
            getsockopt(s, SOL_SOCKET, SO_ERROR, &e, &t);
            errno = e;
            r = e == 0 ? 0 : -1;
        }
        if (r == 0)
            break;
        erreur = errno;
        close(s);
        s = -1;
    }
    freeaddrinfo(res);
    if (s == -1)
        report_error("client", "connect", h, p, strerror(erreur));
    return s;
}

static int envoyer_ligne(int s, const char *l, size_t n)
{
    static char message[LINE_STORAGE];
    memcpy(message, l, n);
    message[n] = '\n';
    return send_all(s, message, n + 1);
}

int main(int argc, char *argv[])
{
    struct endpoint ou = {NULL, NULL};
    struct line_reader reseau;
    const char *l;
    size_t n;
    int s, r, q;

    if (!parse_endpoint("client", argc - 1, argv + 1, &ou))
        return 2;
    line_reader_init(&clavier, 0, mem_clavier, sizeof(mem_clavier));
    if (ou.host == NULL) {
        q = question("enter the host name to connect: ", hote);
        if (q != 1)
            return -q;
        ou.host = hote;
    }
    if (ou.port == NULL) {
        q = question("enter the port: ", port);
        if (q != 1)
            return -q;
        if (!is_port(port)) {
            report_usage("client", "port refuse", port);
            return 2;
        }
        ou.port = port;
    }
    s = connecter(ou.host, ou.port);
    if (s == -1)
        return 1;
    printf("socket connected to ");
    print_endpoint(stdout, ou.host, ou.port);
    printf("\n");
    fflush(stdout);
    line_reader_init(&reseau, s, mem_reseau, sizeof(mem_reseau));

    while ((r = read_line(&clavier, &l, &n)) == 1) {
        if (n == 3 && memcmp(l, "END", 3) == 0)
            break;
        if (envoyer_ligne(s, l, n) == -1) {
            report_error("client", "send", ou.host, ou.port, strerror(errno));
            return 1;
        }
        r = read_line(&reseau, &l, &n);
        if (r != 1) {
            report_error("client", "recv", ou.host, ou.port,
                         r == 0 ? "le serveur est parti" : strerror(errno));
            return 1;
        }
        print_escaped(stdout, l, n);
        printf("\n");
        fflush(stdout);
    }
    if (r == -1) {
        report_error("client", "lecture", NULL, NULL, strerror(errno));
        return 1;
    }
    if (envoyer_ligne(s, "END", 3) == -1) {
        report_error("client", "send", ou.host, ou.port, strerror(errno));
        return 1;
    }
    shutdown(s, SHUT_WR);
    while ((r = read_line(&reseau, &l, &n)) == 1) {
        print_escaped(stdout, l, n);
        printf("\n");
        fflush(stdout);
    }
    if (r == -1) {
        report_error("client", "recv", ou.host, ou.port, strerror(errno));
        return 1;
    }
    close(s);
    return 0;
}
