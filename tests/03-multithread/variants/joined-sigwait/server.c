// Des threads que le thread principal rejoint, un thread pour les signaux (sigwait), un accept
// bloquant que shutdown réveille.
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct guest {
    int fd;
    bool gone; // sous le verrou
    pthread_t thread;
    char name[ADDRESS_TEXT_SIZE];
    struct guest *next;
};

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static unsigned long count;
static bool closing;
static int listener = -1;
static struct guest *guests; // au thread principal seul

static void tell(const char *event, const struct guest *guest)
{
    printf("%s %s\nThreadNumber %lu\n", event, guest->name, count);
    fflush(stdout);
}

static bool reply(int fd, const char *line, size_t length)
{
    static const char prefix[] = "Hello I'm Server ";
    return send_all(fd, prefix, sizeof prefix - 1) == 0 && send_all(fd, line, length) == 0 &&
           send_all(fd, "\n", 1) == 0;
}

static void *host(void *argument)
{
    struct guest *guest = argument;
    char storage[LINE_STORAGE];
    struct line_reader reader;
    const char *line = NULL;
    size_t length = 0;
    line_reader_init(&reader, guest->fd, storage, sizeof storage);
    bool open = send_all(guest->fd, "welcome to the server\n", 22) == 0;
    int status = 0;
    while (open && (status = read_line(&reader, &line, &length)) == 1)
        open = reply(guest->fd, line, length);
    int error = errno;
    pthread_mutex_lock(&door);
    if ((!open || status < 0) && !closing)
        report_peer_error("server", "client", guest->name,
                          error == EMSGSIZE ? "ligne trop longue" : "connexion perdue");
    close(guest->fd);
    guest->gone = true;
    count--;
    tell("disconnected from", guest);
    pthread_mutex_unlock(&door);
    return NULL;
}

// Rejoint ceux qui sont partis ; avec `everyone`, tous.
static void join(bool everyone)
{
    for (struct guest **place = &guests; *place != NULL;) {
        struct guest *guest = *place;
        pthread_mutex_lock(&door);
        bool gone = guest->gone;
        pthread_mutex_unlock(&door);
        if (!gone && !everyone) {
            place = &guest->next;
            continue;
        }
        pthread_join(guest->thread, NULL);
        *place = guest->next;
        free(guest);
    }
}

static void *wait_for_signal(void *argument)
{
    int number = 0;
    sigwait(argument, &number);
    pthread_mutex_lock(&door);
    closing = true;
    shutdown(listener, SHUT_RDWR);
    pthread_mutex_unlock(&door);
    return NULL;
}

static void refuse(int fd)
{
    char unread[LINE_STORAGE];
    (void)send(fd, "server full\n", 12, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    (void)recv(fd, unread, sizeof unread, MSG_DONTWAIT);
    close(fd);
}

static bool admit(struct guest *guest, unsigned long most)
{
    pthread_mutex_lock(&door);
    bool in = count < most && pthread_create(&guest->thread, NULL, host, guest) == 0;
    if (in) {
        count++;
        tell("connected to", guest);
    }
    pthread_mutex_unlock(&door);
    return in;
}

static bool is_closing(void)
{
    pthread_mutex_lock(&door);
    bool result = closing;
    pthread_mutex_unlock(&door);
    return result;
}

static void receive(unsigned long most)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    while (!is_closing()) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        int fd = accept(listener, (struct sockaddr *)&address, &length);
        if (fd < 0) {
            // Manque de moyens, sans doute : on laisse aux autres le temps de partir.
            if (errno != EINTR && errno != ECONNABORTED && !is_closing())
                nanosleep(&pause, NULL);
            continue;
        }
        join(false);
        struct guest *guest = calloc(1, sizeof *guest);
        if (guest != NULL) {
            guest->fd = fd;
            format_address((struct sockaddr *)&address, length, guest->name, sizeof guest->name);
        }
        if (guest != NULL && admit(guest, most)) {
            guest->next = guests;
            guests = guest;
            continue;
        }
        free(guest);
        refuse(fd);
    }
    pthread_mutex_lock(&door);
    for (struct guest *guest = guests; guest != NULL; guest = guest->next) {
        if (!guest->gone)
            shutdown(guest->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&door);
    join(true);
}

static const char *open_on(const struct addrinfo *place)
{
    const int one = 1;
    listener = socket(place->ai_family, place->ai_socktype, place->ai_protocol);
    if (listener < 0)
        return "socket";
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, place->ai_addr, place->ai_addrlen) != 0)
        return "bind";
    return listen(listener, SOMAXCONN) != 0 ? "listen" : NULL;
}

static bool open_listener(const struct endpoint *endpoint)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &places);
    if (code != 0) {
        report_error("server", "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        return false;
    }
    const char *failed = "socket";
    for (const struct addrinfo *place = places; place != NULL; place = place->ai_next) {
        failed = open_on(place);
        if (failed == NULL)
            break;
        int error = errno;
        if (listener >= 0)
            close(listener);
        errno = error;
    }
    if (failed != NULL)
        report_error("server", failed, endpoint->host, endpoint->port, strerror(errno));
    freeaddrinfo(places);
    return failed == NULL;
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
    static sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    pthread_t watcher;
    if (!open_listener(&endpoint))
        return EXIT_SYSTEM;
    if (pthread_create(&watcher, NULL, wait_for_signal, &signals) != 0) {
        report_error("server", "pthread_create", NULL, NULL, "impossible");
        return EXIT_SYSTEM;
    }
    puts("waiting for connection");
    fflush(stdout);
    receive(most);
    pthread_join(watcher, NULL);
    close(listener);
    return EXIT_SUCCESS;
}
