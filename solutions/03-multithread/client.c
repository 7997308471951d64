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

/** Établit la connexion, même si un signal interrompt l'attente. */
static int connect_socket(int fd, const struct addrinfo *address)
{
    while (connect(fd, address->ai_addr, address->ai_addrlen) < 0) {
        if (errno == EISCONN)
            return 0;
        if (errno != EINTR && errno != EALREADY)
            return -1;
        // Un connect interrompu continue sans nous : on attend qu'il aboutisse, puis on redemande.
        struct pollfd watched = {.fd = fd, .events = POLLOUT};
        (void)poll(&watched, 1, -1);
    }
    return 0;
}

/** Se connecte à la première adresse de l'hôte qui répond. */
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

/** Lit une ligne du serveur et l'affiche. */
static bool show_line(struct line_reader *reader)
{
    const char *line = NULL;
    size_t length = 0;
    int status = read_line(reader, &line, &length);
    if (status == 1) {
        print_escaped(stdout, line, length);
        putchar('\n');
        fflush(stdout);
        return true;
    }
    const char *reason = "le serveur a fermé la connexion";
    if (status < 0)
        reason = errno == EMSGSIZE ? "réponse trop longue" : strerror(errno);
    report_error(PROGRAM, "lecture de la réponse", NULL, NULL, reason);
    return false;
}

/** Demande une ligne à l'utilisateur. */
static int ask_line(struct line_reader *reader, const char **line, size_t *length)
{
    fputs("Say something: ", stdout);
    fflush(stdout);
    int status = read_line(reader, line, length);
    if (status == 0) {
        // Rendre au terminal une ligne propre, après l'invite restée sans réponse.
        putchar('\n');
        fflush(stdout);
    }
    if (status < 0) {
        const char *reason = errno == EMSGSIZE ? "ligne trop longue" : strerror(errno);
        report_error(PROGRAM, "lecture de l'entrée", NULL, NULL, reason);
    }
    return status;
}

/** Envoie une ligne et son `\n`, en un seul envoi. */
static bool send_line(int fd, const char *line, size_t length)
{
    char message[LINE_STORAGE];
    memcpy(message, line, length);
    message[length] = '\n';
    if (send_all(fd, message, length + 1) == 0)
        return true;
    report_error(PROGRAM, "envoi de la ligne", NULL, NULL, strerror(errno));
    return false;
}

/** Mène le dialogue : l'accueil, puis une réponse pour chaque ligne tapée. */
static bool converse(int fd)
{
    char typed[LINE_STORAGE];
    char received[REPLY_STORAGE];
    struct line_reader input;
    struct line_reader server;
    line_reader_init(&input, STDIN_FILENO, typed, sizeof typed);
    line_reader_init(&server, fd, received, sizeof received);

    if (!show_line(&server))
        return false;
    for (;;) {
        const char *line = NULL;
        size_t length = 0;
        int status = ask_line(&input, &line, &length);
        if (status != 1)
            return status == 0;
        // Une ligne vide est un message comme un autre : son « \n » part, et la réponse vient.
        if (!send_line(fd, line, length) || !show_line(&server))
            return false;
    }
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
