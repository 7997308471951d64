/**
 * @file 01-tcp/client.c
 * @brief Le client : il envoie chaque ligne de son entrée standard et montre la réponse.
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

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

static void report_input_error(int error)
{
    const char *reason = error == EMSGSIZE ? "ligne trop longue" : strerror(error);
    report_error(PROGRAM, "lecture de l'entrée standard", NULL, NULL, reason);
}

/** Pose une question et garde la ligne tapée en réponse. */
static bool ask(struct line_reader *input, const char *prompt, char *answer, int *status)
{
    fputs(prompt, stdout);
    // Une question n'a pas de fin de ligne : il faut la pousser vers l'écran.
    fflush(stdout);

    const char *line = NULL;
    size_t length = 0;
    int result = read_line(input, &line, &length);
    if (result < 0)
        report_input_error(errno);
    if (result <= 0) {
        *status = result < 0 ? EXIT_SYSTEM : EXIT_SUCCESS;
        return false;
    }
    memcpy(answer, line, length);
    answer[length] = '\0';
    // Un octet nul au milieu ferait d'une réponse une autre, plus courte, sans un mot.
    if (strlen(answer) != length) {
        report_usage(PROGRAM, "réponse refusée (octet nul après ce texte)", answer);
        *status = EXIT_USAGE;
        return false;
    }
    return true;
}

/** Demande l'hôte et le port que la ligne de commande n'a pas donnés. */
static bool complete_endpoint(struct line_reader *input, struct endpoint *endpoint, int *status)
{
    // Ces réponses servent jusqu'à la fin du programme.
    static char host[LINE_STORAGE];
    static char port[LINE_STORAGE];
    if (endpoint->host == NULL) {
        if (!ask(input, "enter the host name to connect: ", host, status))
            return false;
        endpoint->host = host;
    }
    if (endpoint->port != NULL)
        return true;
    if (!ask(input, "enter the port: ", port, status))
        return false;
    if (!is_port(port)) {
        report_usage(PROGRAM, "port refusé (entier de 1 à 65535 attendu)", port);
        *status = EXIT_USAGE;
        return false;
    }
    endpoint->port = port;
    return true;
}

/** Cherche les adresses du serveur : un nom peut en avoir plusieurs, IPv4 et IPv6. */
static struct addrinfo *resolve(const struct endpoint *endpoint)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &addresses);
    if (code == 0)
        return addresses;
    const char *reason = code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
    report_error(PROGRAM, "getaddrinfo", endpoint->host, endpoint->port, reason);
    return NULL;
}

/** Attend la fin d'une connexion commencée, et dit comment elle a fini. */
static int finish_connecting(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    while (poll(&wanted, 1, -1) < 0) {
        if (errno != EINTR)
            return -1;
    }
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        return -1;
    errno = error;
    return error == 0 ? 0 : -1;
}

/** Connecte un socket, même si un signal interrompt l'attente. */
static int connect_socket(int fd, const struct addrinfo *address)
{
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    // Interrompu, connect continue sans nous : l'appeler de nouveau serait une autre demande.
    return errno == EINTR ? finish_connecting(fd) : -1;
}

/** Se connecte à la première adresse qui répond. */
static int open_connection(const struct endpoint *endpoint, const struct addrinfo *addresses)
{
    bool announced = false;
    const char *failed = "socket";
    int reason = 0;
    for (const struct addrinfo *address = addresses; address != NULL; address = address->ai_next) {
        int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        failed = fd < 0 ? "socket" : "connect";
        if (fd >= 0 && !announced) {
            puts("socket created");
            announced = true;
        }
        if (fd >= 0 && connect_socket(fd, address) == 0)
            return fd;
        reason = errno;
        if (fd >= 0)
            close(fd);
    }
    report_error(PROGRAM, failed, endpoint->host, endpoint->port, strerror(reason));
    return -1;
}

