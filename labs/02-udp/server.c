/**
 * @file 02-udp/server.c
 * @brief Le serveur UDP : à chaque datagramme, une réponse, envoyée à qui l'a demandée.
 *
 * `server [HOST [PORT]]`, par défaut 127.0.0.1 et 12345.
 *
 * Un seul socket sert tous les clients. Le serveur ne retient rien d'un datagramme à l'autre :
 * une question reçue deux fois reçoit deux fois la même réponse, et cela ne gêne personne.
 */
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

/** Le plus long message, en octets : 65 535, moins l'en-tête IPv4 (20) et l'en-tête UDP (8). */
#define MESSAGE_LIMIT 65507

/** Place de réception : un octet de trop, pour voir qu'un datagramme dépasse la limite. */
#define MESSAGE_STORAGE (MESSAGE_LIMIT + 1)

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** La réponse à chaque datagramme : ces octets, sans `\n` ni octet nul. */
#define REPLY "Hello I'm UDP Server"

// --- Donné : c'est celui du lab 01, pour des datagrammes ----------------------------------------

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

// --- Étape 1 : le serveur répond -----------------------------------------------------------------

/**
 * @brief Crée un socket UDP attaché à une adresse.
 *
 * @param address l'adresse locale, rendue par `getaddrinfo`
 * @return le socket
 * @retval -1 erreur, cause dans `errno` (`EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`…)
 * @see socket(2), bind(2)
 */
static int bind_socket(const struct addrinfo *address)
{
    // TODO (étape 1) : créer le socket (man 2 socket), l'attacher à l'adresse (man 2 bind).
    errno = ENOSYS;
    return -1;
}

/**
 * @brief Écrit `received from ADDR:PORT: TEXT`.
 *
 * @param peer   l'adresse de l'expéditeur, déjà mise en forme
 * @param bytes  le message reçu
 * @param length sa longueur, en octets, 0 compris
 */
static void print_message(const char *peer, const char *bytes, size_t length)
{
    // TODO (étape 1, puis 2) : écrire la ligne, le texte échappé (print_escaped, dans display.h).
}

/**
 * @brief Reçoit un datagramme, le montre et lui répond ; dit s'il peut y en avoir un autre.
 *
 * Ne bloque jamais. Rien de ce qui arrive ici n'arrête le serveur : un datagramme abîmé, trop
 * long, ou auquel on ne peut pas répondre ne regarde que son expéditeur. L'erreur est dite sur
 * stderr.
 *
 * @param fd le socket du serveur
 * @retval true  un datagramme était là, ou la lecture a échoué : un autre attend peut-être
 * @retval false il n'y a plus rien à lire (`EAGAIN`) : le moment d'attendre
 * @see recvfrom(2), sendto(2), udp(7)
 */
static bool answer_datagram(int fd)
{
    // TODO (étape 1, puis 2 et 6) : recevoir (man 2 recvfrom), montrer, répondre (man 2 sendto).
    return false;
}

// --- Étape 6 : des programmes qui tiennent -------------------------------------------------------

/**
 * @brief Fait de SIGINT et de SIGTERM un événement qui s'attend comme un datagramme.
 *
 * @return un descripteur, lisible dès que l'un des deux signaux est arrivé
 * @retval -1 erreur (un message est écrit)
 * @see signalfd(2), sigprocmask(2), sigsetops(3)
 */
static int open_stop_signals(void)
{
    // TODO (étape 6) : bloquer deux signaux, en faire un descripteur (man 2 signalfd).
    return -1;
}

// --- Le programme : donné, sauf serve ; l'étape 6 y revient ---------------------------------------

/**
 * @brief Ouvre le socket du serveur sur la première adresse qui l'accepte.
 *
 * @param endpoint  l'hôte et le port demandés, pour le message
 * @param addresses les adresses à essayer, dans l'ordre
 * @return le socket, attaché
 * @retval -1 toutes refusent (un message est écrit, pour la dernière)
 */
static int open_server(const struct endpoint *endpoint, const struct addrinfo *addresses)
{
    int reason = 0;
    for (const struct addrinfo *address = addresses; address != NULL; address = address->ai_next) {
        int fd = bind_socket(address);
        if (fd >= 0)
            return fd;
        reason = errno;
    }
    report_error(PROGRAM, "bind", endpoint->host, endpoint->port, strerror(reason));
    return -1;
}

/**
 * @brief Répond à tous, jusqu'à SIGINT ou SIGTERM.
 *
 * @param fd      le socket du serveur
 * @param signals le descripteur rendu par open_stop_signals()
 * @return le code de retour du programme
 * @see poll(2)
 */
static int serve(int fd, int signals)
{
    // TODO (étape 1, puis 6) : répondre sans fin ; guetter aussi le signal d'arrêt (man 2 poll).
    return EXIT_SYSTEM;
}

/**
 * @brief Programme `server [HOST [PORT]]`.
 *
 * @retval 0 arrêt demandé par SIGINT ou SIGTERM
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Dans un tube, stdout attendrait d'avoir 4096 octets : ici, chaque ligne part aussitôt.
    setvbuf(stdout, NULL, _IOLBF, 0);

    struct endpoint endpoint = {.host = "127.0.0.1", .port = "12345"};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    struct addrinfo *addresses = resolve(&endpoint);
    if (addresses == NULL)
        return EXIT_SYSTEM;

    // TODO (étape 6) : préparer l'arrêt (open_stop_signals) : avant ou après bind ?
    int signals = -1;
    int fd = open_server(&endpoint, addresses);
    freeaddrinfo(addresses);

    int status = fd >= 0 ? serve(fd, signals) : EXIT_SYSTEM;
    if (fd >= 0)
        close(fd);
    return status;
}
