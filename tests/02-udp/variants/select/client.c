// select(), et l'heure de gettimeofday : ce qui reste à attendre est recalculé à chaque tour.
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "cmdline.h"
#include "display.h"
#include "report.h"

#define TAILLE_MAX 65507
#define NB_ESSAIS 4

static char tampon[TAILLE_MAX + 1];

static struct timeval temps_restant(const struct timeval *fin)
{
    struct timeval maintenant, reste;
    gettimeofday(&maintenant, NULL);
    reste.tv_sec = fin->tv_sec - maintenant.tv_sec;
    reste.tv_usec = fin->tv_usec - maintenant.tv_usec;
    if (reste.tv_usec < 0) {
        reste.tv_sec--;
        reste.tv_usec += 1000000;
    }
    if (reste.tv_sec < 0) {
        reste.tv_sec = 0;
        reste.tv_usec = 0;
    }
    return reste;
}

static ssize_t attendre(int s, int delai)
{
    struct timeval fin;
    gettimeofday(&fin, NULL);
    fin.tv_sec += delai / 1000;
    fin.tv_usec += (delai % 1000) * 1000;
    if (fin.tv_usec >= 1000000) {
        fin.tv_sec++;
        fin.tv_usec -= 1000000;
    }
    for (;;) {
        fd_set lecture;
        FD_ZERO(&lecture);
        FD_SET(s, &lecture);
        struct timeval reste = temps_restant(&fin);
        int n = select(s + 1, &lecture, NULL, NULL, &reste);
        if (n == 0)
            return -2;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        ssize_t recu = recv(s, tampon, sizeof tampon, MSG_DONTWAIT);
        if (recu < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        return recu;
    }
}

static ssize_t questionner(int s, const char *message, int *silence)
{
    int delai = 200;
    for (int essai = 0; essai < NB_ESSAIS; essai++) {
        ssize_t parti;
        do
            parti = send(s, message, strlen(message), 0);
        while (parti < 0 && errno == EINTR);
        if (parti < 0)
            return -1;
        ssize_t recu = attendre(s, delai);
        if (recu != -2)
            return recu;
        delai *= 2;
    }
    *silence = 1;
    return -1;
}

int main(int argc, char *argv[])
{
    struct endpoint serveur = {"127.0.0.1", "12345"};
    const char *message = "Hello UDP server";
    if (argc > 4) {
        report_usage("client", "trop d'arguments", argv[4]);
        return EXIT_USAGE;
    }
    if (!parse_endpoint("client", argc > 3 ? 2 : argc - 1, argv + 1, &serveur))
        return EXIT_USAGE;
    if (argc == 4)
        message = argv[3];
    if (strlen(message) > TAILLE_MAX) {
        report_error("client", "message", serveur.host, serveur.port, "trop long");
        return EXIT_SYSTEM;
    }

    struct addrinfo hints, *liste, *a;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    int r = getaddrinfo(serveur.host, serveur.port, &hints, &liste);
    if (r != 0) {
        report_error("client", "getaddrinfo", serveur.host, serveur.port, gai_strerror(r));
        return EXIT_SYSTEM;
    }

    int erreur = 0, silence = 0;
    ssize_t recu = -1;
    for (a = liste; a != NULL && recu < 0 && !silence; a = a->ai_next) {
        int s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (s < 0) {
            erreur = errno;
            continue;
        }
        if (connect(s, a->ai_addr, a->ai_addrlen) == 0)
            recu = questionner(s, message, &silence);
        erreur = errno;
        close(s);
    }
    freeaddrinfo(liste);
    if (recu < 0) {
        report_error("client", "question", serveur.host, serveur.port,
                     silence ? "pas de réponse" : strerror(erreur));
        return EXIT_SYSTEM;
    }
    printf("Server Says\n");
    print_escaped(stdout, tampon, (size_t)recu);
    printf("\n");
    return 0;
}
