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
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/** Le plus long message, en octets : 65 535, moins l'en-tête IPv4 (20) et l'en-tête UDP (8). */
#define MESSAGE_LIMIT 65507

/** Place de réception : un octet de trop, pour voir qu'un datagramme dépasse la limite. */
#define MESSAGE_STORAGE (MESSAGE_LIMIT + 1)

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** La réponse à chaque datagramme : ces octets, sans `\n` ni octet nul. */
static const char REPLY[] = "Hello I'm UDP Server";

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
 * @brief Fait de SIGINT et de SIGTERM un événement qui s'attend comme un datagramme.
 *
 * @return un descripteur, lisible dès que l'un des deux signaux est arrivé
 * @retval -1 erreur (un message est écrit)
 * @see signalfd(2), sigprocmask(2), sigsetops(3)
 */
static int open_stop_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // Bloqués, ils n'interrompent rien et ne se perdent pas : ils attendent qu'on les regarde.
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int fd = signalfd(-1, &signals, 0);
    if (fd < 0)
        report_error(PROGRAM, "signalfd", NULL, NULL, strerror(errno));
    return fd;
}

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
    int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0)
        return -1;
    // Pas de SO_REUSEADDR : UDP n'a pas de TIME_WAIT à enjamber, le port est libre dès que le
    // socket est fermé. L'option laisserait deux serveurs prendre le même port, sans une erreur :
    // un seul recevrait les datagrammes, et l'autre attendrait pour rien.
    if (bind(fd, address->ai_addr, address->ai_addrlen) < 0) {
        int cause = errno;
        close(fd);
        errno = cause;
        return -1;
    }
    return fd;
}

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
 * @brief Écrit `received from ADDR:PORT: TEXT`.
 *
 * @param peer   l'adresse de l'expéditeur, déjà mise en forme
 * @param bytes  le message reçu
 * @param length sa longueur, en octets, 0 compris
 */
static void print_message(const char *peer, const char *bytes, size_t length)
{
    printf("received from %s: ", peer);
    print_escaped(stdout, bytes, length);
    putchar('\n');
}

/**
 * @brief Reçoit un datagramme, le montre et lui répond.
 *
 * Ne bloque jamais. Rien de ce qui arrive ici n'arrête le serveur : un datagramme abîmé, trop
 * long, ou auquel on ne peut pas répondre ne regarde que son expéditeur. L'erreur est dite sur
 * stderr.
 *
 * @param fd le socket du serveur, que `poll` annonce lisible
 * @see recvfrom(2), sendto(2), udp(7)
 */
static void answer_datagram(int fd)
{
    char message[MESSAGE_STORAGE];
    struct sockaddr_storage peer;
    // recvfrom lit cette longueur (la place) et la récrit (l'adresse reçue) : après un client
    // IPv4, elle serait trop courte pour un client IPv6.
    socklen_t peer_length = sizeof peer;

    // MSG_DONTWAIT : poll a pu annoncer un datagramme que sa somme de contrôle condamne ensuite.
    ssize_t received =
        recvfrom(fd, message, sizeof message, MSG_DONTWAIT, (struct sockaddr *)&peer, &peer_length);
    if (received < 0) {
        if (errno != EAGAIN && errno != EINTR)
            report_error(PROGRAM, "recvfrom", NULL, NULL, strerror(errno));
        return;
    }

    char peer_text[ADDRESS_TEXT_SIZE];
    format_address((const struct sockaddr *)&peer, peer_length, peer_text, sizeof peer_text);
    // IPv6 permet 20 octets de plus qu'IPv4. Une seule limite pour tous : celle des deux familles.
    if (received > MESSAGE_LIMIT) {
        report_peer_error(PROGRAM, "recvfrom", peer_text, "datagramme trop long, ignoré");
        return;
    }
    print_message(peer_text, message, (size_t)received);

    // Sans attendre non plus : une réponse qui ne peut partir est perdue, comme un datagramme
    // peut l'être en route. Le client redemandera.
    if (sendto(fd, REPLY, strlen(REPLY), MSG_DONTWAIT, (const struct sockaddr *)&peer,
               peer_length) < 0)
        report_peer_error(PROGRAM, "sendto", peer_text, strerror(errno));
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
    struct pollfd watched[] = {{.fd = signals, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    for (;;) {
        if (poll(watched, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            report_error(PROGRAM, "poll", NULL, NULL, strerror(errno));
            return EXIT_SYSTEM;
        }
        // L'arrêt d'abord : sous un déluge de datagrammes, le socket est toujours prêt.
        if (watched[0].revents != 0)
            return EXIT_SUCCESS;
        answer_datagram(fd);
    }
}

/**
 * @brief Programme `server [HOST [PORT]]`.
 *
 * @param argc nombre de mots de la ligne de commande
 * @param argv ces mots
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

    // Avant bind : dès qu'un datagramme peut arriver, un signal doit nous arrêter en ordre.
    // Après getaddrinfo, qui peut durer : jusque-là, un signal a son effet ordinaire.
    int signals = open_stop_signals();
    int fd = signals >= 0 ? open_server(&endpoint, addresses) : -1;
    freeaddrinfo(addresses);

    int status = fd >= 0 ? serve(fd, signals) : EXIT_SYSTEM;
    if (fd >= 0)
        close(fd);
    if (signals >= 0)
        close(signals);
    return status;
}
