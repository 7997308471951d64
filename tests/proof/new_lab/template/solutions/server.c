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
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** Ce que reçoit chaque client. */
static const char GREETING[] = "bonjour\n";

/** Fait de SIGINT et de SIGTERM un descripteur que `poll` attend comme un client. */
static int open_stop_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int fd = sigprocmask(SIG_BLOCK, &signals, NULL) == 0 ? signalfd(-1, &signals, 0) : -1;
    if (fd < 0)
        report_error(PROGRAM, "signalfd", NULL, NULL, strerror(errno));
    return fd;
}

/** Donne à un socket son adresse, et le met à l'écoute. */
static bool start_listening(int fd, const struct addrinfo *address)
{
    int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
}

/** Ouvre le socket d'écoute, à la première adresse de l'hôte. */
static int open_listener(const struct endpoint *endpoint)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &address);
    if (code != 0) {
        report_error(PROGRAM, "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        return -1;
    }
    // Sans attendre : le client annoncé par poll a pu repartir avant accept.
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK, 0);
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

/** Dit bonjour à un client : ce qui l'en empêche ne regarde que lui. */
static void greet(int client)
{
    const char *rest = GREETING;
    while (*rest != '\0') {
        ssize_t count = send(client, rest, strlen(rest), MSG_NOSIGNAL);
        if (count >= 0) {
            rest += count;
        } else if (errno != EINTR) {
            report_error(PROGRAM, "send", NULL, NULL, strerror(errno));
            return;
        }
    }
}

/** Sert chaque client à son tour, jusqu'à SIGINT ou SIGTERM. */
static int serve(int listener, int signals)
{
    struct pollfd watched[] = {{.fd = signals, .events = POLLIN},
                               {.fd = listener, .events = POLLIN}};
    for (;;) {
        if (poll(watched, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            report_error(PROGRAM, "poll", NULL, NULL, strerror(errno));
            return EXIT_SYSTEM;
        }
        if (watched[0].revents != 0)
            return EXIT_SUCCESS;
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0) {
            greet(client);
            close(client);
        } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            report_error(PROGRAM, "accept", NULL, NULL, strerror(errno));
            return EXIT_SYSTEM;
        }
    }
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
    // Avant l'écoute : dès qu'un client peut arriver, un signal doit nous arrêter en ordre.
    int signals = open_stop_signals();
    if (signals < 0)
        return EXIT_SYSTEM;
    int status = EXIT_SYSTEM;
    int listener = open_listener(&endpoint);
    if (listener >= 0) {
        puts("waiting for clients");
        status = serve(listener, signals);
        close(listener);
    }
    close(signals);
    return status;
}
