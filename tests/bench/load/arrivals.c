/**
 * @file arrivals.c
 * @brief `--count` clients qui arrivent au même instant : combien sont servis, combien ont dû redemander ?
 *
 * Chacun attend l'accueil, s'il y en a un, puis pose sa question et s'en va. Au bout de `--seconds`, ceux qui ne sont
 * pas servis ne le seront pas. « redemander » est ce que dit le noyau : un SYN, ou une question, envoyés deux fois.
 */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum state { CONNECTING, GREETED, ASKED, SERVED, LOST };

struct visitor {
    enum state state;
    size_t received;
    struct question question;
};

static void arrive(const struct load *load, struct visitor *visitor, struct pollfd *place,
                   unsigned long number)
{
    load_compose(load, number, &visitor->question);
    place->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    place->events = POLLOUT;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (place->fd < 0)
        load_fail("socket");
    if (connect(place->fd, (const struct sockaddr *)&server, sizeof server) < 0 &&
        errno != EINPROGRESS)
        load_fail("connect");
}

static void ask(struct visitor *visitor, struct pollfd *place)
{
    visitor->state = ASKED;
    visitor->received = 0;
    place->events = POLLIN;
    load_send(place->fd, visitor->question.message, visitor->question.length);
}

static void enter(const struct load *load, struct visitor *visitor, struct pollfd *place)
{
    int error = 0;
    socklen_t length = sizeof error;
    (void)getsockopt(place->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        visitor->state = LOST;
    } else if (load->greeting == NULL) {
        ask(visitor, place);
    } else {
        visitor->state = GREETED;
        place->events = POLLIN;
    }
}

// Rend vrai quand tout ce qui est attendu est arrivé.
static bool hear(struct visitor *visitor, const struct pollfd *place, const char *expected,
                 size_t length)
{
    char bytes[REPLY_MAX];
    ssize_t count = recv(place->fd, bytes, length - visitor->received, 0);
    if (count <= 0) {
        visitor->state = LOST;
        return false;
    }
    errno = 0;
    if (memcmp(bytes, expected + visitor->received, (size_t)count) != 0)
        load_fail("réponse");
    visitor->received += (size_t)count;
    return visitor->received == length;
}

static bool has_resent(int fd)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
           info.tcpi_total_retrans > 0;
}

static void progress(const struct load *load, struct visitor *visitor, struct pollfd *place)
{
    char greeting[256];
    switch (visitor->state) {
    case CONNECTING:
        enter(load, visitor, place);
        break;
    case GREETED:
        (void)snprintf(greeting, sizeof greeting, "%s\n", load->greeting);
        if (hear(visitor, place, greeting, strlen(greeting)))
            ask(visitor, place);
        break;
    case ASKED:
        if (!hear(visitor, place, visitor->question.reply, visitor->question.reply_length))
            break;
        visitor->state = SERVED;
        // Le serveur peut passer au suivant.
        (void)shutdown(place->fd, SHUT_WR);
        break;
    case SERVED:
    case LOST:
        break;
    }
}

int main(int argc, char **argv)
{
    struct load load = load_parse(argc, argv);
    load_raise_descriptors();
    struct visitor *visitors = calloc(load.count, sizeof *visitors);
    struct pollfd *places = calloc(load.count, sizeof *places);
    if (visitors == NULL || places == NULL)
        load_fail("calloc");
    double began = load_now();
    double last = began;
    for (size_t i = 0; i < load.count; i++)
        arrive(&load, &visitors[i], &places[i], i);

    size_t served = 0;
    size_t resent = 0;
    size_t pending = load.count;
    while (pending > 0 && load_now() - began < load.seconds) {
        (void)poll(places, load.count, 50);
        for (size_t i = 0; i < load.count; i++) {
            if (places[i].fd < 0 || places[i].revents == 0)
                continue;
            progress(&load, &visitors[i], &places[i]);
            if (visitors[i].state != SERVED && visitors[i].state != LOST)
                continue;
            served += visitors[i].state == SERVED;
            resent += has_resent(places[i].fd);
            last = visitors[i].state == SERVED ? load_now() : last;
            close(places[i].fd);
            places[i].fd = -1;
            pending--;
        }
    }
    for (size_t i = 0; i < load.count; i++)
        resent += places[i].fd >= 0 && has_resent(places[i].fd);
    printf("{\"served\":%zu,\"never\":%zu,\"resent\":%zu,\"last_ms\":%.3f}\n", served,
           load.count - served, resent, (last - began) * 1e3);
    free(visitors);
    free(places);
    return 0;
}
