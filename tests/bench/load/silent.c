/**
 * @file silent.c
 * @brief `--count` clients présents et silencieux ; quand une ligne arrive sur leur entrée, tous parlent.
 *
 * Deux lignes de JSON : combien sont entrés ; puis combien ont reçu leur réponse, et en combien de temps.
 */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char FULL[] = "server full\n";

// Rend faux si le serveur est plein : sa réponse n'est pas l'accueil.
static bool is_welcome(const struct load *load, int fd)
{
    char received[256];
    char expected[256];
    size_t length = (size_t)snprintf(expected, sizeof expected, "%s\n", load->greeting);
    ssize_t count = recv(fd, received, length, MSG_WAITALL);
    if (count == (ssize_t)strlen(FULL) && memcmp(received, FULL, strlen(FULL)) == 0)
        return false;
    return count == (ssize_t)length && memcmp(received, expected, length) == 0;
}

static size_t enter(const struct load *load, int *fds)
{
    size_t entered = 0;
    for (size_t i = 0; i < load->count; i++) {
        fds[i] = load_connect(load);
        if (load->greeting == NULL || is_welcome(load, fds[i])) {
            entered++;
        } else {
            close(fds[i]);
            fds[i] = -1;
        }
    }
    return entered;
}

static size_t hear_all(const struct load *load, const int *fds, int poller, size_t awaited)
{
    static struct question question;
    size_t answered = 0;
    double began = load_now();
    while (answered < awaited && load_now() - began < load->seconds) {
        struct epoll_event events[64];
        int ready = epoll_wait(poller, events, 64, 1000);
        for (int i = 0; i < ready; i++) {
            // La réponse est courte : elle arrive entière, ou le reste suit.
            int fd = fds[events[i].data.u64];
            load_compose(load, events[i].data.u64, &question);
            load_expect(fd, question.reply, question.reply_length);
            (void)epoll_ctl(poller, EPOLL_CTL_DEL, fd, NULL);
            answered++;
        }
    }
    return answered;
}

int main(int argc, char **argv)
{
    struct load load = load_parse(argc, argv);
    static struct question question;
    load_raise_descriptors();
    int *fds = calloc(load.count, sizeof *fds);
    int poller = epoll_create1(0);
    if (fds == NULL || poller < 0)
        load_fail("calloc");
    size_t entered = enter(&load, fds);
    printf("{\"entered\":%zu,\"refused\":%zu}\n", entered, load.count - entered);
    (void)fflush(stdout);
    if (getchar() == EOF)
        return 1;

    double began = load_now();
    for (size_t i = 0; i < load.count; i++) {
        if (fds[i] < 0)
            continue;
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
        (void)epoll_ctl(poller, EPOLL_CTL_ADD, fds[i], &event);
        load_compose(&load, i, &question);
        load_send(fds[i], question.message, question.length);
    }
    size_t answered = hear_all(&load, fds, poller, entered);
    printf("{\"answered\":%zu,\"seconds\":%.3f}\n", answered, load_now() - began);
    free(fds);
    return 0;
}
