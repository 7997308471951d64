/**
 * @file 02-udp/client.c
 * @brief Le client UDP : une question, et la patience d'attendre la réponse.
 *
 * `client [HOST [PORT [MESSAGE]]]`, par défaut 127.0.0.1, 12345 et « Hello UDP server ».
 *
 * Rien ne dit qu'un datagramme est arrivé, sinon la réponse. Le client demande donc jusqu'à
 * quatre fois, en attendant chaque fois deux fois plus longtemps, puis renonce.
 */
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

/** Le plus long message, en octets : 65 535, moins l'en-tête IPv4 (20) et l'en-tête UDP (8). */
#define MESSAGE_LIMIT 65507

/** Place de réception : un octet de trop, pour voir qu'un datagramme dépasse la limite. */
#define MESSAGE_STORAGE (MESSAGE_LIMIT + 1)

/** Première attente, en millisecondes ; elle double à chaque envoi. */
#define FIRST_WAIT_MS 200

/** Nombre d'envois de la question, le premier compris. */
#define SEND_COUNT 4

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

// Ces deux fonctions viennent aux étapes 3 et 4, et servent plus tôt dans ce fichier.
static ssize_t wait_reply(int fd, int wait_ms, char *reply);
static int64_t now_ms(void);

// --- Étape 0 : un premier datagramme -------------------------------------------------------------

/**
 * @brief Crée un socket UDP qui ne parle qu'à une adresse, et n'écoute qu'elle.
 *
 * @param address l'adresse du serveur, rendue par `getaddrinfo`
 * @return le socket
 * @retval -1 erreur, cause dans `errno` (`ENETUNREACH`, `EAFNOSUPPORT`…)
 * @see connect(2), udp(7)
 */
static int connect_socket(const struct addrinfo *address)
{
    // TODO (étape 0, puis 3) : un socket (man 2 socket) qui ne parle qu'au serveur (man 2 connect).
    errno = ENOSYS;
    return -1;
}

/**
 * @brief Pose la question à une adresse, jusqu'à ::SEND_COUNT fois, et rend la réponse.
 *
 * @param fd      socket rendu par connect_socket()
 * @param message la question
 * @param length  sa longueur, en octets, 0 compris
 * @param reply   reçoit la réponse ; ::MESSAGE_STORAGE octets de place
 * @return la longueur de la réponse, en octets, 0 compris
 * @retval -1 erreur, cause dans `errno` : `ETIMEDOUT` si toutes les attentes ont été vaines,
 *            `ECONNREFUSED` si personne n'écoute…
 * @see send(2)
 */
static ssize_t ask(int fd, const char *message, size_t length, char *reply)
{
    // TODO (étape 0, puis 3, 4 et 5) : envoyer la question (man 2 send) ; l'attente viendra après.
    errno = ENOSYS;
    return -1;
}

// --- Étape 3 : le client demande -----------------------------------------------------------------

/**
 * @brief Attend la réponse du serveur, un temps donné et pas davantage.
 *
 * @param fd      socket rendu par connect_socket()
 * @param wait_ms durée de l'attente, en millisecondes
 * @param reply   reçoit la réponse ; ::MESSAGE_STORAGE octets de place
 * @return la longueur de la réponse, en octets, 0 compris
 * @retval -1 erreur, cause dans `errno` : `ETIMEDOUT` si le temps est écoulé, `ECONNREFUSED` si
 *            personne n'écoute, `EMSGSIZE` si la réponse dépasse ::MESSAGE_LIMIT ; jamais `EINTR`
 * @see poll(2), recv(2)
 */
static ssize_t wait_reply(int fd, int wait_ms, char *reply)
{
    // TODO (étape 3, puis 4 et 5) : recevoir la réponse (man 2 recv) ; 0 octet en est une.
    return -1;
}

/**
 * @brief Écrit `Server Says` et, à la ligne suivante, la réponse.
 *
 * @param reply  la réponse
 * @param length sa longueur, en octets, 0 compris
 */
static void print_reply(const char *reply, size_t length)
{
    // TODO (étape 3) : écrire les deux lignes, le texte échappé (print_escaped, dans display.h).
}

// --- Étape 4 : la patience -----------------------------------------------------------------------

