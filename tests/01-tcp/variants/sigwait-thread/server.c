// Un thread attend les signaux par sigwait et réveille l'autre en coupant les sockets sous ses pieds.
// Le framing.c de la solution ; tout est écrit en gros morceaux, et shutdown précède close.
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
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

/** Ce que les deux threads partagent. */
static struct {
    pthread_mutex_t lock;
    bool stopping;
    int listener;
    int client;
} shared = {PTHREAD_MUTEX_INITIALIZER, false, -1, -1};

static sigset_t stop_signals;

static void *watch_signals(void *unused)
{
    int number = 0;
    (void)unused;
    sigwait(&stop_signals, &number);
    pthread_mutex_lock(&shared.lock);
    shared.stopping = true;
    if (shared.client >= 0)
        shutdown(shared.client, SHUT_RDWR);
    if (shared.listener >= 0)
        shutdown(shared.listener, SHUT_RDWR);
    pthread_mutex_unlock(&shared.lock);
    return NULL;
}

static bool must_stop(void)
{
    pthread_mutex_lock(&shared.lock);
    bool result = shared.stopping;
    pthread_mutex_unlock(&shared.lock);
    return result;
}

// Confie un socket au thread des signaux ; s'il est déjà passé, le socket est coupé ici.
static void entrust(int *place, int fd)
{
    pthread_mutex_lock(&shared.lock);
    *place = fd;
    if (shared.stopping && fd >= 0)
        shutdown(fd, SHUT_RDWR);
    pthread_mutex_unlock(&shared.lock);
}

static void report_unless_stopping(const char *action, const char *peer)
{
    int error = errno;
    if (!must_stop())
        report_peer_error("server", action, peer, strerror(error));
}

static void serve(int client, const char *peer)
{
    char storage[LINE_STORAGE];
    struct line_reader reader;
    const char *line = NULL;
    size_t length = 0;
    int result = 1;
    line_reader_init(&reader, client, storage, sizeof storage);
    while (!must_stop() && (result = read_line(&reader, &line, &length)) > 0) {
        fputs("received from client: ", stdout);
        print_escaped(stdout, line, length);
        puts("");
        fflush(stdout);
        if (length == strlen("END") && strncmp(line, "END", length) == 0)
            return;
        if (send_all(client, "Hey client\n", strlen("Hey client\n")) < 0) {
            report_unless_stopping("send", peer);
            return;
        }
    }
    if (result < 0)
        report_unless_stopping("recv", peer);
}

static void loop(int listener)
{
    while (!must_stop()) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        char peer[ADDRESS_TEXT_SIZE];
        puts("server waiting...");
        fflush(stdout);
        int client;
        while ((client = accept(listener, (struct sockaddr *)&address, &length)) < 0 &&
               !must_stop())
            poll(NULL, 0, errno == EINTR ? 0 : 10);
        if (client < 0)
            return;
        entrust(&shared.client, client);
        format_address((struct sockaddr *)&address, length, peer, sizeof peer);
        printf("client connected from %s\n", peer);
        fflush(stdout);
        serve(client, peer);
        entrust(&shared.client, -1);
        shutdown(client, SHUT_RDWR);
        close(client);
    }
}

static int fail(const char *action, const struct endpoint *endpoint, const char *reason)
{
    report_error("server", action, endpoint->host, endpoint->port, reason);
    return EXIT_SYSTEM;
}

int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8001"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    sigemptyset(&stop_signals);
    sigaddset(&stop_signals, SIGINT);
    sigaddset(&stop_signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop_signals, NULL);

    struct addrinfo *places = NULL;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int code = getaddrinfo(endpoint.host, endpoint.port, &hints, &places);
    if (code != 0)
        return fail("getaddrinfo", &endpoint, gai_strerror(code));
    const int one = 1;
    int listener = -1;
    for (const struct addrinfo *place = places; place != NULL && listener < 0;
         place = place->ai_next) {
        listener = socket(place->ai_family, place->ai_socktype, place->ai_protocol);
        if (listener >= 0 &&
            (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
             bind(listener, place->ai_addr, place->ai_addrlen) < 0 || listen(listener, 1024) < 0)) {
            code = errno;
            close(listener);
            listener = -1;
        }
    }
    freeaddrinfo(places);
    if (listener < 0)
        return fail("bind", &endpoint, strerror(code));

    pthread_t watcher;
    entrust(&shared.listener, listener);
    if (pthread_create(&watcher, NULL, watch_signals, NULL) != 0)
        return fail("pthread_create", &endpoint, strerror(errno));
    loop(listener);
    pthread_join(watcher, NULL);
    close(listener);
    return EXIT_SUCCESS;
}
