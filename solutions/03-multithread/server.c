/**
 * @file 03-multithread/server.c
 * @brief Le serveur multithread : un thread pour chaque client, et aucun qui gêne les autres.
 *
 * `server [-m N] [HOST [PORT]]`, par défaut 10 000 clients au plus, 127.0.0.1 et 1233.
 *
 * Le thread principal attend les clients et les signaux d'arrêt. Chaque client a ensuite son
 * thread : son socket, ses lignes et ses réponses ne sont qu'à lui. Les threads ne partagent que
 * le registre des clients présents, toujours sous le même verrou, jamais pendant un échange.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/** Nombre de clients servis à la fois, si `-m` ne dit rien d'autre. */
#define DEFAULT_CLIENT_LIMIT 10000

/** Ce qui précède la ligne du client dans une réponse. */
#define REPLY_PREFIX "Hello I'm Server "

/** Sa longueur, en octets. */
#define PREFIX_LENGTH (sizeof REPLY_PREFIX - 1)

/** Place pour la plus longue réponse : le préfixe, la ligne, le `\n`. */
#define REPLY_STORAGE (PREFIX_LENGTH + LINE_LIMIT + 1)

/** Pile d'un thread, en octets : une ligne, une réponse, et une large marge. */
#define STACK_SIZE ((size_t)1024 * 1024)

/** Attente avant de réessayer, quand le système manque de moyens, en millisecondes. */
#define RETRY_DELAY_MS 100

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** Ce que reçoit un client accueilli. */
static const char WELCOME[] = "welcome to the server\n";

/** Ce que reçoit un client refusé. */
static const char SERVER_FULL[] = "server full\n";

/** Un client présent : alloué à son arrivée, libéré par son thread, le dernier à s'en servir. */
struct client {
    int fd;                          /**< Son socket, que seul son thread ferme. */
    char address[ADDRESS_TEXT_SIZE]; /**< D'où il vient, déjà mis en forme. */
    struct registry *registry;       /**< Le registre où il est inscrit. */
    struct client *previous;         /**< Son voisin dans le registre, protégé par le verrou. */
    struct client *next;             /**< L'autre voisin, protégé par le verrou. */
};

/** Ce que les threads partagent : qui est là. */
struct registry {
    pthread_mutex_t mutex;     /**< Protège la liste, le nombre, et l'affichage. */
    pthread_cond_t empty;      /**< Signalée quand le dernier client est parti. */
    struct client *clients;    /**< Les clients présents. */
    unsigned long active;      /**< Leur nombre. */
    unsigned long limit;       /**< Leur nombre maximal ; ne change plus une fois fixé. */
    atomic_bool stopping;      /**< L'arrêt est demandé : se lit sans le verrou. */
    pthread_attr_t attributes; /**< Attributs des threads ; ne changent plus. */
};

/** L'échange avec un client : rien ici n'est partagé, tout est sur la pile de son thread. */
struct exchange {
    struct line_reader reader;   /**< La lecture de ses lignes ; le socket y est noté. */
    size_t used;                 /**< Nombre d'octets de réponse qui attendent de partir. */
    char replies[REPLY_STORAGE]; /**< Ces octets. */
    char lines[LINE_STORAGE];    /**< La mémoire de la lecture. */
};

/**
 * @brief Lit `[-m N] [HOST [PORT]]`.
 *
 * Un argument absent laisse la valeur par défaut. Une erreur est déjà dite sur stderr.
 *
 * @param argc  nombre d'arguments, le nom du programme compris
 * @param argv  ces arguments
 * @param local entrée : hôte et port par défaut ; sortie : ceux de l'utilisateur
 * @param limit entrée : nombre maximal de clients par défaut ; sortie : celui de l'utilisateur
 * @return `true`, ou `false` si un argument est refusé
 * @see getopt(3)
 */
