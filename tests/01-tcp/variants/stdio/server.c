// Le socket vu comme un fichier : fdopen, getc, fputs. L'arrêt est l'affaire du gestionnaire de
// signal, qui finit le programme lui-même : le système ferme les sockets. Avant de fermer, il attend un peu le client.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAXIMUM 65536

static void leave(int number)
{
    (void)number;
    _exit(EXIT_SUCCESS);
}

static bool interrupted(FILE *stream)
{
    bool again = ferror(stream) && errno == EINTR;
    if (again)
        clearerr(stream);
    return again;
}

// Rend la longueur de la ligne, -1 à la fin du flux, -2 en cas d'erreur (errno).
static long take_line(FILE *stream, char *line)
{
    long length = 0;
    for (;;) {
        errno = 0;
        int byte = getc(stream);
        if (byte == EOF && interrupted(stream))
            continue;
        if (byte == EOF && ferror(stream))
            return -2;
        if (byte == EOF)
            return length > 0 ? length : -1;
        if (byte == '\n')
            return length;
        if (length == LINE_MAXIMUM) {
            errno = EMSGSIZE;
            return -2;
        }
        line[length++] = (char)byte;
    }
}

static void dialogue(FILE *in, FILE *out, const char *peer)
{
    static char line[LINE_MAXIMUM];
    long length;
    while ((length = take_line(in, line)) >= 0) {
        printf("received from client: ");
        print_escaped(stdout, line, (size_t)length);
        printf("\n");
        if (length == 3 && memcmp(line, "END", 3) == 0)
            return;
        if (fputs("Hey client\n", out) == EOF || fflush(out) == EOF) {
            report_peer_error("server", "envoi", peer, strerror(errno));
            return;
        }
    }
    if (length == -2)
        report_peer_error("server", "réception", peer, strerror(errno));
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Le client ferme d'ordinaire le premier ; celui qui reste n'est pas attendu plus d'une seconde.
static void part(int client)
{
    char rest[4096];
    long end = now_ms() + 1000;
    shutdown(client, SHUT_WR);
    for (long left = 1000; left > 0; left = end - now_ms()) {
        struct pollfd socket = {.fd = client, .events = POLLIN};
        if (poll(&socket, 1, (int)left) > 0 && read(client, rest, sizeof rest) <= 0)
            return;
    }
}

static void serve(int client, const char *peer)
{
    int twin = dup(client);
    FILE *in = fdopen(client, "r");
    FILE *out = twin < 0 ? NULL : fdopen(twin, "w");
    if (in != NULL && out != NULL) {
        dialogue(in, out, peer);
        part(client);
    } else
        report_peer_error("server", "fdopen", peer, strerror(errno));
    if (out != NULL)
        fclose(out);
    else if (twin >= 0)
        close(twin);
    if (in != NULL)
        fclose(in);
    else
        close(client);
}

static const char *open_on(const struct addrinfo *place, int *listener)
{
    const int one = 1;
    *listener = socket(place->ai_family, place->ai_socktype, place->ai_protocol);
    if (*listener < 0)
        return "socket";
    setsockopt(*listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(*listener, place->ai_addr, place->ai_addrlen) != 0)
        return "bind";
    return listen(*listener, SOMAXCONN) != 0 ? "listen" : NULL;
}

static int open_listener(const struct endpoint *endpoint)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &places);
    if (code != 0) {
        report_error("server", "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        exit(EXIT_SYSTEM);
    }
    int listener = -1;
    const char *failed = "socket";
    for (const struct addrinfo *place = places; place != NULL && failed != NULL;
         place = place->ai_next)
        failed = open_on(place, &listener);
    if (failed != NULL) {
        report_error("server", failed, endpoint->host, endpoint->port, strerror(errno));
        exit(EXIT_SYSTEM);
    }
    freeaddrinfo(places);
    return listener;
}

int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8001"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    setlinebuf(stdout);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, leave);
    signal(SIGINT, leave);
    int listener = open_listener(&endpoint);
    printf("server waiting...\n");
    for (;;) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        char peer[ADDRESS_TEXT_SIZE];
        int client = accept(listener, (struct sockaddr *)&address, &length);
        if (client < 0) {
            if (errno == EMFILE || errno == ENFILE)
                poll(NULL, 0, 20);
            continue;
        }
        format_address((struct sockaddr *)&address, length, peer, sizeof peer);
        printf("client connected from %s\n", peer);
        serve(client, peer);
        printf("server waiting...\n");
    }
}
