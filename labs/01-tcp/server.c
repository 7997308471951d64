/**
 * @file 01-tcp/server.c
 * @brief Le serveur : il répond `Hey client` à chaque ligne, un client après l'autre.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** La réponse à chaque ligne. */
static const char REPLY[] = "Hey client\n";

/** Répit, en millisecondes, quand le système n'a plus de quoi accepter un client. */
#define RESOURCE_PAUSE_MS 100

/** Vrai dès qu'un signal a demandé l'arrêt. */
static volatile sig_atomic_t stop_requested = 0;

/** Le socket d'écoute, que le gestionnaire de signal doit pouvoir réveiller ; -1 : aucun. */
static volatile sig_atomic_t listener_to_wake = -1;

/** Le socket du client en cours, que le gestionnaire doit pouvoir réveiller ; -1 : aucun. */
static volatile sig_atomic_t client_to_wake = -1;

/**
 * @brief Gestionnaire de SIGINT et SIGTERM : demande l'arrêt et réveille l'appel qui attend.
 *
 * N'appelle que ce que POSIX autorise dans un gestionnaire de signal, et laisse `errno` intact.
 *
 * @param signal_number le signal reçu
 * @see signal-safety(7) ; shutdown(2)
 */
static void request_stop(int signal_number)
{
    // TODO (étape 5) : noter l'arrêt demandé, puis réveiller les appels qui attendent (cours,
    // « Les signaux et l'arrêt en ordre » ; man 7 signal-safety). Garder errno intact.
    (void)signal_number;
}

/**
 * @brief Installe request_stop() pour SIGINT et SIGTERM.
 *
 * @return `true`, ou `false` en cas d'échec (un message est écrit)
 * @see sigaction(2)
 */
static bool install_stop_handler(void)
{
    // TODO (étape 5) : man 2 sigaction. Quels signaux ? Avec ou sans SA_RESTART ?
    return false;
}

/**
 * @brief Cherche les adresses où écouter : un nom peut en avoir plusieurs, IPv4 et IPv6.
 *
 * @param endpoint l'hôte et le port demandés
 * @return la liste des adresses, à rendre par `freeaddrinfo` ; `NULL` en cas d'échec (un message
 *         est écrit)
 * @see getaddrinfo(3)
 */
static struct addrinfo *resolve(const struct endpoint *endpoint)
{
    // TODO (étape 1) : demander les adresses de cet hôte et de ce port, pour TCP, en IPv4 comme en
    // IPv6 (man 3 getaddrinfo). En cas d'échec, écrire le message : la raison vient de
    // gai_strerror, ou d'errno quand le code est EAI_SYSTEM.
    (void)endpoint;
    return NULL;
}

/**
 * @brief Donne une adresse à un socket et le met à l'écoute.
 *
 * @param fd      socket neuf
 * @param address adresse où écouter
 * @return `NULL`, ou le nom de l'appel qui a échoué, cause dans `errno`
 * @see setsockopt(2), socket(7) pour SO_REUSEADDR ; bind(2) ; listen(2)
 */
static const char *start_listening(int fd, const struct addrinfo *address)
{
    // TODO (étape 1) : donner l'adresse au socket (man 2 bind), puis le mettre à l'écoute
    // (man 2 listen). Quelle longueur de file d'attente ? Piège D15.
    // TODO (étape 5) : une option, avant bind, permet de redémarrer aussitôt. Piège D14.
    (void)fd;
    (void)address;
    return NULL;
}

/**
 * @brief Ouvre le socket d'écoute, sur la première adresse qui l'accepte.
 *
 * @param endpoint  l'hôte et le port demandés, pour le message
 * @param addresses les adresses à essayer, dans l'ordre
 * @return le socket d'écoute ; -1 si toutes refusent (un message est écrit, pour la dernière)
 * @see socket(2)
 */
static int open_listener(const struct endpoint *endpoint, const struct addrinfo *addresses)
{
    // TODO (étape 1) : pour chaque adresse de la liste, créer un socket (man 2 socket) et le mettre
    // à l'écoute. Garder le premier qui réussit ; fermer celui qui échoue. Si toutes refusent, une
    // seule ligne d'erreur, pour la dernière : l'appel, l'hôte, le port, la raison. Piège D17.
    (void)endpoint;
    (void)addresses;
    return -1;
}

/**
 * @brief Dit si une erreur d'`accept` condamne le socket d'écoute lui-même.
 *
 * Toutes les autres passent : un client parti avant d'être accepté, une panne du réseau que Linux
 * rapporte ici, un manque momentané de descripteurs ou de mémoire.
 *
 * @param error la valeur d'`errno` après `accept`
 * @return `true` s'il est inutile d'essayer encore
 * @see accept(2), section ERRORS
 */
