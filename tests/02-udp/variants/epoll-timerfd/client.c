// Le délai est un descripteur (timerfd), attendu avec le socket par epoll. La réponse est lue
// d'abord pour sa longueur (MSG_PEEK et MSG_TRUNC), puis dans la place qu'il faut.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define LONGEST 65507

static int poller;
static int timer;

static void wind(int milliseconds)
{
    struct itimerspec when = {
        .it_value = {milliseconds / 1000, milliseconds % 1000 * 1000000L},
    };
    timerfd_settime(timer, 0, &when, NULL);
}

// Rend le descripteur prêt, le socket d'abord.
static int which_ready(int fd)
{
    struct epoll_event ready[2];
    int n;
    do {
        n = epoll_wait(poller, ready, 2, -1);
    } while (n < 0 && errno == EINTR);
    for (int i = 0; i < n; i++) {
        if (ready[i].data.fd == fd)
            return fd;
    }
    return timer;
}

// 0 : répondu ; sinon, un errno.
static int take_reply(int fd)
{
    ssize_t length = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    if (length < 0)
        return errno;
    char *bytes = malloc((size_t)length + 1);
    if (bytes == NULL)
        return ENOMEM;
    ssize_t got = recv(fd, bytes, (size_t)length, MSG_DONTWAIT);
    int cause = got < 0 ? errno : 0;
    if (cause == 0) {
        printf("Server Says\n");
        print_escaped(stdout, bytes, (size_t)got);
        printf("\n");
    }
    free(bytes);
    return cause;
}

static int ask(int fd, const char *message, size_t length)
{
    for (int patience = 200; patience <= 1600; patience *= 2) {
        wind(patience);
        while (send(fd, message, length, 0) < 0) {
            if (errno != EINTR)
                return errno;
        }
        while (which_ready(fd) == fd) {
            int cause = take_reply(fd);
            if (cause != EAGAIN && cause != EINTR)
                return cause;
        }
    }
    return ETIMEDOUT;
}

static int ask_there(const struct addrinfo *address, const char *message)
{
    int fd = socket(address->ai_family, SOCK_DGRAM, 0);
    if (fd < 0)
        return errno;
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0) {
        int cause = errno;
        close(fd);
        return cause;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    int cause = ask(fd, message, strlen(message));
    close(fd);
    return cause;
}

int main(int argc, char **argv)
{
    struct endpoint there = {"127.0.0.1", "12345"};
    const char *message = argc > 3 ? argv[3] : "Hello UDP server";
    if (argc > 4) {
        report_usage("client", "argument de trop", argv[4]);
        return EXIT_USAGE;
    }
    if (!parse_endpoint("client", argc > 3 ? 2 : argc - 1, argv + 1, &there))
        return EXIT_USAGE;
    if (strlen(message) > LONGEST) {
        fputs("client: le message ne tient pas dans un datagramme\n", stderr);
        return EXIT_SYSTEM;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *list;
    int code = getaddrinfo(there.host, there.port, &hints, &list);
    if (code != 0) {
        report_error("client", "adresse", there.host, there.port, gai_strerror(code));
        return EXIT_SYSTEM;
    }
    poller = epoll_create1(0);
    timer = timerfd_create(CLOCK_MONOTONIC, 0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = timer};
    epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);

    int cause = EHOSTUNREACH;
    for (struct addrinfo *a = list; a != NULL && cause != 0 && cause != ETIMEDOUT; a = a->ai_next)
        cause = ask_there(a, message);
    freeaddrinfo(list);
    if (cause != 0)
        report_error("client", "échange", there.host, there.port, strerror(cause));
    close(timer);
    close(poller);
    return cause == 0 ? 0 : EXIT_SYSTEM;
}