/** Envoie une ligne et son `\n`. */
static int send_line(int fd, const char *line, size_t length)
{
    // Un seul envoi : deux petits envois de suite attendraient l'accusé de réception du premier
    // (algorithme de Nagle), soit une quarantaine de millisecondes à chaque ligne.
    char message[LINE_STORAGE];
    memcpy(message, line, length);
    message[length] = '\n';
    return send_all(fd, message, length + 1);
}

/** Lit une ligne du serveur et la montre. */
static int show_reply(struct line_reader *replies, const struct endpoint *endpoint)
{
    const char *line = NULL;
    size_t length = 0;
    int result = read_line(replies, &line, &length);
    if (result < 0) {
        const char *reason = errno == EMSGSIZE ? "réponse trop longue" : strerror(errno);
        report_error(PROGRAM, "recv", endpoint->host, endpoint->port, reason);
    }
    if (result > 0) {
        print_escaped(stdout, line, length);
        putchar('\n');
    }
    return result;
}

static bool is_end(const char *line, size_t length)
{
    return length == 3 && memcmp(line, "END", 3) == 0;
}

/** Prend congé : envoie `END`, ferme son sens de la connexion, montre ce qui vient encore. */
static int say_goodbye(int fd, struct line_reader *replies, const struct endpoint *endpoint)
{
    if (send_line(fd, "END", 3) != 0) {
        report_error(PROGRAM, "send", endpoint->host, endpoint->port, strerror(errno));
        return EXIT_SYSTEM;
    }
    // Un échec ici veut dire que la connexion est déjà tombée : la lecture qui suit dira pourquoi.
    shutdown(fd, SHUT_WR);
    int result;
    do {
        result = show_reply(replies, endpoint);
    } while (result > 0);
    return result == 0 ? EXIT_SUCCESS : EXIT_SYSTEM;
}

/** Dialogue : une ligne tapée, une réponse montrée, jusqu'à `END` ou la fin de l'entrée. */
static int converse(int fd, struct line_reader *input, const struct endpoint *endpoint)
{
    char storage[LINE_STORAGE];
    struct line_reader replies;
    line_reader_init(&replies, fd, storage, sizeof storage);
    for (;;) {
        const char *line = NULL;
        size_t length = 0;
        int result = read_line(input, &line, &length);
        if (result < 0) {
            report_input_error(errno);
            return EXIT_SYSTEM;
        }
        if (result == 0 || is_end(line, length))
            return say_goodbye(fd, &replies, endpoint);

        if (send_line(fd, line, length) != 0) {
            report_error(PROGRAM, "send", endpoint->host, endpoint->port, strerror(errno));
            return EXIT_SYSTEM;
        }
        result = show_reply(&replies, endpoint);
        if (result == 0)
            report_error(PROGRAM, "recv", endpoint->host, endpoint->port,
                         "le serveur a fermé la connexion sans répondre");
        if (result <= 0)
            return EXIT_SYSTEM;
    }
}

/**
 * @brief Programme `client [HOST [PORT]]` ; ce qui n'est pas donné est demandé.
 *
 * @retval 0 dialogue terminé, ou fin de l'entrée à une question
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Dans un tube, stdout attendrait d'avoir 4096 octets : ici, chaque ligne part aussitôt.
    setvbuf(stdout, NULL, _IOLBF, 0);

    struct endpoint endpoint = {.host = NULL, .port = NULL};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;

    // Un seul lecteur pour toute l'entrée : en lisant l'hôte, il a pu recevoir déjà la suite.
    char storage[LINE_STORAGE];
    struct line_reader input;
    line_reader_init(&input, STDIN_FILENO, storage, sizeof storage);
    int status = EXIT_SUCCESS;
    if (!complete_endpoint(&input, &endpoint, &status))
        return status;

    struct addrinfo *addresses = resolve(&endpoint);
    if (addresses == NULL)
        return EXIT_SYSTEM;
    int fd = open_connection(&endpoint, addresses);
    freeaddrinfo(addresses);
    if (fd < 0)
        return EXIT_SYSTEM;

    fputs("socket connected to ", stdout);
    print_endpoint(stdout, endpoint.host, endpoint.port);
    putchar('\n');
    status = converse(fd, &input, &endpoint);
    close(fd);
    return status;
}