static bool parse_arguments(int argc, char **argv, struct endpoint *local, unsigned long *limit)
{
    int option;
    // « + » : la lecture des options s'arrête au premier argument ; « : » : pas de message anglais.
    while ((option = getopt(argc, argv, "+:m:")) != -1) {
        if (option != 'm') {
            report_usage(PROGRAM, "option inconnue, ou sans sa valeur", argv[optind - 1]);
            return false;
        }
        if (!parse_number(optarg, 1, ULONG_MAX, limit)) {
            report_usage(PROGRAM, "nombre de clients refusé (entier d'au moins 1 attendu)", optarg);
            return false;
        }
    }
    return parse_endpoint(PROGRAM, argc - optind, argv + optind, local);
}

/**
 * @brief Cherche les adresses où écouter : un nom peut en avoir plusieurs, IPv4 et IPv6.
 *
 * @param local hôte et port demandés
 * @return la liste des adresses, à rendre par `freeaddrinfo` ; `NULL` en cas d'échec, déjà dit
 * @see getaddrinfo(3)
 */
static struct addrinfo *resolve(const struct endpoint *local)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    int code = getaddrinfo(local->host, local->port, &hints, &addresses);
    if (code == 0)
        return addresses;
    const char *reason = code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
    report_error(PROGRAM, "getaddrinfo", local->host, local->port, reason);
    return NULL;
}

/**
 * @brief Fait de SIGINT et de SIGTERM un événement qui s'attend comme un client.
 *
 * À appeler avant de créer le premier thread : chaque thread hérite des signaux bloqués.
 *
 * @return un descripteur, lisible dès que l'un des deux signaux est arrivé
 * @retval -1 erreur, cause dans `errno` (`EMFILE`, `ENFILE`, `ENOMEM`…)
 * @see signalfd(2), pthread_sigmask(3), sigsetops(3)
 */
static int open_stop_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int code = pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (code != 0) {
        errno = code;
        return -1;
    }
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

/**
 * @brief Demande autant de descripteurs que le système en permet.
 *
 * La limite « douce » est souvent de 1024 : bien moins que de clients. Un échec est sans gravité,
 * le serveur sait manquer de descripteurs.
 *
 * @see getrlimit(2), `RLIMIT_NOFILE`
 */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/**
 * @brief Crée un socket qui écoute sur une adresse.
 *
 * Il est non bloquant : un client annoncé par `poll` peut être reparti avant `accept`.
 *
 * @param address l'adresse locale, rendue par `getaddrinfo`
 * @param action  reçoit le nom de l'appel qui a échoué, s'il y en a un
 * @return le socket
 * @retval -1 erreur, cause dans `errno` (`EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`…)
 * @see socket(2), setsockopt(2), bind(2), listen(2)
 */
static int listen_on(const struct addrinfo *address, const char **action)
{
    *action = "socket";
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    address->ai_protocol);
    if (fd < 0)
        return -1;

    // Sans quoi les connexions de l'exécution précédente, en TIME_WAIT, retiendraient le port.
    const int enabled = 1;
    *action = "setsockopt";
    int status = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &enabled, sizeof enabled);
    if (status == 0) {
        *action = "bind";
        status = bind(fd, address->ai_addr, address->ai_addrlen);
    }
    // La file d'attente n'est pas le nombre de clients : une rafale doit y tenir entière.
    if (status == 0) {
        *action = "listen";
        status = listen(fd, SOMAXCONN);
    }
    if (status == 0)
        return fd;

    int cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

/**
 * @brief Ouvre le socket du serveur sur la première adresse de l'hôte qui convient.
 *
 * Si aucune ne convient, la raison de la dernière est écrite sur stderr.
 *
 * @param local     hôte et port où attendre les clients, pour le message
 * @param addresses les adresses à essayer, dans l'ordre
 * @return le socket, qui écoute
 * @retval -1 erreur, déjà dite
 */
static int open_server(const struct endpoint *local, const struct addrinfo *addresses)
{
    int fd = -1;
    const char *action = NULL;
    for (const struct addrinfo *a = addresses; a != NULL && fd < 0; a = a->ai_next)
        fd = listen_on(a, &action);
    if (fd < 0)
        report_error(PROGRAM, action, local->host, local->port, strerror(errno));
    return fd;
}

