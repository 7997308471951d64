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
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

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
#define WELCOME "welcome to the server\n"

/** Ce que reçoit un client refusé. */
#define SERVER_FULL "server full\n"

/** L'échange avec un client : rien ici n'est partagé, tout est sur la pile de son thread. */
struct exchange {
    struct line_reader reader;   /**< La lecture de ses lignes ; le socket y est noté. */
    size_t used;                 /**< Nombre d'octets de réponse qui attendent de partir. */
    char replies[REPLY_STORAGE]; /**< Ces octets. */
    char lines[LINE_STORAGE];    /**< La mémoire de la lecture. */
};

// Ces deux fonctions viennent aux étapes 2 et 5, et servent plus tôt dans ce fichier.
static bool admit(struct registry *registry, int fd, const struct sockaddr *address,
                  socklen_t length);
static void refuse(int fd);

// --- Donné : c'est ce que vous avez écrit au lab 01 ---------------------------------------------

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

// --- Étape 0 : un premier accueil ----------------------------------------------------------------

/**
 * @brief Crée un socket qui écoute sur une adresse.
 *
 * À l'étape 6, il devient non bloquant : un client annoncé par `poll` peut être reparti avant `accept`.
 *
 * @param address l'adresse locale, rendue par `getaddrinfo`
 * @param action  reçoit le nom de l'appel qui a échoué, s'il y en a un
 * @return le socket
 * @retval -1 erreur, cause dans `errno` (`EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`…)
 * @see socket(2), setsockopt(2), bind(2), listen(2)
 */
static int listen_on(const struct addrinfo *address, const char **action)
{
    // TODO (étape 0, puis 1 et 5) : un socket, son adresse, l'écoute (man 2 socket, bind, listen).
    *action = "listen_on";
    errno = ENOSYS;
    return -1;
}

/**
 * @brief Accepte un client, et lui donne un thread ou un refus ; n'attend jamais.
 *
 * @param listener le socket qui écoute (à l'étape 6, non bloquant)
 * @param registry le registre
 * @retval 0  un client est accepté, ou aucun n'attendait plus
 * @retval -1 les moyens manquent, cause dans `errno` (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`…)
 * @see accept(2), tcp(7) pour `TCP_NODELAY`
 */
static int accept_client(int listener, struct registry *registry)
{
    // TODO (étape 0, puis 1, 2 et 5) : accepter un client (man 2 accept), l'accueillir.
    return -1;
}

// --- Étape 2 : un thread par client --------------------------------------------------------------

/**
 * @brief Envoie les réponses qui attendent.
 *
 * @param exchange l'échange ; plus aucune réponse n'y attend ensuite
 * @retval 0  tout est remis au système
 * @retval -1 erreur, cause dans `errno` (`EPIPE`, `ECONNRESET`…)
 */
static int flush_replies(struct exchange *exchange)
{
    // TODO (étape 2) : tout envoyer (send_all, dans framing.h), et retenir que rien n'attend plus.
    return -1;
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
    // TODO (étape 2) : le préfixe, la ligne et le '\n', à la suite de ce qui attend (man 3 memcpy).
    return -1;
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
    // TODO (étape 2) : l'accueil, puis une réponse à chaque ligne, jusqu'à la fin (framing.h).
    return -1;
}

/**
 * @brief La vie d'un thread : servir son client, puis disparaître sans rien laisser.
 *
 * @param argument le `struct client`, dont le thread devient propriétaire
 * @return `NULL`, toujours
 */
static void *serve_client(void *argument)
{
    // TODO (étape 2, puis 4 et 5) : servir le client, puis fermer et libérer, quoi qu'il arrive.
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
    // TODO (étape 2, puis 4 et 5) : une mémoire à ce client, et son thread (man 3 pthread_create).
    return false;
}

// --- Étape 5 : un serveur qui tient --------------------------------------------------------------

/**
 * @brief Répond `server full` à un client, et ferme ; n'attend jamais.
 *
 * @param fd le socket du client, fermé ensuite
 * @see fcntl(2), option `O_NONBLOCK` ; RFC 2525, section 2.17
 */
static void refuse(int fd)
{
    // TODO (étape 5) : envoyer « server full » sans jamais attendre (man 2 fcntl), puis fermer.
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
    // TODO (étape 5, facultatif) : relever la limite « douce » (man 2 getrlimit).
}

// --- Étape 6 : l'arrêt en ordre ------------------------------------------------------------------

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
    // TODO (étape 6) : bloquer deux signaux (man 3 pthread_sigmask), en faire un descripteur.
    return -1;
}

// --- Le programme : donné ; les étapes 1, 4, 5 et 6 y reviennent --------------------------------

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
    // TODO (étape 5) : lire d'abord « -m N » (man 3 getopt ; parse_number, dans cmdline.h).
    return parse_endpoint(PROGRAM, argc - 1, argv + 1, local);
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
    // TODO (étape 5, puis 6) : attendre si les moyens manquent ; guetter l'arrêt (man 2 poll).
    while (accept_client(listener, registry) == 0)
        continue;
    return -1;
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
    // TODO (étape 1, puis 4 et 6) : annoncer l'attente (man 3 fflush) ; tenir le registre.
    struct registry registry = {.limit = limit};
    bool stopped = accept_clients(listener, signals, &registry) == 0;
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

    // TODO (étape 6) : préparer l'arrêt (open_stop_signals) : avant ou après l'écoute ?
    int signals = -1;
    int listener = open_server(&local, addresses);
    freeaddrinfo(addresses);
    int status = listener < 0 ? EXIT_SYSTEM : run_service(listener, signals, limit);
    if (listener >= 0)
        close(listener);
    return status;
}
