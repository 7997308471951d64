/**
 * @file 01-tcp/server.c
 * @brief Le serveur : il répond `Hey client` à chaque ligne, un client après l'autre.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** La réponse à chaque ligne. */
#define REPLY "Hey client\n"

/** Répit, en millisecondes, quand le système n'a plus de quoi accepter un client. */
#define RESOURCE_PAUSE_MS 100

/** Vrai dès qu'un signal a demandé l'arrêt. */
static volatile sig_atomic_t stop_requested = 0;

// Ces trois fonctions viennent à l'étape 5, et servent plus tôt dans ce fichier.
static bool is_listener_broken(int error);
static bool is_resource_shortage(int error);
static void report_lost_client(const char *action, const char *peer);

// --- Étape 1 : le serveur écoute -----------------------------------------------------------------

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
    // TODO (étape 1) : demander les adresses de cet hôte, pour TCP (man 3 getaddrinfo).
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
    // TODO (étape 1, puis 5) : donner au socket son adresse (man 2 bind), écouter (man 2 listen).
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
    // TODO (étape 1) : à chaque adresse son socket (man 2 socket) ; garder le premier qui écoute.
    return -1;
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
    // TODO (étape 1, puis 5) : attendre un client (man 2 accept), mettre son adresse en texte.
    return -1;
}

// --- Étape 3 : le serveur dialogue ---------------------------------------------------------------

/**
 * @brief Dit si une ligne est le mot `END`, qui termine le dialogue.
 *
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur, en octets
 * @return `true` si c'est `END`, exactement
 */
static bool is_end(const char *line, size_t length)
{
    // TODO (étape 3) : comparer des octets dont on connaît le nombre (man 3 memcmp).
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
    // TODO (étape 3, puis 5) : lire une ligne (framing.h), la montrer (display.h), y répondre.
}

// --- Étape 5 : un serveur qui tient --------------------------------------------------------------

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
    // TODO (étape 5) : noter l'arrêt, réveiller l'appel qui attend (man 7 signal-safety).
}

/**
 * @brief Installe request_stop() pour SIGINT et SIGTERM.
 *
 * @return `true`, ou `false` en cas d'échec (un message est écrit)
 * @see sigaction(2)
 */
static bool install_stop_handler(void)
{
    // TODO (étape 5) : confier SIGINT et SIGTERM à request_stop (man 2 sigaction).
    return false;
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
    // TODO (étape 5) : après quelles erreurs accept est-il inutile (man 2 accept, ERRORS) ?
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
    // TODO (étape 5) : quelles erreurs disent que les moyens manquent (man 2 accept, ERRORS) ?
    return false;
}

/**
 * @brief Dit pourquoi un client est abandonné, sauf si c'est l'arrêt demandé qui l'abandonne.
 *
 * @param action l'appel qui a échoué, cause dans `errno`
 * @param peer   l'adresse du client, en texte
 */
static void report_lost_client(const char *action, const char *peer)
{
    // TODO (étape 5) : dire sur stderr l'appel, le client, la raison (report.h).
}

// --- Le programme : donné ; l'étape 5 y revient --------------------------------------------------

/**
 * @brief Sert les clients l'un après l'autre, jusqu'à l'arrêt demandé.
 *
 * @param listener le socket d'écoute ; l'appelant le fermera
 * @return le code de retour du programme
 */
static int serve_all(int listener)
{
    // TODO (étape 5) : à chaque ligne, se demander : et si le signal arrivait juste ici ?
    while (!stop_requested) {
        puts("server waiting...");
        char peer[ADDRESS_TEXT_SIZE];
        int client = accept_client(listener, peer, sizeof peer);
        if (client < 0)
            break;
        printf("client connected from %s\n", peer);
        serve_client(client, peer);
        close(client);
    }
    return stop_requested ? EXIT_SUCCESS : EXIT_SYSTEM;
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
    // Dans un tube, stdout attendrait d'avoir 4096 octets : ici, chaque ligne part aussitôt.
    setvbuf(stdout, NULL, _IOLBF, 0);

    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8001"};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    struct addrinfo *addresses = resolve(&endpoint);
    if (addresses == NULL)
        return EXIT_SYSTEM;

    // TODO (étape 5) : préparer l'arrêt (install_stop_handler) : avant ou après l'écoute ?
    int listener = open_listener(&endpoint, addresses);
    freeaddrinfo(addresses);
    if (listener < 0)
        return EXIT_SYSTEM;

    int status = serve_all(listener);
    close(listener);
    return status;
}
