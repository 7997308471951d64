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
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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

/** Lit `[HOST [PORT [MESSAGE]]]`. */
static bool parse_arguments(int count, char **arguments, struct endpoint *endpoint,
                            const char **message)
{
    if (count > 3) {
        report_usage(PROGRAM, "trop d'arguments", arguments[3]);
        return false;
    }
    if (!parse_endpoint(PROGRAM, count > 2 ? 2 : count, arguments, endpoint))
        return false;
    if (count == 3)
        *message = arguments[2];
    if (strlen(*message) > MESSAGE_LIMIT) {
        report_error(PROGRAM, "message trop long", NULL, NULL,
                     "un datagramme en porte au plus 65507 octets");
        return false;
    }
    return true;
}

/** Cherche les adresses de l'hôte : un nom peut en avoir plusieurs, IPv4 et IPv6. */
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

/** L'heure d'une horloge qui ne recule ni ne saute jamais. */
static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/** Crée un socket UDP qui ne parle qu'à une adresse, et n'écoute qu'elle. */
static int connect_socket(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0)
        return -1;
    // Rien ne part sur le réseau : le noyau retient l'adresse. Il écartera les datagrammes de
    // tout autre expéditeur, et nous dira (ECONNREFUSED) si personne n'écoute à cette adresse.
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0) {
        int cause = errno;
        close(fd);
        errno = cause;
        return -1;
    }
    return fd;
}

/** Attend la réponse du serveur, un temps donné et pas davantage. */
static ssize_t wait_reply(int fd, int wait_ms, char *reply)
{
    // Une échéance et non une durée : après une attente interrompue, ou un datagramme qui n'en
    // était pas un, il reste ce qui reste, ni plus ni moins.
    int64_t deadline = now_ms() + wait_ms;
    for (;;) {
        int64_t left = deadline - now_ms();
        struct pollfd watched = {.fd = fd, .events = POLLIN};
        // Même l'échéance passée (le programme a pu être suspendu), on regarde une dernière fois.
        int ready = poll(&watched, 1, left > 0 ? (int)left : 0);
        if (ready == 0) {
            errno = ETIMEDOUT;
            return -1;
        }
        if (ready < 0) {
            if (errno != EINTR)
                return -1;
            continue;
        }

        ssize_t received = recv(fd, reply, MESSAGE_STORAGE, MSG_DONTWAIT);
        if (received > MESSAGE_LIMIT) {
            errno = EMSGSIZE;
            return -1;
        }
        // EAGAIN : un datagramme annoncé par poll, puis jeté pour sa somme de contrôle.
        if (received >= 0 || (errno != EAGAIN && errno != EINTR))
            return received;
    }
}

/** Pose la question à une adresse, jusqu'à ::SEND_COUNT fois, et rend la réponse. */
static ssize_t ask(int fd, const char *message, size_t length, char *reply)
{
    int wait_ms = FIRST_WAIT_MS;
    for (int sent = 0; sent < SEND_COUNT; sent++) {
        // send rapporte aussi l'erreur d'un envoi précédent, apprise entre-temps : ECONNREFUSED
        // veut dire ici la même chose qu'à la réception.
        while (send(fd, message, length, 0) < 0) {
            if (errno != EINTR)
                return -1;
        }
        ssize_t received = wait_reply(fd, wait_ms, reply);
        if (received >= 0 || errno != ETIMEDOUT)
            return received;
        wait_ms *= 2;
    }
    errno = ETIMEDOUT;
    return -1;
}

/** Pose la question à une adresse après l'autre, tant qu'elle y est refusée. */
static ssize_t ask_each(const struct endpoint *endpoint, const struct addrinfo *addresses,
                        const char *message, char *reply)
{
    int reason = 0;
    for (const struct addrinfo *address = addresses; address != NULL; address = address->ai_next) {
        int fd = connect_socket(address);
        ssize_t received = fd < 0 ? -1 : ask(fd, message, strlen(message), reply);
        reason = errno;
        if (fd >= 0)
            close(fd);
        if (received >= 0)
            return received;
        // Un silence arrête tout : le serveur est peut-être là, et seulement lent ou lointain.
        if (reason == ETIMEDOUT)
            break;
    }
    const char *text = reason == ETIMEDOUT ? "pas de réponse" : strerror(reason);
    report_error(PROGRAM, "question à", endpoint->host, endpoint->port, text);
    return -1;
}

static void print_reply(const char *reply, size_t length)
{
    puts("Server Says");
    print_escaped(stdout, reply, length);
    putchar('\n');
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
