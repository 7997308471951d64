// select() et un tube à soi pour les signaux.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmdline.h"
#include "display.h"
#include "report.h"

#define REPONSE "Hello I'm UDP Server"

static int tube[2];

static void stop(int sig)
{
    int sauve = errno;
    (void)sig;
    if (write(tube[1], "x", 1) < 0) {
    }
    errno = sauve;
}

static void repondre(int s)
{
    static char tampon[65536];
    struct sockaddr_storage client;
    socklen_t taille = sizeof client;
    ssize_t n =
        recvfrom(s, tampon, sizeof tampon, MSG_DONTWAIT, (struct sockaddr *)&client, &taille);
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR)
            report_error("server", "recvfrom", NULL, NULL, strerror(errno));
        return;
    }
    char qui[ADDRESS_TEXT_SIZE];
    format_address((struct sockaddr *)&client, taille, qui, sizeof qui);
    printf("received from %s: ", qui);
    print_escaped(stdout, tampon, (size_t)n);
    printf("\n");
    fflush(stdout);
    ssize_t e;
    do
        e = sendto(s, REPONSE, strlen(REPONSE), 0, (struct sockaddr *)&client, taille);
    while (e < 0 && errno == EINTR);
    if (e < 0)
        report_peer_error("server", "sendto", qui, strerror(errno));
}

int main(int argc, char *argv[])
{
    struct endpoint ici = {"127.0.0.1", "12345"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &ici))
        return EXIT_USAGE;

    struct addrinfo hints, *liste, *a;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    int r = getaddrinfo(ici.host, ici.port, &hints, &liste);
    if (r != 0) {
        report_error("server", "getaddrinfo", ici.host, ici.port, gai_strerror(r));
        return EXIT_SYSTEM;
    }

    if (pipe(tube) < 0) {
        report_error("server", "pipe", NULL, NULL, strerror(errno));
        return EXIT_SYSTEM;
    }
    fcntl(tube[1], F_SETFL, O_NONBLOCK);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = stop;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    int s = -1, erreur = 0;
    for (a = liste; a != NULL; a = a->ai_next) {
        s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (s < 0) {
            erreur = errno;
            continue;
        }
        if (bind(s, a->ai_addr, a->ai_addrlen) == 0)
            break;
        erreur = errno;
        close(s);
        s = -1;
    }
    freeaddrinfo(liste);
    if (s < 0) {
        report_error("server", "bind", ici.host, ici.port, strerror(erreur));
        return EXIT_SYSTEM;
    }

    int max = s > tube[0] ? s : tube[0];
    for (;;) {
        fd_set lecture;
        FD_ZERO(&lecture);
        FD_SET(s, &lecture);
        FD_SET(tube[0], &lecture);
        if (select(max + 1, &lecture, NULL, NULL, NULL) < 0) {
            if (errno == EINTR)
                continue;
            report_error("server", "select", NULL, NULL, strerror(errno));
            return EXIT_SYSTEM;
        }
        if (FD_ISSET(tube[0], &lecture))
            break;
        if (FD_ISSET(s, &lecture))
            repondre(s);
    }
    close(s);
    close(tube[0]);
    close(tube[1]);
    return 0;
}
