// Pas un seul thread : une boucle epoll, et un état pour chaque client. On ne lit un client que si ses
// réponses sont parties : la mémoire reste bornée.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST 65536
#define PREFIX "Hello I'm Server "
#define REPLY_ROOM (sizeof PREFIX + LONGEST)

struct visitor {
    int fd;
    bool finished; // son flux est fini, ses réponses ne sont pas toutes parties
    char name[ADDRESS_TEXT_SIZE];
    size_t in_length;
    size_t out_start;
    size_t out_length;
    char in[LONGEST + 1];
    char out[REPLY_ROOM];
    struct visitor *next;
    struct visitor **place;
};

static int poller;
static unsigned long present;
static unsigned long most = 10000;
static struct visitor *visitors;
static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static void tell(const char *event, const struct visitor *visitor)
{
    printf("%s %s\nThreadNumber %lu\n", event, visitor->name, present);
    fflush(stdout);
}

static void dismiss(struct visitor *visitor)
{
    close(visitor->fd);
    *visitor->place = visitor->next;
    if (visitor->next != NULL)
        visitor->next->place = visitor->place;
    present--;
    tell("disconnected from", visitor);
    free(visitor);
}

// Rend faux si le client est perdu.
static bool push(struct visitor *visitor)
{
    while (visitor->out_start < visitor->out_length) {
        ssize_t count = send(visitor->fd, visitor->out + visitor->out_start,
                             visitor->out_length - visitor->out_start, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN;
        visitor->out_start += (size_t)count;
    }
    visitor->out_start = visitor->out_length = 0;
    return true;
}

// Répond aux lignes déjà reçues, tant que les réponses partent. Rend faux si le client est perdu.
static bool answer(struct visitor *visitor)
{
    size_t used = 0;
    bool open = true;
    while (open && visitor->out_length == 0) {
        char *line = visitor->in + used;
        size_t left = visitor->in_length - used;
        char *newline = memchr(line, '\n', left);
        if (newline == NULL && !(visitor->finished && left > 0))
            break;
        size_t length = newline != NULL ? (size_t)(newline - line) : left;
        memcpy(visitor->out, PREFIX, sizeof PREFIX - 1);
        memcpy(visitor->out + sizeof PREFIX - 1, line, length);
        visitor->out[sizeof PREFIX - 1 + length] = '\n';
        visitor->out_length = sizeof PREFIX + length;
        used += length + (newline != NULL);
        open = push(visitor);
    }
    memmove(visitor->in, visitor->in + used, visitor->in_length - used);
    visitor->in_length -= used;
    return open;
}

static bool pull(struct visitor *visitor)
{
    size_t room = sizeof visitor->in - visitor->in_length;
    if (room == 0) {
        report_peer_error("server", "lecture de", visitor->name, "ligne trop longue");
        return false;
    }
    ssize_t count = recv(visitor->fd, visitor->in + visitor->in_length, room, 0);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    visitor->finished = count == 0;
    visitor->in_length += (size_t)count;
    return true;
}

static void attend(struct visitor *visitor)
{
    bool open = push(visitor) && answer(visitor);
    if (open && visitor->out_length == 0 && !visitor->finished)
        open = pull(visitor) && answer(visitor);
    if (!open || (visitor->finished && visitor->out_length == 0)) {
        dismiss(visitor);
        return;
    }
    struct epoll_event event = {.data.ptr = visitor};
    event.events = visitor->out_length > 0 ? EPOLLOUT : EPOLLIN;
    epoll_ctl(poller, EPOLL_CTL_MOD, visitor->fd, &event);
}

static void refuse(int fd)
{
    char unread[LONGEST];
    (void)send(fd, "server full\n", 12, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR);
    (void)recv(fd, unread, sizeof unread, MSG_DONTWAIT);
    close(fd);
}

static void admit(int fd, const struct sockaddr *address, socklen_t length)
{
    struct visitor *visitor = present < most ? malloc(sizeof *visitor) : NULL;
    if (visitor == NULL) {
        refuse(fd);
        return;
    }
    visitor->fd = fd;
    visitor->finished = false;
    visitor->in_length = visitor->out_start = 0;
    visitor->out_length = strlen("welcome to the server\n");
    memcpy(visitor->out, "welcome to the server\n", visitor->out_length);
    format_address(address, length, visitor->name, sizeof visitor->name);
    visitor->next = visitors;
    visitor->place = &visitors;
    if (visitors != NULL)
        visitors->place = &visitor->next;
    visitors = visitor;
    present++;
    tell("connected to", visitor);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = visitor};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    attend(visitor);
}

static void watch(int listener, bool wanted)
{
    struct epoll_event event = {.events = wanted ? EPOLLIN : 0, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_MOD, listener, &event);
}

// Rend faux si le système n'a plus de quoi accepter.
static bool welcome(int listener)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int fd = accept4(listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK);
    if (fd < 0)
        return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
    admit(fd, (struct sockaddr *)&address, length);
    return true;
}

static void serve(int listener, const sigset_t *waiting)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    bool lacking = false;
    while (!stopped) {
        int count = epoll_pwait(poller, &event, 1, lacking ? 50 : -1, waiting);
        if (lacking && count <= 0) {
            watch(listener, true);
            lacking = false;
        }
        if (count <= 0)
            continue;
        if (event.data.ptr != NULL) {
            attend(event.data.ptr);
        } else if (!welcome(listener)) {
            lacking = true;
            watch(listener, false);
        }
    }
    while (visitors != NULL)
        dismiss(visitors);
}

static int try(const struct addrinfo *place, const char **failed)
{
    const int one = 1;
    int fd = socket(place->ai_family, place->ai_socktype | SOCK_NONBLOCK, place->ai_protocol);
    *failed = "socket";
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    *failed = "bind";
    if (bind(fd, place->ai_addr, place->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int open_listener(const struct endpoint *endpoint)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &places);
    if (code != 0) {
        report_error("server", "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        return -1;
    }
    int fd = -1;
    const char *failed = "socket";
    for (const struct addrinfo *place = places; place != NULL && fd < 0; place = place->ai_next)
        fd = try(place, &failed);
    if (fd < 0)
        report_error("server", failed, endpoint->host, endpoint->port, strerror(errno));
    freeaddrinfo(places);
    return fd;
}

int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "1233"};
    int first = 1;
    if (argc > 1 && argv[1][0] == '-') {
        bool known = strcmp(argv[1], "-m") == 0 && argc > 2;
        if (!known || !parse_number(argv[2], 1, ULONG_MAX, &most)) {
            report_usage("server", "option refusée", argv[known ? 2 : 1]);
            return EXIT_USAGE;
        }
        first = 3;
    }
    if (!parse_endpoint("server", argc - first, argv + first, &endpoint))
        return EXIT_USAGE;

    sigset_t blocked;
    sigset_t waiting;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &waiting);
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    int listener = open_listener(&endpoint);
    if (listener < 0)
        return EXIT_SYSTEM;
    poller = epoll_create1(0);
    puts("waiting for connection");
    fflush(stdout);
    serve(listener, &waiting);
    close(listener);
    close(poller);
    return EXIT_SUCCESS;
}
