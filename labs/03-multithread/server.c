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
    // TODO (étape 1) : lire [HOST [PORT]] : parse_endpoint, dans cmdline.h, le fait.
    // TODO (étape 5) : avant eux, lire « -m N » (man 3 getopt, ou à la main) ; parse_number, dans
    // cmdline.h, dit si N est un entier admis. Une erreur : report_usage, dans report.h.
    (void)argc;
    (void)argv;
    (void)local;
    (void)limit;
    return false;
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
    // TODO (étape 1) : demander les adresses de cet hôte et de ce port, pour TCP, en IPv4 comme en
    // IPv6 (man 3 getaddrinfo). En cas d'échec, écrire le message : la raison vient de
    // gai_strerror, ou d'errno quand le code est EAI_SYSTEM.
    (void)local;
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
    // TODO (étape 6) : bloquer les deux signaux (man 3 pthread_sigmask), puis en faire un
    // descripteur (man 2 signalfd). Pourquoi les bloquer avant de créer le premier thread ?
    return -1;
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
    // TODO (étape 5, facultatif) : man 2 getrlimit. Quelle limite un programme ordinaire peut-il relever, et
    // jusqu'où ?
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
    // TODO (étape 1) : créer le socket (man 2 socket), lui donner l'adresse (man 2 bind), le mettre
    // à l'écoute (man 2 listen). Fermer le socket si un appel échoue. Piège D34.
    // TODO (étape 5) : le rendre non bloquant ; permettre de redémarrer aussitôt sur le même port
    // (man 7 socket, SO_REUSEADDR) ; choisir la longueur de la file d'attente.
    (void)address;
    (void)action;
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
    // TODO (étape 1) : essayer chaque adresse, garder la première qui convient. Si aucune ne
    // convient, une seule ligne d'erreur : l'appel qui a échoué, l'hôte, le port, la raison.
    // Piège D34.
    (void)local;
    (void)addresses;
    return -1;
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
    // TODO (étape 2) : tout envoyer (send_all, dans framing.h), et retenir que rien n'attend plus.
    (void)exchange;
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
    // TODO (étape 2) : écrire le préfixe, la ligne et le « \n » à la suite de ce qui attend. Et si
    // la place manque ? Une ligne n'est pas une chaîne : elle peut contenir un octet nul.
    (void)exchange;
    (void)line;
    (void)length;
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
    // TODO (étape 2) : préparer la lecture (line_reader_init), envoyer l'accueil, puis lire une
    // ligne et y répondre, jusqu'à la fin du flux. Pièges D37, D38 et D42.
    // Répondez ligne par ligne ; grouper les réponses (line_ready, dans framing.h) est facultatif.
    (void)fd;
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
    // TODO (étape 2) : servir le client (converse), puis, quoi qu'il soit arrivé, fermer son socket
    // et libérer sa mémoire. Piège D39.
    // TODO (étape 4) : c'est registry_leave qui le laisse partir.
    // TODO (étape 5) : dire l'erreur sur stderr (report_peer_error, dans report.h), sans fonction à
    // mémoire statique (piège D47).
    (void)argument;
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
    // TODO (étape 2) : donner à ce client une mémoire à lui (piège D45), noter son adresse
    // (format_address, dans display.h), créer son thread (man 3 pthread_create). Piège D35.
    // TODO (étape 4) : c'est registry_admit qui l'inscrit, et crée son thread.
    // TODO (étape 5) : n'a-t-il pas été admis ? Dire l'échec de pthread_create, ne rien garder de lui.
    // Piège D46.
    (void)registry;
    (void)fd;
    (void)address;
    (void)length;
    return false;
}

/**
 * @brief Répond `server full` à un client, et ferme ; n'attend jamais.
 *
 * @param fd le socket du client, fermé ensuite
 * @see fcntl(2), option `O_NONBLOCK` ; RFC 2525, section 2.17
 */
static void refuse(int fd)
{
    // TODO (étape 5) : envoyer « server full\n » sans jamais attendre (man 2 fcntl, O_NONBLOCK),
    // puis fermer. Que peut recevoir le client s'il avait déjà écrit quelque chose ? Piège D46.
    (void)fd;
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
    // TODO (étape 1) : accepter un client (man 2 accept), en notant son adresse ; puis, ici même,
    // écrire les deux lignes de son arrivée, visibles aussitôt (man 3 fflush, piège D41), et lui envoyer
    // l'accueil entier (send_all). L'accueil passera dans converse à l'étape 2, les deux lignes dans le
    // registre à l'étape 4.
    // TODO (étape 2) : lui donner un thread (admit). Facultatif : des réponses qui partent sans
    // attendre (man 7 tcp, TCP_NODELAY).
    // TODO (étape 5) : le refuser (refuse) s'il ne peut être servi ; distinguer l'erreur sans
    // importance de celle qui demande d'attendre. Piège D49.
    (void)listener;
    (void)registry;
    return -1;
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
    // TODO (étape 1) : accepter des clients, sans fin.
    // TODO (étape 5) : si les moyens manquent, attendre un peu avant de réessayer. Piège D49.
    // TODO (étape 6) : attendre à la fois un client et un signal d'arrêt (man 2 poll). Lequel
    // regarder d'abord ?
    (void)listener;
    (void)signals;
    (void)registry;
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
    // TODO (étape 1) : dire « waiting for connection », puis accepter des clients.
    // TODO (étape 4) : préparer le registre (registry_init).
    // TODO (étape 6) : renvoyer les clients (registry_dismiss), rendre le registre, rendre le bon code
    // de retour.
    (void)listener;
    (void)signals;
    (void)limit;
    return EXIT_SYSTEM;
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
    // Ces lignes évitent les avertissements du squelette ; effacez-les à mesure que vous avancez.
    (void)argc;
    (void)argv;
    (void)PROGRAM;
    (void)WELCOME;
    (void)SERVER_FULL;
    (void)parse_arguments;
    (void)resolve;
    (void)open_stop_signals;
    (void)raise_descriptor_limit;
    (void)listen_on;
    (void)open_server;
    (void)flush_replies;
    (void)add_reply;
    (void)converse;
    (void)serve_client;
    (void)admit;
    (void)refuse;
    (void)accept_client;
    (void)accept_clients;
    (void)run_service;

    // TODO (étape 1) : lire la ligne de commande, chercher les adresses, ouvrir le
    // serveur, tenir le service.
    // TODO (étape 6) : préparer l'arrêt par signal : avant ou après l'écoute ? Tout fermer.
    return EXIT_SYSTEM;
}
