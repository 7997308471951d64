// Chaque thread voit son client comme un fichier : fdopen, getc, fwrite. L'arrêt est l'affaire du
// gestionnaire de signal, qui finit le programme : le système ferme les sockets.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST 65536

struct caller {
    int fd;
    FILE *in;
    FILE *out;
    char name[ADDRESS_TEXT_SIZE];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long callers;

static void leave(int number)
{
    (void)number;
    _exit(EXIT_SUCCESS);
}

static void tell(const char *event, const char *name)
{
    printf("%s %s\nThreadNumber %lu\n", event, name, callers);
    fflush(stdout);
}

static int take(FILE *stream)
{
    for (;;) {
        errno = 0;
        int byte = getc(stream);
        if (byte != EOF || !ferror(stream) || errno != EINTR)
            return byte;
        clearerr(stream);
    }
}

static bool put(FILE *stream, const char *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        errno = 0;
        done += fwrite(bytes + done, 1, length - done, stream);
        if (ferror(stream) && errno != EINTR)
            return false;
        clearerr(stream);
    }
    return true;
}

static bool deliver(FILE *stream)
{
    while (fflush(stream) != 0) {
        if (errno != EINTR)
            return false;
        clearerr(stream);
    }
    return true;
}

static const char *dialogue(const struct caller *caller)
{
    char line[LONGEST];
    if (!put(caller->out, "welcome to the server\n", 22) || !deliver(caller->out))
        return strerror(errno);
    for (;;) {
        size_t length = 0;
        int byte;
        while ((byte = take(caller->in)) != EOF && byte != '\n') {
            if (length == sizeof line)
                return "ligne trop longue";
            line[length++] = (char)byte;
        }
        if (byte == EOF && ferror(caller->in))
            return "connexion perdue";
        if (byte == EOF && length == 0)
            return NULL;
        if (!put(caller->out, "Hello I'm Server ", 17) || !put(caller->out, line, length) ||
            !put(caller->out, "\n", 1) || !deliver(caller->out))
            return "envoi impossible";
    }
}

static void *serve(void *argument)
{
    struct caller *caller = argument;
    const char *problem = dialogue(caller);
    if (problem != NULL)
        report_peer_error("server", "client", caller->name, problem);
    pthread_mutex_lock(&lock);
    fclose(caller->out);
    fclose(caller->in);
    callers--;
    tell("disconnected from", caller->name);
    pthread_mutex_unlock(&lock);
    free(caller);
    return NULL;
}

static void refuse(int fd)
{
    char unread[LONGEST];
    (void)send(fd, "server full\n", 12, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    (void)recv(fd, unread, sizeof unread, MSG_DONTWAIT);
    close(fd);
}

// fclose fermerait fd, qui sert encore au refus : l'appelant garde le sien.
static bool open_streams(struct caller *caller)
{
    int in = dup(caller->fd);
    int out = dup(caller->fd);
    caller->in = in < 0 ? NULL : fdopen(in, "r");
    caller->out = out < 0 ? NULL : fdopen(out, "w");
    if (caller->in == NULL && in >= 0)
        close(in);
    if (caller->out == NULL && out >= 0)
        close(out);
    return caller->in != NULL && caller->out != NULL;
}

static bool admit(struct caller *caller, unsigned long most)
{
    pthread_t thread;
    pthread_mutex_lock(&lock);
    bool in =
        callers < most && open_streams(caller) && pthread_create(&thread, NULL, serve, caller) == 0;
    if (in) {
        pthread_detach(thread);
        callers++;
        tell("connected to", caller->name);
    }
    pthread_mutex_unlock(&lock);
    return in;
}

static void receive(int fd, const struct sockaddr *address, socklen_t length, unsigned long most)
{
    struct caller *caller = calloc(1, sizeof *caller);
    if (caller == NULL) {
        refuse(fd);
        return;
    }
    caller->fd = fd;
    format_address(address, length, caller->name, sizeof caller->name);
    if (admit(caller, most)) {
        close(fd);
        return;
    }
    if (caller->in != NULL)
        fclose(caller->in);
    if (caller->out != NULL)
        fclose(caller->out);
    free(caller);
    refuse(fd);
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
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "1233"};
    unsigned long most = 10000;
    int option;
    opterr = 0;
    while ((option = getopt(argc, argv, "+m:")) != -1) {
        if (option != 'm' || !parse_number(optarg, 1, ULONG_MAX, &most)) {
            report_usage("server", "option refusée", argv[optind - 1]);
            return EXIT_USAGE;
        }
    }
    if (!parse_endpoint("server", argc - optind, argv + optind, &endpoint))
        return EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, leave);
    signal(SIGTERM, leave);
    int listener = open_listener(&endpoint);
    puts("waiting for connection");
    fflush(stdout);
    for (;;) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        int fd = accept(listener, (struct sockaddr *)&address, &length);
        if (fd >= 0)
            receive(fd, (struct sockaddr *)&address, length, most);
        else if (errno != EINTR && errno != ECONNABORTED)
            poll(NULL, 0, 50);
    }
}