/**
 * @brief Prépare un registre vide.
 *
 * @param registry le registre
 * @param limit    nombre maximal de clients présents à la fois
 * @retval 0 le registre est prêt
 * @return sinon le code d'erreur (`ENOMEM`, `EINVAL`…) ; ces fonctions n'emploient pas `errno`
 * @see pthread_attr_setstacksize(3), pthread_attr_setdetachstate(3), pthread_mutex_init(3),
 * pthread_cond_init(3)
 */
static int registry_init(struct registry *registry, unsigned long limit)
{
    // Un champ absent d'un initialiseur vaut zéro : personne n'est là.
    *registry = (struct registry){.limit = limit};
    int code = pthread_mutex_init(&registry->mutex, NULL);
    if (code == 0)
        code = pthread_cond_init(&registry->empty, NULL);
    if (code == 0)
        code = pthread_attr_init(&registry->attributes);
    if (code == 0)
        code = pthread_attr_setstacksize(&registry->attributes, STACK_SIZE);
    // Détaché, un thread rend sa pile dès qu'il finit, sans qu'il faille venir le rejoindre.
    if (code == 0)
        code = pthread_attr_setdetachstate(&registry->attributes, PTHREAD_CREATE_DETACHED);
    return code;
}

/**
 * @brief Rend ce que registry_init() avait pris ; plus aucun thread ne doit s'en servir.
 *
 * @param registry le registre, vide
 */
static void registry_destroy(struct registry *registry)
{
    pthread_attr_destroy(&registry->attributes);
    pthread_cond_destroy(&registry->empty);
    pthread_mutex_destroy(&registry->mutex);
}

/**
 * @brief Écrit `EVENT ADDR:PORT` et `ThreadNumber N`, visibles aussitôt.
 *
 * À appeler avec le verrou du registre : les deux lignes restent ensemble, et les nombres se
 * suivent dans l'ordre où les clients vont et viennent.
 *
 * @param event   `connected to` ou `disconnected from`
 * @param address l'adresse du client, déjà mise en forme
 * @param active  nombre de clients présents
 */
static void announce(const char *event, const char *address, unsigned long active)
{
    printf("%s %s\nThreadNumber %lu\n", event, address, active);
    fflush(stdout);
}

/**
 * @brief Envoie les réponses qui attendent.
 *
 * @param exchange l'échange ; plus aucune réponse n'y attend ensuite
 * @retval 0  tout est remis au système
 * @retval -1 erreur, cause dans `errno` (`EPIPE`, `ECONNRESET`…)
 */
static int flush_replies(struct exchange *exchange)
{
    size_t length = exchange->used;
    exchange->used = 0;
    return send_all(exchange->reader.fd, exchange->replies, length);
}

/**
 * @brief Met en attente la réponse à une ligne : `Hello I'm Server LINE\n`.
 *
 * N'envoie rien, sauf si la place manque.
 *
 * @param exchange l'échange
 * @param line     la ligne du client, qui peut contenir des octets nuls
 * @param length   sa longueur, en octets, au plus ::LINE_LIMIT
 * @retval 0  la réponse attend de partir
 * @retval -1 erreur, cause dans `errno` (`EPIPE`, `ECONNRESET`…)
 */
static int add_reply(struct exchange *exchange, const char *line, size_t length)
{
    size_t needed = PREFIX_LENGTH + length + 1;
    if (needed > REPLY_STORAGE - exchange->used && flush_replies(exchange) < 0)
        return -1;
    char *reply = exchange->replies + exchange->used;
    memcpy(reply, REPLY_PREFIX, PREFIX_LENGTH);
    memcpy(reply + PREFIX_LENGTH, line, length);
    reply[PREFIX_LENGTH + length] = '\n';
    exchange->used += needed;
    return 0;
}

