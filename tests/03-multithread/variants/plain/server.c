// Le style d'un premier TP, en français : une liste chaînée des clients, un verrou, et l'arrêt qui les ferme tous.
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
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

#define PREFIXE "Hello I'm Server "
#define LPREFIXE 17

struct visiteur {
    int sock;
    char nom[ADDRESS_TEXT_SIZE];
    struct visiteur *suivant;
};

static pthread_mutex_t verrou = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t plus_personne = PTHREAD_COND_INITIALIZER;
static struct visiteur *liste = NULL;
static int nb_clients = 0;
static atomic_int arret = 0;
static int ecoute = -1;

static void dialoguer(int sock, const char *nom)
{
    char *memoire = malloc(LINE_STORAGE);
    char *reponse = malloc(LPREFIXE + LINE_LIMIT + 1);
    struct line_reader lecteur;
    const char *ligne;
    size_t n;
    int r = -1;

    if (memoire == NULL || reponse == NULL)
        goto fin;
    memcpy(reponse, PREFIXE, LPREFIXE);
    line_reader_init(&lecteur, sock, memoire, LINE_STORAGE);
    if (send_all(sock, "welcome to the server\n", 22) == -1)
        goto fin;
    while ((r = read_line(&lecteur, &ligne, &n)) == 1) {
        if (arret)
            break;
        memcpy(reponse + LPREFIXE, ligne, n);
        reponse[LPREFIXE + n] = '\n';
        if (send_all(sock, reponse, LPREFIXE + n + 1) == -1) {
            r = -1;
            break;
        }
    }
fin:
    if (r == -1 && !arret) {
        char texte[128];
        report_peer_error("server", "client", nom, strerror_r(errno, texte, sizeof(texte)));
    }
    free(memoire);
    free(reponse);
}

static void *gerer_client(void *arg)
{
    struct visiteur *v = arg, **p;

    pthread_detach(pthread_self());

    pthread_mutex_lock(&verrou);
    nb_clients++;
    printf("connected to %s\nThreadNumber %d\n", v->nom, nb_clients);
    fflush(stdout);
    pthread_mutex_unlock(&verrou);

    dialoguer(v->sock, v->nom);

    pthread_mutex_lock(&verrou);
    for (p = &liste; *p != v; p = &(*p)->suivant)
        ;
    *p = v->suivant;
    nb_clients--;
    printf("disconnected from %s\nThreadNumber %d\n", v->nom, nb_clients);
    fflush(stdout);
    close(v->sock);
    free(v);
    if (liste == NULL)
        pthread_cond_signal(&plus_personne);
    pthread_mutex_unlock(&verrou);
    return NULL;
}

static void *guetter(void *arg)
{
    int s;
    sigset_t *jeu = arg;

    sigwait(jeu, &s);
    arret = 1;
    shutdown(ecoute, SHUT_RDWR);
    return NULL;
}

static int ouvrir(const char *hote, const char *port)
{
    struct addrinfo ind, *res, *a;
    int s = -1, code, un = 1, erreur = 0;
    const char *appel = "socket";

    memset(&ind, 0, sizeof(ind));
    ind.ai_family = AF_UNSPEC;
    ind.ai_socktype = SOCK_STREAM;
    code = getaddrinfo(hote, port, &ind, &res);
    if (code != 0) {
        report_error("server", "getaddrinfo", hote, port,
                     code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
        return -1;
    }
    for (a = res; a != NULL; a = a->ai_next) {
        s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (s == -1) {
            erreur = errno;
            continue;
        }
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &un, sizeof(un));
        appel = "bind";
        if (bind(s, a->ai_addr, a->ai_addrlen) == 0) {
            appel = "listen";
            if (listen(s, 1000) == 0)
                break;
        }
        erreur = errno;
        close(s);
        s = -1;
    }
    freeaddrinfo(res);
    if (s == -1)
        report_error("server", appel, hote, port, strerror(erreur));
    return s;
}

static void refuser(int c)
{
    char poubelle[4096];

    send(c, "server full\n", 12, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(c, SHUT_WR);
    while (recv(c, poubelle, sizeof(poubelle), MSG_DONTWAIT) > 0)
        ;
    close(c);
}

static int nb_inscrits(void)
{
    int n = 0;
    struct visiteur *v;

    for (v = liste; v != NULL; v = v->suivant)
        n++;
    return n;
}

int main(int argc, char *argv[])
{
    struct endpoint ou = {"127.0.0.1", "1233"};
    unsigned long maxi = 10000;
    sigset_t jeu;
    pthread_t t;
    struct visiteur *v;
    int i = 1;

    if (argc > 1 && argv[1][0] == '-') {
        if (strcmp(argv[1], "-m") != 0 || argc < 3 || !parse_number(argv[2], 1, 1000000, &maxi)) {
            report_usage("server", "option refusée", argv[1]);
            return 2;
        }
        i = 3;
    }
    if (!parse_endpoint("server", argc - i, argv + i, &ou))
        return 2;
    ecoute = ouvrir(ou.host, ou.port);
    if (ecoute == -1)
        return 1;

    sigemptyset(&jeu);
    sigaddset(&jeu, SIGINT);
    sigaddset(&jeu, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &jeu, NULL);
    if (pthread_create(&t, NULL, guetter, &jeu) != 0) {
        report_error("server", "pthread_create", NULL, NULL, "pas de thread");
        return 1;
    }

    printf("waiting for connection\n");
    fflush(stdout);
    while (!arret) {
        struct sockaddr_storage adr;
        socklen_t taille = sizeof(adr);
        int c = accept(ecoute, (struct sockaddr *)&adr, &taille);
        int ok = 0;

        if (c == -1) {
            if (!arret &&
                (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS))
                usleep(100000);
            continue;
        }
        v = malloc(sizeof(*v));
        if (v != NULL) {
            v->sock = c;
            format_address((struct sockaddr *)&adr, taille, v->nom, sizeof(v->nom));
            pthread_mutex_lock(&verrou);
            if ((unsigned long)nb_inscrits() < maxi) {
                pthread_t nouveau;
                if (pthread_create(&nouveau, NULL, gerer_client, v) == 0) {
                    v->suivant = liste;
                    liste = v;
                    ok = 1;
                }
            }
            pthread_mutex_unlock(&verrou);
        }
        if (!ok) {
            free(v);
            refuser(c);
        }
    }

    pthread_mutex_lock(&verrou);
    for (v = liste; v != NULL; v = v->suivant)
        shutdown(v->sock, SHUT_RDWR);
    while (liste != NULL)
        pthread_cond_wait(&plus_personne, &verrou);
    pthread_mutex_unlock(&verrou);
    pthread_join(t, NULL);
    close(ecoute);
    return 0;
}
