// Le style d'un premier TP, en français : des appels bloquants, et le gestionnaire de signal qui ferme ce que l'on attend.
#include <errno.h>
#include <netdb.h>
#include <signal.h>
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

static volatile sig_atomic_t arret = 0;
static volatile sig_atomic_t s_ecoute = -1;
static volatile sig_atomic_t s_client = -1;

static char memoire[LINE_STORAGE];

static void gestionnaire(int sig)
{
    int sauve = errno;
    (void)sig;
    arret = 1;
    if (s_ecoute != -1)
        shutdown(s_ecoute, SHUT_RDWR);
    if (s_client != -1)
        shutdown(s_client, SHUT_RDWR);
    errno = sauve;
}

static int ouvrir(const char *hote, const char *port)
{
    struct addrinfo indications, *resultat, *a;
    int s = -1, code, un = 1, erreur = 0;
    const char *appel = "socket";

    memset(&indications, 0, sizeof(indications));
    indications.ai_family = AF_UNSPEC;
    indications.ai_socktype = SOCK_STREAM;
    code = getaddrinfo(hote, port, &indications, &resultat);
    if (code != 0) {
        report_error("server", "getaddrinfo", hote, port,
                     code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
        return -1;
    }
    for (a = resultat; a != NULL; a = a->ai_next) {
        appel = "socket";
        s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (s == -1) {
            erreur = errno;
            continue;
        }
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &un, sizeof(un));
        appel = "bind";
        if (bind(s, a->ai_addr, a->ai_addrlen) == 0) {
            appel = "listen";
            if (listen(s, SOMAXCONN) == 0)
                break;
        }
        erreur = errno;
        close(s);
        s = -1;
    }
    freeaddrinfo(resultat);
    if (s == -1)
        report_error("server", appel, hote, port, strerror(erreur));
    return s;
}

static void servir(int client, const char *qui)
{
    struct line_reader lecteur;
    const char *ligne;
    size_t n;
    int r;

    line_reader_init(&lecteur, client, memoire, sizeof(memoire));
    while (!arret && (r = read_line(&lecteur, &ligne, &n)) != 0) {
        if (r == -1) {
            if (!arret)
                report_peer_error("server", "recv", qui, strerror(errno));
            return;
        }
        printf("received from client: ");
        print_escaped(stdout, ligne, n);
        printf("\n");
        fflush(stdout);
        if (n == 3 && memcmp(ligne, "END", 3) == 0)
            return;
        if (send_all(client, "Hey client\n", 11) == -1) {
            if (!arret)
                report_peer_error("server", "send", qui, strerror(errno));
            return;
        }
    }
}

int main(int argc, char *argv[])
{
    struct endpoint ou = {"127.0.0.1", "8001"};
    struct sigaction sa;
    int ecoute, c;

    if (!parse_endpoint("server", argc - 1, argv + 1, &ou))
        return 2;

    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = gestionnaire;
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);

    ecoute = ouvrir(ou.host, ou.port);
    if (ecoute == -1)
        return 1;
    s_ecoute = ecoute;

    while (!arret) {
        struct sockaddr_storage adr;
        socklen_t taille;
        char qui[ADDRESS_TEXT_SIZE];

        printf("server waiting...\n");
        fflush(stdout);
        do {
            taille = sizeof(adr);
            c = accept(ecoute, (struct sockaddr *)&adr, &taille);
            if (c == -1 && !arret &&
                (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS))
                usleep(100000);
        } while (c == -1 && !arret);
        if (c == -1)
            break;
        s_client = c;
        format_address((struct sockaddr *)&adr, taille, qui, sizeof(qui));
        printf("client connected from %s\n", qui);
        fflush(stdout);
        servir(c, qui);
        s_client = -1;
        close(c);
    }
    s_ecoute = -1;
    close(ecoute);
    return 0;
}
