// Les datagrammes sont pris et répondus par lots (recvmmsg, sendmmsg). Les signaux n'entrent que
// pendant ppoll ; sigpending les voit quand il n'y a plus le temps d'attendre.
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
#include <unistd.h>

#define BATCH 8

static char storage[BATCH][65536];
static struct sockaddr_storage senders[BATCH];
static struct iovec questions[BATCH];
static struct iovec answers[BATCH];
static struct mmsghdr batch[BATCH];

static volatile sig_atomic_t told_to_stop;

static void stop(int number)
{
    told_to_stop = number;
}

static bool must_stop(void)
{
    sigset_t pending;
    sigpending(&pending);
    return told_to_stop || sigismember(&pending, SIGTERM) == 1 ||
           sigismember(&pending, SIGINT) == 1;
}

static void prepare(void)
{
    for (int i = 0; i < BATCH; i++) {
        questions[i] = (struct iovec){storage[i], sizeof storage[i]};
        batch[i] = (struct mmsghdr){.msg_hdr = {.msg_name = &senders[i],
                                                .msg_namelen = sizeof senders[i],
                                                .msg_iov = &questions[i],
                                                .msg_iovlen = 1}};
    }
}

static void send_answers(int fd, int count)
{
    static char reply[] = "Hello I'm UDP Server";
    for (int i = 0; i < count; i++) {
        answers[i] = (struct iovec){reply, strlen(reply)};
        batch[i].msg_hdr.msg_iov = &answers[i];
    }
    for (int done = 0; done < count;) {
        int sent = sendmmsg(fd, batch + done, (unsigned)(count - done), 0);
        if (sent < 0 && errno == EINTR)
            continue;
        // Celui qui n'a pu partir est sauté ; les suivants ont encore leur chance.
        if (sent < 0)
            report_error("server", "sendmmsg", NULL, NULL, strerror(errno));
        done += sent > 0 ? sent : 1;
    }
}

static void serve_batch(int fd)
{
    prepare();
    int count = recvmmsg(fd, batch, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        char name[ADDRESS_TEXT_SIZE];
        format_address((struct sockaddr *)&senders[i], batch[i].msg_hdr.msg_namelen, name,
                       sizeof name);
        printf("received from %s: ", name);
        print_escaped(stdout, storage[i], batch[i].msg_len);
        puts("");
    }
    fflush(stdout);
    if (count > 0)
        send_answers(fd, count);
}

static int open_first(const struct endpoint *place)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *list;
    int code = getaddrinfo(place->host, place->port, &hints, &list);
    if (code != 0) {
        report_error("server", "getaddrinfo", place->host, place->port, gai_strerror(code));
        return -1;
    }
    int fd = -1;
    int cause = 0;
    for (struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        int candidate = socket(a->ai_family, SOCK_DGRAM, 0);
        if (candidate >= 0 && bind(candidate, a->ai_addr, a->ai_addrlen) == 0) {
            fd = candidate;
            continue;
        }
        cause = errno;
        if (candidate >= 0)
            close(candidate);
    }
    freeaddrinfo(list);
    if (fd < 0)
        report_error("server", "bind", place->host, place->port, strerror(cause));
    return fd;
}

int main(int argc, char **argv)
{
    struct endpoint place = {"127.0.0.1", "12345"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &place))
        return EXIT_USAGE;
    sigset_t signals;
    sigset_t before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, &before);
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    int fd = open_first(&place);
    if (fd < 0)
        return EXIT_SYSTEM;
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    while (!must_stop()) {
        if (ppoll(&watched, 1, NULL, &before) > 0)
            serve_batch(fd);
    }
    close(fd);
    return 0;
}
