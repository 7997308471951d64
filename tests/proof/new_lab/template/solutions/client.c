/**
 * @file 00-modele/client.c
 * @brief Le client : il montre ce que le serveur lui dit.
 *
 * `client [HOST [PORT]]`, par défaut 127.0.0.1 et 8000.
 */
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Le plus long message montré, en octets. */
#define MESSAGE_LIMIT 256

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

/** Se connecte à la première adresse de l'hôte. */
static int open_connection(const struct endpoint *endpoint)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &address);
    if (code != 0) {
        report_error(PROGRAM, "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        return -1;
    }
    int fd = socket(address->ai_family, address->ai_socktype, 0);
    if (fd >= 0 && connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
        freeaddrinfo(address);
        return fd;
    }
    report_error(PROGRAM, fd < 0 ? "socket" : "connect", endpoint->host, endpoint->port,
                 strerror(errno));
    freeaddrinfo(address);
    if (fd >= 0)
        close(fd);
    return -1;
}

/** Montre, octets du réseau échappés, ce que dit le serveur jusqu'à ce qu'il ferme. */
static int show_message(int server)
{
    char message[MESSAGE_LIMIT];
    size_t length = 0;
    while (length < sizeof message) {
        ssize_t count = recv(server, message + length, sizeof message - length, 0);
        if (count == 0)
            break;
        if (count > 0) {
            length += (size_t)count;
        } else if (errno != EINTR) {
            report_error(PROGRAM, "recv", NULL, NULL, strerror(errno));
            return EXIT_SYSTEM;
        }
    }
    if (length > 0 && message[length - 1] == '\n')
        length--;
    print_escaped(stdout, message, length);
    putchar('\n');
    return EXIT_SUCCESS;
}

/**
 * @brief Programme `client [HOST [PORT]]`.
 *
 * @retval 0 le serveur a tout dit
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8000"};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    int server = open_connection(&endpoint);
    if (server < 0)
        return EXIT_SYSTEM;
    int status = show_message(server);
    close(server);
    return status;
}
