/**
 * @file 03-multithread/client.c
 * @brief Le client du serveur multithread : une ligne tapée, une ligne de réponse.
 *
 * `client [HOST [PORT]]`, par défaut 127.0.0.1 et 1233.
 *
 * Le client n'a pas de thread : il parle, puis il écoute. C'est le serveur qui en sert plusieurs.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Ce qui précède, dans une réponse, la ligne envoyée. */
#define REPLY_PREFIX "Hello I'm Server "

/** Place pour lire la plus longue réponse : le préfixe, la ligne, le `\n`. */
#define REPLY_STORAGE (sizeof REPLY_PREFIX - 1 + LINE_LIMIT + 1)

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

// --- Étape 3 : le client dialogue ----------------------------------------------------------------

/**
 * @brief Établit la connexion, même si un signal interrompt l'attente.
 *
 * @param fd      un socket pas encore connecté
 * @param address l'adresse du serveur, rendue par `getaddrinfo`
 * @retval 0  connecté
 * @retval -1 erreur, cause dans `errno` (`ECONNREFUSED`, `ETIMEDOUT`…), jamais `EINTR`
 * @see connect(2), erreurs `EINTR`, `EALREADY` et `EISCONN`
 */
static int connect_socket(int fd, const struct addrinfo *address)
{
    // TODO (étape 3) : se connecter ; et si un signal interrompt l'attente (man 2 connect, EINTR) ?
    errno = ENOSYS;
    return -1;
}

/**
 * @brief Lit une ligne du serveur et l'affiche.
 *
 * @param reader la lecture du serveur
 * @return `true`, ou `false` si aucune ligne ne peut venir : la raison est déjà dite
 */
static bool show_line(struct line_reader *reader)
{
    // TODO (étape 3) : lire une ligne entière (framing.h), l'écrire échappée (display.h).
    return false;
}

/**
 * @brief Demande une ligne à l'utilisateur.
 *
 * @param reader la lecture de l'entrée standard
 * @param line   reçoit l'adresse de la ligne, sans son `\n`, valable jusqu'à l'appel suivant
 * @param length reçoit sa longueur, en octets, 0 pour une ligne vide
 * @retval 1  une ligne est lue
 * @retval 0  l'utilisateur a fini
 * @retval -1 erreur, déjà dite
 */
static int ask_line(struct line_reader *reader, const char **line, size_t *length)
{
    // TODO (étape 3) : écrire l'invite, la faire paraître (man 3 fflush), lire une ligne.
    return -1;
}

/**
 * @brief Envoie une ligne et son `\n`, en un seul envoi.
 *
 * @param fd     le socket connecté
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur, en octets, 0 compris, au plus ::LINE_LIMIT
 * @return `true`, ou `false` si l'envoi a échoué : la raison est déjà dite
 */
static bool send_line(int fd, const char *line, size_t length)
{
    // TODO (étape 3) : envoyer la ligne et son '\n', même vide (send_all, dans framing.h).
    return false;
}

/**
 * @brief Mène le dialogue : l'accueil, puis une réponse pour chaque ligne tapée.
 *
 * @param fd le socket connecté
 * @return `true` si l'utilisateur a fini, `false` après une erreur, déjà dite
 */
static bool converse(int fd)
{
    // TODO (étape 3) : montrer l'accueil ; puis envoyer chaque ligne, montrer sa réponse.
    return false;
}

// --- Le programme : donné ------------------------------------------------------------------------

/**
 * @brief Se connecte à la première adresse de l'hôte qui répond.
 *
 * Si aucune ne répond, la raison de la dernière est écrite sur stderr.
 *
 * @param server hôte et port du serveur
 * @return le socket connecté
 * @retval -1 erreur, déjà dite
 * @see getaddrinfo(3), socket(2)
 */
static int open_connection(const struct endpoint *server)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    int code = getaddrinfo(server->host, server->port, &hints, &addresses);
    if (code != 0) {
        const char *reason = code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
        report_error(PROGRAM, "getaddrinfo", server->host, server->port, reason);
        return -1;
    }

    int cause = 0;
    for (const struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
        int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd != -1 && connect_socket(fd, a) == 0) {
            freeaddrinfo(addresses);
            return fd;
        }
        cause = errno;
        // Un socket dont la connexion a échoué ne resservira pas : un neuf pour chaque adresse.
        if (fd != -1)
            close(fd);
    }
    freeaddrinfo(addresses);
    report_error(PROGRAM, "connect", server->host, server->port, strerror(cause));
    return -1;
}

/**
 * @brief Programme `client [HOST [PORT]]`.
 *
 * @retval 0 l'utilisateur a fini
 * @retval 1 erreur du système ou du réseau, ou serveur parti
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    struct endpoint server = {.host = "127.0.0.1", .port = "1233"};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &server))
        return EXIT_USAGE;

    int fd = open_connection(&server);
    if (fd < 0)
        return EXIT_SYSTEM;
    bool finished = converse(fd);
    close(fd);
    return finished ? EXIT_SUCCESS : EXIT_SYSTEM;
}
