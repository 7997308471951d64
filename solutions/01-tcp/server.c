/**
 * @file 01-tcp/server.c
 * @brief Le serveur : il répond `Hey client` à chaque ligne, un client après l'autre.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** La réponse à chaque ligne. */
static const char REPLY[] = "Hey client\n";

/** Répit, en millisecondes, quand le système n'a plus de quoi accepter un client. */
#define RESOURCE_PAUSE_MS 100

/** Vrai dès qu'un signal a demandé l'arrêt. */
static volatile sig_atomic_t stop_requested = 0;

/** Le socket d'écoute, que le gestionnaire de signal doit pouvoir réveiller ; -1 : aucun. */
static volatile sig_atomic_t listener_to_wake = -1;

/** Le socket du client en cours, que le gestionnaire doit pouvoir réveiller ; -1 : aucun. */
static volatile sig_atomic_t client_to_wake = -1;

/** Gestionnaire de SIGINT et SIGTERM : demande l'arrêt et réveille l'appel qui attend. */
static void request_stop(int signal_number)
{
    // Rien ici que ce que POSIX autorise dans un gestionnaire (man 7 signal-safety).
    (void)signal_number;
    int saved_errno = errno;
    stop_requested = 1;
    // Un drapeau ne suffit pas : le signal peut arriver juste après qu'on l'a consulté et juste
    // avant accept ou recv, qui attendraient alors pour toujours. L'état d'un socket fermé par
    // shutdown, lui, demeure : l'appel qui viendra ensuite rendra la main aussitôt.
    if (listener_to_wake >= 0)
        shutdown(listener_to_wake, SHUT_RDWR);
    if (client_to_wake >= 0)
        shutdown(client_to_wake, SHUT_RDWR);
    errno = saved_errno;
}

static bool install_stop_handler(void)
{
    struct sigaction action = {.sa_handler = request_stop};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) == 0 && sigaction(SIGTERM, &action, NULL) == 0)
        return true;
    report_error(PROGRAM, "sigaction", NULL, NULL, strerror(errno));
    return false;
}

/** Cherche les adresses où écouter : un nom peut en avoir plusieurs, IPv4 et IPv6. */
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

/** Donne une adresse à un socket et le met à l'écoute. */
static const char *start_listening(int fd, const struct addrinfo *address)
{
    const int enabled = 1;
    // Sans cela, un redémarrage serait refusé tant que d'anciennes connexions sont en TIME_WAIT.
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &enabled, sizeof enabled) != 0)
        return "setsockopt";
    if (bind(fd, address->ai_addr, address->ai_addrlen) != 0)
        return "bind";
    // Ce n'est pas un nombre de clients, c'est la longueur de la file d'attente : qu'elle soit
    // la plus longue possible, car un client qui n'y trouve pas place est retardé d'une seconde.
    if (listen(fd, SOMAXCONN) != 0)
        return "listen";
    return NULL;
}

/** Ouvre le socket d'écoute, sur la première adresse qui l'accepte. */
static int open_listener(const struct endpoint *endpoint, const struct addrinfo *addresses)
{
    const char *failed = "socket";
    int reason = 0;
    for (const struct addrinfo *address = addresses; address != NULL; address = address->ai_next) {
        int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        failed = fd < 0 ? "socket" : start_listening(fd, address);
        if (failed == NULL)
            return fd;
        reason = errno;
        if (fd >= 0)
            close(fd);
    }
    report_error(PROGRAM, failed, endpoint->host, endpoint->port, strerror(reason));
    return -1;
}

/** Dit si une erreur d'`accept` condamne le socket d'écoute lui-même. */
static bool is_listener_broken(int error)
{
    // Les autres erreurs passent : un client parti avant d'être accepté, un manque de descripteurs.
    // EOPNOTSUPP aussi : sur un socket qui écoute déjà, Linux rapporte ainsi une panne du réseau.
    return error == EBADF || error == EINVAL || error == ENOTSOCK;
}