/**
 * @brief Dit si une ligne entière est déjà reçue, de sorte que read_line() n'attendrait pas.
 *
 * @param reader l'état de la lecture
 * @return `true` si une ligne attend
 */
static bool has_line(const struct line_reader *reader)
{
    return memchr(reader->storage + reader->start, '\n', reader->end - reader->start) != NULL;
}

/**
 * @brief Accueille un client, puis répond à chacune de ses lignes.
 *
 * Aucun verrou ici : tout ce dont cette fonction se sert n'est qu'à son thread.
 *
 * @param fd le socket du client
 * @retval 0  le client a fini
 * @retval -1 erreur, cause dans `errno` (`EMSGSIZE` : ligne trop longue ; `EPIPE`, `ECONNRESET`…)
 */
static int converse(int fd)
{
    // Pas d'initialiseur : il mettrait à zéro toute la place, donc l'occuperait. Une page de
    // mémoire jamais touchée ne coûte rien, et un client silencieux n'en touche presque pas.
    struct exchange exchange;
    line_reader_init(&exchange.reader, fd, exchange.lines, sizeof exchange.lines);
    exchange.used = 0;

    if (send_all(fd, WELCOME, strlen(WELCOME)) < 0)
        return -1;
    for (;;) {
        const char *line = NULL;
        size_t length = 0;
        int status = read_line(&exchange.reader, &line, &length);
        if (status != 1)
            return status;
        if (add_reply(&exchange, line, length) < 0)
            return -1;
        // Des lignes arrivées ensemble reçoivent leurs réponses ensemble : un appel au lieu de
        // mille. Mais on n'attend jamais le client avec une réponse en poche.
        if (!has_line(&exchange.reader) && flush_replies(&exchange) < 0)
            return -1;
    }
}

/**
 * @brief Inscrit un client au registre et l'annonce ; à appeler avec le verrou.
 *
 * @param registry le registre
 * @param client   le client qui arrive
 */
static void enter(struct registry *registry, struct client *client)
{
    client->previous = NULL;
    client->next = registry->clients;
    if (client->next != NULL)
        client->next->previous = client;
    registry->clients = client;
    registry->active++;
    announce("connected to", client->address, registry->active);
}

/**
 * @brief Raye un client du registre, ferme son socket, annonce son départ et le libère ; à appeler
 * avec le verrou.
 *
 * @param registry le registre
 * @param client   le client qui part ; n'existe plus ensuite
 */
static void leave(struct registry *registry, struct client *client)
{
    if (client->next != NULL)
        client->next->previous = client->previous;
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        registry->clients = client->next;
    // Fermé sous le verrou : un descripteur inscrit au registre est toujours celui de son client,
    // jamais celui d'un nouveau venu à qui le système aurait redonné le même numéro.
    close(client->fd);
    registry->active--;
    announce("disconnected from", client->address, registry->active);
    free(client);
    if (registry->active == 0)
        pthread_cond_signal(&registry->empty);
}

/**
 * @brief La vie d'un thread : servir son client, puis disparaître sans rien laisser.
 *
 * @param argument le `struct client`, dont le thread devient propriétaire
 * @return `NULL`, toujours
 */
static void *serve_client(void *argument)
{
    struct client *client = argument;
    struct registry *registry = client->registry;

    // À l'arrêt, les sockets sont coupés exprès : rien à signaler.
    if (converse(client->fd) == -1 && !atomic_load(&registry->stopping)) {
        char buffer[128];
        const char *reason = errno == EMSGSIZE ? "ligne trop longue, connexion fermée"
                                               : strerror_r(errno, buffer, sizeof buffer);
        report_peer_error(PROGRAM, "échange avec", client->address, reason);
    }

    // Ce verrou rendu, le thread ne touche plus à rien de partagé : le serveur peut finir.
    pthread_mutex_lock(&registry->mutex);
    leave(registry, client);
    pthread_mutex_unlock(&registry->mutex);
    return NULL;
}

