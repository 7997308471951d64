/**
 * @file 00-modele/server.c
 * @brief Le serveur : à chaque client, il dit bonjour, puis il ferme.
 *
 * `server [HOST [PORT]]`, par défaut 127.0.0.1 et 8000.
 */
#include "cmdline.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** Ce que reçoit chaque client. */
#define GREETING "bonjour\n"

// --- Étape 0 : un premier bonjour ----------------------------------------------------------------

/**
 * @brief Donne à un socket son adresse, et le met à l'écoute.
 *
 * @param fd      le socket
 * @param address l'adresse locale, rendue par `getaddrinfo`
 * @return `false` en cas d'échec, cause dans `errno`
 * @see setsockopt(2), bind(2), listen(2)
 */
static bool start_listening(int fd, const struct addrinfo *address)
{
    // TODO (étape 0, puis 1) : donner au socket son adresse (man 2 bind), écouter (man 2 listen).
    errno = ENOSYS;
    return false;
}

/**
 * @brief Dit bonjour à un client : ce qui l'en empêche ne regarde que lui.
 *
 * @param client son socket
 * @see send(2)
 */
static void greet(int client)
{
    // TODO (étape 0, puis 1) : envoyer ::GREETING, en entier (man 2 send).
}

/**
 * @brief Sert chaque client à son tour, jusqu'à SIGINT ou SIGTERM.
 *
 * @param listener le socket d'écoute
 * @param signals  le descripteur rendu par open_stop_signals()
 * @return le code de retour du programme
 * @see poll(2), accept(2)
 */
static int serve(int listener, int signals)
{
    // TODO (étape 0, puis 1) : accepter un client (man 2 accept), le saluer ; guetter l'arrêt.
    return EXIT_SYSTEM;
}

// --- Étape 1 : le serveur salue ------------------------------------------------------------------

/**
 * @brief Fait de SIGINT et de SIGTERM un descripteur que `poll` attend comme un client.
 *
 * @return un descripteur, lisible dès que l'un des deux signaux est arrivé
 * @retval -1 erreur (un message est écrit)
 * @see signalfd(2), sigprocmask(2), sigsetops(3)
 */
static int open_stop_signals(void)
{
    // TODO (étape 1) : bloquer deux signaux (man 2 sigprocmask), en faire un descripteur.
    return -1;
}

// --- Le programme : donné ; l'étape 1 y revient --------------------------------------------------

/**
 * @brief Ouvre le socket d'écoute, à la première adresse de l'hôte.
 *
 * @param endpoint l'hôte et le port demandés
 * @return le socket d'écoute
 * @retval -1 erreur (un message est écrit)
 * @see getaddrinfo(3), socket(2)
 */
static int open_listener(const struct endpoint *endpoint)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &address);
    if (code != 0) {
        report_error(PROGRAM, "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        return -1;
    }
    int fd = socket(address->ai_family, address->ai_socktype, 0);
    if (fd >= 0 && start_listening(fd, address)) {
        freeaddrinfo(address);
        return fd;
    }
    report_error(PROGRAM, fd < 0 ? "socket" : "bind", endpoint->host, endpoint->port,
                 strerror(errno));
    freeaddrinfo(address);
    if (fd >= 0)
        close(fd);
    return -1;
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

    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8000"};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    // TODO (étape 1) : préparer l'arrêt (open_stop_signals) : avant ou après l'écoute ?
    int signals = -1;
    int listener = open_listener(&endpoint);
    if (listener < 0)
        return EXIT_SYSTEM;
    puts("waiting for clients");
    int status = serve(listener, signals);
    close(listener);
    return status;
}