/** Dit si une erreur d'`accept` est un manque de ressources, qui dure tant qu'il dure. */
static bool is_resource_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/** Attend le client suivant, en laissant passer les erreurs passagères. */
static int accept_client(int listener, char *peer, size_t size)
{
    while (!stop_requested) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        int client = accept(listener, (struct sockaddr *)&address, &length);
        if (client >= 0) {
            // À plusieurs lignes arrivées ensemble, plusieurs réponses de suite : sans cela, la
            // deuxième attendrait que le client ait acquitté la première (algorithme de Nagle).
            const int enabled = 1;
            (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);
            format_address((const struct sockaddr *)&address, length, peer, size);
            return client;
        }
        int error = errno;
        if (stop_requested || error == EINTR)
            continue;
        report_error(PROGRAM, "accept", NULL, NULL, strerror(error));
        if (is_listener_broken(error))
            return -1;
        // Le client reste dans la file d'attente : sans répit, accept échouerait en boucle et
        // occuperait tout le processeur.
        if (is_resource_shortage(error))
            poll(NULL, 0, RESOURCE_PAUSE_MS);
    }
    return -1;
}

/** Dit pourquoi un client est abandonné, sauf si c'est l'arrêt demandé qui l'abandonne. */
static void report_lost_client(const char *action, const char *peer)
{
    int error = errno;
    if (stop_requested)
        return;
    const char *reason = error == EMSGSIZE ? "ligne trop longue, client écarté" : strerror(error);
    report_peer_error(PROGRAM, action, peer, reason);
}

static bool is_end(const char *line, size_t length)
{
    // Pas de strcmp : une ligne reçue n'a pas d'octet nul à la fin, et peut en avoir au milieu.
    return length == 3 && memcmp(line, "END", 3) == 0;
}

/** Dialogue avec un client, jusqu'à `END`, la fin du flux, une erreur ou l'arrêt demandé. */
static void serve_client(int client, const char *peer)
{
    char storage[LINE_STORAGE];
    struct line_reader reader;
    line_reader_init(&reader, client, storage, sizeof storage);

    // Le drapeau est consulté à chaque ligne : un client bavard, dont beaucoup de lignes sont
    // déjà reçues, ne doit pas retarder l'arrêt.
    while (!stop_requested) {
        const char *line = NULL;
        size_t length = 0;
        int status = read_line(&reader, &line, &length);
        if (status < 0)
            report_lost_client("recv", peer);
        if (status <= 0)
            return;

        fputs("received from client: ", stdout);
        print_escaped(stdout, line, length);
        putchar('\n');
        if (is_end(line, length))
            return;
        if (send_all(client, REPLY, sizeof REPLY - 1) != 0) {
            report_lost_client("send", peer);
            return;
        }
    }
}

/** Sert les clients l'un après l'autre, jusqu'à l'arrêt demandé. */
static int serve_all(int listener)
{
    while (!stop_requested) {
        puts("server waiting...");
        char peer[ADDRESS_TEXT_SIZE];
        int client = accept_client(listener, peer, sizeof peer);
        if (client < 0)
            break;
        // Un signal arrivé avant cette ligne ne pouvait pas réveiller ce socket ; mais il a levé
        // le drapeau, que serve_client consulte avant sa première lecture.
        client_to_wake = client;
        printf("client connected from %s\n", peer);
        serve_client(client, peer);
        // Oublié avant d'être fermé : le gestionnaire ne touche jamais à un descripteur rendu.
        client_to_wake = -1;
        close(client);
    }
    return stop_requested ? EXIT_SUCCESS : EXIT_SYSTEM;
}

/**
 * @brief Programme `server [HOST [PORT]]`, par défaut 127.0.0.1 et 8001.
 *
 * @retval 0 arrêt demandé par SIGINT ou SIGTERM
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Dans un tube, stdout attendrait d'avoir 4096 octets : ici, chaque ligne part aussitôt.
    setvbuf(stdout, NULL, _IOLBF, 0);

    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8001"};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    struct addrinfo *addresses = resolve(&endpoint);
    if (addresses == NULL)
        return EXIT_SYSTEM;

    // Avant d'écouter : dès qu'un client peut nous voir, un signal doit nous arrêter en ordre.
    int listener = install_stop_handler() ? open_listener(&endpoint, addresses) : -1;
    freeaddrinfo(addresses);
    if (listener < 0)
        return EXIT_SYSTEM;

    listener_to_wake = listener;
    int status = serve_all(listener);
    listener_to_wake = -1;
    close(listener);
    return status;
}