/**
 * @brief Donne un thread à un client, s'il reste une place.
 *
 * @param registry le registre
 * @param fd       le socket du client ; il appartient au thread si la réponse est `true`
 * @param address  l'adresse du client
 * @param length   sa longueur, en octets
 * @return `true`, ou `false` si la place, la mémoire ou les threads manquent
 * @see pthread_create(3)
 */
static bool admit(struct registry *registry, int fd, const struct sockaddr *address,
                  socklen_t length)
{
    // Une allocation par client : l'adresse d'une variable de la boucle changerait sous les pieds
    // du thread à l'arrivée du client suivant.
    struct client *client = malloc(sizeof *client);
    if (client == NULL) {
        report_error(PROGRAM, "malloc", NULL, NULL, strerror(errno));
        return false;
    }
    client->fd = fd;
    client->registry = registry;
    format_address(address, length, client->address, sizeof client->address);

    // Le thread naît sous le verrou : s'il finit aussitôt, son départ attend que son arrivée soit
    // inscrite et affichée.
    pthread_mutex_lock(&registry->mutex);
    bool room = registry->active < registry->limit;
    pthread_t thread;
    int code = room ? pthread_create(&thread, &registry->attributes, serve_client, client) : 0;
    bool admitted = room && code == 0;
    if (admitted)
        enter(registry, client);
    pthread_mutex_unlock(&registry->mutex);

    if (code != 0)
        report_error(PROGRAM, "pthread_create", NULL, NULL, strerror(code));
    if (!admitted)
        free(client);
    return admitted;
}

/**
 * @brief Répond `server full` à un client, et ferme ; n'attend jamais.
 *
 * @param fd le socket du client, fermé ensuite
 * @see fcntl(2), option `O_NONBLOCK` ; RFC 2525, section 2.17
 */
static void refuse(int fd)
{
    // Non bloquant : rien de ce qui suit ne peut faire attendre les autres clients.
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)send_all(fd, SERVER_FULL, strlen(SERVER_FULL));
    (void)shutdown(fd, SHUT_WR);
    // Fermer un socket sans avoir lu ce qui y est arrivé enverrait un RST, qui peut détruire le
    // message avant que le client l'ait lu. Lire ce qui est là suffit presque toujours, et
    // attendre davantage ferait patienter les autres.
    char unread[LINE_STORAGE];
    (void)read(fd, unread, sizeof unread);
    close(fd);
}

/**
 * @brief Accepte un client, et lui donne un thread ou un refus ; n'attend jamais.
 *
 * @param listener le socket qui écoute, non bloquant
 * @param registry le registre
 * @retval 0  un client est accepté, ou aucun n'attendait plus
 * @retval -1 les moyens manquent, cause dans `errno` (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`…)
 * @see accept(2), tcp(7) pour `TCP_NODELAY`
 */
static int accept_client(int listener, struct registry *registry)
{
    struct sockaddr_storage storage;
    struct sockaddr *address = (struct sockaddr *)&storage;
    socklen_t length = sizeof storage;
    int fd = accept4(listener, address, &length, SOCK_CLOEXEC);
    if (fd < 0) {
        // Le client est reparti avant d'être servi, ou l'appel a été interrompu : ce n'est rien.
        bool harmless = errno == EAGAIN || errno == ECONNABORTED || errno == EINTR;
        return harmless ? 0 : -1;
    }

    // Une réponse part tout de suite, au lieu d'attendre que le client ait acquitté la précédente
    // (algorithme de Nagle) : nos envois sont déjà groupés, il n'y a rien à gagner à attendre.
    const int enabled = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);

    if (!admit(registry, fd, address, length))
        refuse(fd);
    return 0;
}

/**
 * @brief Accepte des clients, jusqu'à SIGINT ou SIGTERM.
 *
 * @param listener le socket qui écoute
 * @param signals  le descripteur rendu par open_stop_signals()
 * @param registry le registre
 * @retval 0  l'arrêt est demandé
 * @retval -1 erreur, cause dans `errno` (`ENOMEM`…)
 * @see poll(2)
 */