static bool is_listener_broken(int error)
{
    // TODO (étape 5) : relire man 2 accept, section ERRORS. Après quelles erreurs est-il inutile
    // d'appeler accept encore une fois sur ce socket ?
    (void)error;
    return false;
}

/**
 * @brief Dit si une erreur d'`accept` est un manque de ressources, qui dure tant qu'il dure.
 *
 * @param error la valeur d'`errno` après `accept`
 * @return `true` s'il faut attendre un peu avant d'essayer encore
 * @see accept(2), section ERRORS
 */
static bool is_resource_shortage(int error)
{
    // TODO (étape 5) : man 2 accept, section ERRORS. Quelles erreurs disent qu'il n'y a plus de
    // descripteurs ou de mémoire ?
    (void)error;
    return false;
}

/**
 * @brief Attend le client suivant, en laissant passer les erreurs passagères.
 *
 * @param listener le socket d'écoute
 * @param peer     reçoit l'adresse du client, en texte
 * @param size     place disponible dans @p peer, en octets
 * @return le socket du client ; -1 s'il faut s'arrêter, sur demande ou parce que le socket
 *         d'écoute ne vaut plus rien (un message est alors écrit)
 * @see accept(2)
 */
static int accept_client(int listener, char *peer, size_t size)
{
    // TODO (étape 1) : attendre un client (man 2 accept) et mettre son adresse en texte
    // (format_address, dans display.h).
    // TODO (étape 5) : une erreur passagère ne doit ni arrêter le serveur ni le faire tourner en
    // boucle ; l'arrêt demandé doit faire sortir d'ici.
    (void)listener;
    (void)peer;
    (void)size;
    return -1;
}

/**
 * @brief Dit pourquoi un client est abandonné, sauf si c'est l'arrêt demandé qui l'abandonne.
 *
 * @param action l'appel qui a échoué, cause dans `errno`
 * @param peer   l'adresse du client, en texte
 */
static void report_lost_client(const char *action, const char *peer)
{
    // TODO (étape 5) : une ligne sur stderr (report_peer_error, dans report.h) : l'appel, le
    // client, la raison. Et si c'est l'arrêt demandé qui a fait échouer l'appel ?
    (void)action;
    (void)peer;
}

/**
 * @brief Dit si une ligne est le mot `END`, qui termine le dialogue.
 *
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur, en octets
 * @return `true` si c'est `END`, exactement
 */
static bool is_end(const char *line, size_t length)
{
    // TODO (étape 3) : comparer des octets dont on connaît le nombre (man 3 memcmp). Une ligne
    // reçue n'est pas une chaîne : pièges D09 et D22.
    (void)line;
    (void)length;
    return false;
}

/**
 * @brief Dialogue avec un client, jusqu'à `END`, la fin du flux, une erreur ou l'arrêt demandé.
 *
 * @param client le socket du client ; l'appelant le fermera
 * @param peer   son adresse, en texte
 */
static void serve_client(int client, const char *peer)
{
    // TODO (étape 3) : lire une ligne, la montrer (print_escaped, dans display.h), y répondre si ce
    // n'est pas END ; recommencer. Les quatre façons d'en finir sont dans le contrat.
    // TODO (étape 5) : une erreur sur cette connexion ne doit finir que cette connexion ; un client
    // bavard ne doit pas retarder l'arrêt.
    (void)client;
    (void)peer;
}

/**
 * @brief Sert les clients l'un après l'autre, jusqu'à l'arrêt demandé.
 *
 * @param listener le socket d'écoute ; l'appelant le fermera
 * @return le code de retour du programme
 */
static int serve_all(int listener)
{
    // TODO (étape 1) : annoncer l'attente, attendre un client, annoncer son arrivée.
    // TODO (étape 3) : le servir, fermer son socket, passer au suivant.
    // TODO (étape 5) : tenir à jour ce que le gestionnaire de signal doit pouvoir réveiller. Pour
    // chaque ligne, demandez-vous : et si le signal arrivait juste ici ?
    (void)listener;
    return EXIT_SYSTEM;
}

/**
 * @brief Programme `server [HOST [PORT]]`, par défaut 127.0.0.1 et 8001.
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
    (void)REPLY;
    (void)stop_requested;
    (void)listener_to_wake;
    (void)client_to_wake;
    (void)request_stop;
    (void)install_stop_handler;
    (void)resolve;
    (void)start_listening;
    (void)open_listener;
    (void)is_listener_broken;
    (void)is_resource_shortage;
    (void)accept_client;
    (void)report_lost_client;
    (void)is_end;
    (void)serve_client;
    (void)serve_all;

    // TODO (étape 1) : faire partir chaque ligne de stdout aussitôt (man 3 setvbuf), lire la ligne
    // de commande (parse_endpoint, dans cmdline.h), chercher les adresses, écouter, servir.
    // TODO (étape 5) : installer le gestionnaire de signal. Avant ou après l'écoute ? Tout fermer.
    return EXIT_SYSTEM;
}
