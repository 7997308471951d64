/**
 * @file 03-multithread/server.c
 * @brief Le serveur multithread : un thread pour chaque client, et aucun qui gêne les autres.
 *
 * `server [-m N] [HOST [PORT]]`, par défaut 10 000 clients au plus, 127.0.0.1 et 1233.
 *
 * Le thread principal attend les clients et les signaux d'arrêt. Chaque client a ensuite son
 * thread : son socket, ses lignes et ses réponses ne sont qu'à lui. Les threads ne partagent que
 * le registre des clients présents (registry.h).
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "registry.h"
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

/** Attente avant de réessayer, quand le système manque de moyens, en millisecondes. */
#define RETRY_DELAY_MS 100

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** Ce que reçoit un client accueilli. */
static const char WELCOME[] = "welcome to the server\n";

/** Ce que reçoit un client refusé. */
static const char SERVER_FULL[] = "server full\n";

/** L'échange avec un client : rien ici n'est partagé, tout est sur la pile de son thread. */
struct exchange {
    struct line_reader reader;   /**< La lecture de ses lignes ; le socket y est noté. */
    size_t used;                 /**< Nombre d'octets de réponse qui attendent de partir. */
    char replies[REPLY_STORAGE]; /**< Ces octets. */
    char lines[LINE_STORAGE];    /**< La mémoire de la lecture. */
};

/** Lit `[-m N] [HOST [PORT]]`. */
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

/** Cherche les adresses où écouter : un nom peut en avoir plusieurs, IPv4 et IPv6. */
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

/** Fait de SIGINT et de SIGTERM un événement qui s'attend comme un client. */
static int open_stop_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // Avant de créer le premier thread : chaque thread hérite des signaux bloqués.
    int code = pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (code != 0) {
        errno = code;
        return -1;
    }
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

/** Demande autant de descripteurs que le système en permet. */
static void raise_descriptor_limit(void)
{
    // La limite « douce » est souvent de 1024, bien moins que de clients. Un échec est sans gravité :
    // le serveur sait manquer de descripteurs.
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/** Crée un socket qui écoute sur une adresse. */
static int listen_on(const struct addrinfo *address, const char **action)
{
    // Non bloquant : un client annoncé par poll peut être reparti avant accept.
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

/** Ouvre le socket du serveur sur la première adresse de l'hôte qui convient. */
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

static int flush_replies(struct exchange *exchange)
{
    size_t length = exchange->used;
    exchange->used = 0;
    return send_all(exchange->reader.fd, exchange->replies, length);
}

/** Met en attente la réponse à une ligne : `Hello I'm Server LINE\n`. */
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

/** Accueille un client, puis répond à chacune de ses lignes. */
static int converse(int fd)
{
    // Aucun verrou dans cette fonction : tout ce dont elle se sert n'est qu'à son thread.
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
        if (!line_ready(&exchange.reader) && flush_replies(&exchange) < 0)
            return -1;
    }
}

/** La vie d'un thread : servir son client, puis disparaître sans rien laisser. */
static void *serve_client(void *argument)
{
    struct client *client = argument;
    // À l'arrêt, les sockets sont coupés exprès : rien à signaler.
    if (converse(client->fd) == -1 && !registry_is_stopping(client->registry)) {
        char buffer[128];
        const char *reason = errno == EMSGSIZE ? "ligne trop longue, connexion fermée"
                                               : strerror_r(errno, buffer, sizeof buffer);
        report_peer_error(PROGRAM, "échange avec", client->address, reason);
    }
    registry_leave(client);
    return NULL;
}

/** Donne un thread à un client, s'il reste une place. */
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
    format_address(address, length, client->address, sizeof client->address);

    int code = registry_admit(registry, client, serve_client);
    if (code == 0)
        return true;
    if (code > 0)
        report_error(PROGRAM, "pthread_create", NULL, NULL, strerror(code));
    free(client);
    return false;
}

/** Répond `server full` à un client, et ferme ; n'attend jamais. */
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

/** Accepte un client, et lui donne un thread ou un refus ; n'attend jamais. */
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

/** Accepte des clients, jusqu'à SIGINT ou SIGTERM. */
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

/** Tient le service, de l'ouverture du registre au départ du dernier client. */
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
    registry_dismiss(&registry);
    registry_destroy(&registry);
    return stopped ? EXIT_SUCCESS : EXIT_SYSTEM;
}

/**
 * @brief Programme `server [-m N] [HOST [PORT]]`.
 *
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