static int accept_clients(int listener, int signals, struct registry *registry)
{
    struct pollfd watched[] = {{.fd = signals, .events = POLLIN},
                               {.fd = listener, .events = POLLIN}};
    bool exhausted = false;
    for (;;) {
        // Un client qu'on ne peut accepter reste dans la file d'attente, et rendrait poll prêt
        // sans fin : le temps que des moyens se libèrent, on n'attend que les signaux.
        int ready = exhausted ? poll(watched, 1, RETRY_DELAY_MS) : poll(watched, 2, -1);
        if (ready < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        // L'arrêt d'abord : sous une rafale de clients, il y en a toujours un qui attend.
        if (watched[0].revents != 0)
            return 0;

        bool accepted = accept_client(listener, registry) == 0;
        if (!accepted && !exhausted)
            report_error(PROGRAM, "accept", NULL, NULL, strerror(errno));
        exhausted = !accepted;
    }
}

/**
 * @brief Renvoie tous les clients, et attend qu'ils soient tous partis.
 *
 * @param registry le registre ; vide ensuite
 * @see shutdown(2), pthread_cond_wait(3)
 */
static void dismiss_clients(struct registry *registry)
{
    atomic_store(&registry->stopping, true);

    pthread_mutex_lock(&registry->mutex);
    // shutdown réveille le thread bloqué dans recv ou send ; close ne le réveillerait pas.
    for (struct client *client = registry->clients; client != NULL; client = client->next)
        (void)shutdown(client->fd, SHUT_RDWR);
    while (registry->active > 0)
        pthread_cond_wait(&registry->empty, &registry->mutex);
    pthread_mutex_unlock(&registry->mutex);
}

/**
 * @brief Tient le service, de l'ouverture du registre au départ du dernier client.
 *
 * @param listener le socket qui écoute
 * @param signals  le descripteur rendu par open_stop_signals()
 * @param limit    nombre maximal de clients présents à la fois
 * @return le code de retour du programme
 */
static int run_service(int listener, int signals, unsigned long limit)
{
    struct registry registry;
    int code = registry_init(&registry, limit);
    if (code != 0) {
        report_error(PROGRAM, "préparation des threads", NULL, NULL, strerror(code));
        return EXIT_SYSTEM;
    }

    puts("waiting for connection");
    fflush(stdout);
    bool stopped = accept_clients(listener, signals, &registry) == 0;
    if (!stopped)
        report_error(PROGRAM, "poll", NULL, NULL, strerror(errno));
    dismiss_clients(&registry);
    registry_destroy(&registry);
    return stopped ? EXIT_SUCCESS : EXIT_SYSTEM;
}

/**
 * @brief Programme `server [-m N] [HOST [PORT]]`.
 *
 * @param argc nombre de mots de la ligne de commande
 * @param argv ces mots
 * @retval 0 arrêt demandé par SIGINT ou SIGTERM
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    struct endpoint local = {.host = "127.0.0.1", .port = "1233"};
    unsigned long limit = DEFAULT_CLIENT_LIMIT;
    if (!parse_arguments(argc, argv, &local, &limit))
        return EXIT_USAGE;

    struct addrinfo *addresses = resolve(&local);
    if (addresses == NULL)
        return EXIT_SYSTEM;

    raise_descriptor_limit();
    // Avant d'écouter : dès qu'un client peut venir, un signal doit avoir son sens. Mais après la
    // recherche du nom, qui peut durer : il n'y avait rien à fermer.
    int signals = open_stop_signals();
    if (signals < 0)
        report_error(PROGRAM, "signalfd", NULL, NULL, strerror(errno));
    int listener = signals < 0 ? -1 : open_server(&local, addresses);
    freeaddrinfo(addresses);
    int status = listener < 0 ? EXIT_SYSTEM : run_service(listener, signals, limit);
    if (listener >= 0)
        close(listener);
    if (signals >= 0)
        close(signals);
    return status;
}
