// Le style d'un premier TP, en français : tout est dans main.
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
static char mem_reseau[17 + LINE_STORAGE];
static char message[LINE_STORAGE];
static struct line_reader clavier, reseau;
static struct endpoint ou = {"127.0.0.1", "1233"};

static int montrer(void)
{
    const char *l;
    size_t n;
    int r = read_line(&reseau, &l, &n);

    if (r != 1) {
        report_error("client", "recv", ou.host, ou.port,
                     r == 0 ? "le serveur est parti" : strerror(errno));
        return -1;
    }
    print_escaped(stdout, l, n);
    printf("\n");
    fflush(stdout);
    return 0;
}

int main(int argc, char *argv[])
{
    struct addrinfo ind, *res, *a;
    int s = -1, code, erreur = 0, r;
    const char *l;
    size_t n;

    if (!parse_endpoint("client", argc - 1, argv + 1, &ou))
        return 2;
    memset(&ind, 0, sizeof(ind));
    ind.ai_family = AF_UNSPEC;
    ind.ai_socktype = SOCK_STREAM;
    code = getaddrinfo(ou.host, ou.port, &ind, &res);
    if (code != 0) {
        report_error("client", "getaddrinfo", ou.host, ou.port,
                     code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
        return 1;
    }
    for (a = res; a != NULL; a = a->ai_next) {
        s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (s == -1) {
            erreur = errno;
            continue;
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
    if (s == -1) {
        report_error("client", "connect", ou.host, ou.port, strerror(erreur));
        return 1;
    }
    line_reader_init(&clavier, 0, mem_clavier, sizeof(mem_clavier));
    line_reader_init(&reseau, s, mem_reseau, sizeof(mem_reseau));
    if (montrer() == -1)
        return 1;
    while (1) {
        printf("Say something: ");
        fflush(stdout);
        r = read_line(&clavier, &l, &n);
        if (r == -1) {
            report_error("client", "lecture", NULL, NULL, strerror(errno));
            return 1;
        }
        if (r == 0)
            break;
        memcpy(message, l, n);
        message[n] = '\n';
        if (send_all(s, message, n + 1) == -1) {
            report_error("client", "send", ou.host, ou.port, strerror(errno));
            return 1;
        }
        if (montrer() == -1)
            return 1;
    }
    printf("\n");
    close(s);
    return 0;
}