/**
 * @brief L'heure d'une horloge qui ne recule ni ne saute jamais.
 *
 * @return un nombre de millisecondes, depuis une origine quelconque
 * @see clock_gettime(2), `CLOCK_MONOTONIC`
 */
static int64_t now_ms(void)
{
    // TODO (étape 4) : lire l'horloge qui ne recule jamais (man 2 clock_gettime).
    return 0;
}

/**
 * @brief Pose la question à une adresse après l'autre, tant qu'elle y est refusée.
 *
 * Un silence, lui, arrête tout : le serveur est peut-être là, et seulement lent ou lointain.
 *
 * @param endpoint  hôte et port du serveur, pour le message
 * @param addresses les adresses à essayer, dans l'ordre
 * @param message   la question, terminée par un octet nul qui n'est pas envoyé
 * @param reply     reçoit la réponse ; ::MESSAGE_STORAGE octets de place
 * @return la longueur de la réponse, en octets, 0 compris
 * @retval -1 aucune réponse (un message est écrit, pour la dernière adresse essayée)
 */
static ssize_t ask_each(const struct endpoint *endpoint, const struct addrinfo *addresses,
                        const char *message, char *reply)
{
    // TODO (étape 4, puis 5) : dire l'échec ; refusé, passer à l'adresse suivante (ai_next).
    int fd = connect_socket(addresses);
    ssize_t received = fd < 0 ? -1 : ask(fd, message, strlen(message), reply);
    if (fd >= 0)
        close(fd);
    return received;
}

// --- Le programme : donné ; l'étape 6 y revient --------------------------------------------------

/**
 * @brief Lit `[HOST [PORT [MESSAGE]]]`.
 *
 * Un argument absent laisse la valeur par défaut. Une erreur est déjà dite sur stderr.
 *
 * @param count     nombre d'arguments, sans le nom du programme
 * @param arguments ces arguments
 * @param endpoint  entrée : hôte et port par défaut ; sortie : ceux de l'utilisateur
 * @param message   entrée : le message par défaut ; sortie : celui de l'utilisateur
 * @return `true`, ou `false` si un argument est refusé
 */
static bool parse_arguments(int count, char **arguments, struct endpoint *endpoint,
                            const char **message)
{
    // TODO (étape 6) : refuser un argument de trop, et un message qu'aucun datagramme ne porte.
    if (!parse_endpoint(PROGRAM, count > 2 ? 2 : count, arguments, endpoint))
        return false;
    if (count > 2)
        *message = arguments[2];
    return true;
}

/**
 * @brief Cherche les adresses de l'hôte : un nom peut en avoir plusieurs, IPv4 et IPv6.
 *
 * @param endpoint l'hôte et le port demandés
 * @return la liste des adresses, à rendre par `freeaddrinfo` ; `NULL` en cas d'échec (un message
 *         est écrit)
 * @see getaddrinfo(3)
 */
static struct addrinfo *resolve(const struct endpoint *endpoint)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *addresses = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &addresses);
    if (code == 0)
        return addresses;
    const char *reason = code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
    report_error(PROGRAM, "getaddrinfo", endpoint->host, endpoint->port, reason);
    return NULL;
}

/**
 * @brief Programme `client [HOST [PORT [MESSAGE]]]`.
 *
 * @retval 0 la réponse est écrite
 * @retval 1 erreur du système ou du réseau, ou pas de réponse
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Dans un tube, stdout attendrait d'avoir 4096 octets : ici, chaque ligne part aussitôt.
    setvbuf(stdout, NULL, _IOLBF, 0);

    struct endpoint endpoint = {.host = "127.0.0.1", .port = "12345"};
    const char *message = "Hello UDP server";
    if (!parse_arguments(argc - 1, argv + 1, &endpoint, &message))
        return EXIT_USAGE;
    struct addrinfo *addresses = resolve(&endpoint);
    if (addresses == NULL)
        return EXIT_SYSTEM;

    char reply[MESSAGE_STORAGE];
    ssize_t length = ask_each(&endpoint, addresses, message, reply);
    freeaddrinfo(addresses);
    if (length < 0)
        return EXIT_SYSTEM;
    print_reply(reply, (size_t)length);
    return EXIT_SUCCESS;
}
