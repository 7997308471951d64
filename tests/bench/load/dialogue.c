/**
 * @file dialogue.c
 * @brief Des clients qui posent chacun une question, attendent sa réponse, et recommencent.
 *
 * `--count` clients en TCP ; en UDP (`--datagrams`), un seul client qui garde `--count` questions sans réponse.
 */
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct talker {
    int fd;
    size_t received;
    struct question question;
};

static unsigned long asked;

static void ask(const struct load *load, struct talker *talker)
{
    load_compose(load, asked++, &talker->question);
    talker->received = 0;
    load_send(talker->fd, talker->question.message, talker->question.length);
}

// Seul, un client attend dans recv : aucun appel de plus que ceux d'un vrai client.
static void talk_alone(const struct load *load, struct pace *pace)
{
    static struct talker talker;
    talker.fd = load_connect(load);
    load_greeting(load, talker.fd);
    pace_begin(pace, load->seconds);
    do {
        ask(load, &talker);
        load_expect(talker.fd, talker.question.reply, talker.question.reply_length);
    } while (pace_count(pace, load->seconds));
    close(talker.fd);
}

// Rend vrai quand la réponse est entière.
static bool hear(struct talker *talker)
{
    char bytes[REPLY_MAX];
    size_t wanted = talker->question.reply_length - talker->received;
    ssize_t count = recv(talker->fd, bytes, wanted, 0);
    if (count <= 0)
        load_fail("recv");
    errno = 0;
    if (memcmp(bytes, talker->question.reply + talker->received, (size_t)count) != 0)
        load_fail("réponse");
    talker->received += (size_t)count;
    return talker->received == talker->question.reply_length;
}

static struct talker *gather(const struct load *load, int poller)
{
    struct talker *talkers = calloc(load->count, sizeof *talkers);
    if (talkers == NULL)
        load_fail("calloc");
    for (size_t i = 0; i < load->count; i++) {
        talkers[i].fd = load_connect(load);
        load_greeting(load, talkers[i].fd);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &talkers[i]};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, talkers[i].fd, &event) < 0)
            load_fail("epoll_ctl");
    }
    return talkers;
}

static void talk_together(const struct load *load, struct pace *pace)
{
    int poller = epoll_create1(0);
    struct talker *talkers = gather(load, poller);
    pace_begin(pace, load->seconds);
    for (size_t i = 0; i < load->count; i++)
        ask(load, &talkers[i]);
    for (bool going = true; going;) {
        struct epoll_event events[64];
        int ready = epoll_wait(poller, events, 64, SILENCE_MS);
        if (ready == 0)
            errno = ETIMEDOUT;
        if (ready <= 0)
            load_fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            struct talker *talker = events[i].data.ptr;
            if (!hear(talker))
                continue;
            going = pace_count(pace, load->seconds) && going;
            ask(load, talker);
        }
    }
    for (size_t i = 0; i < load->count; i++)
        close(talkers[i].fd);
    free(talkers);
    close(poller);
}

// Un datagramme de perdu ferait attendre pour rien : recv le dit au bout de SILENCE_MS. Les réponses de sockperf
// viennent dans l'ordre des questions ; les nôtres sont toutes pareilles.
static void keep_outstanding(const struct load *load, struct pace *pace)
{
    static struct talker talker;
    static struct question expected;
    unsigned long answered = 0;
    talker.fd = load_connect(load);
    pace_begin(pace, load->seconds);
    for (size_t i = 0; i < load->count; i++)
        ask(load, &talker);
    for (;;) {
        char bytes[REPLY_MAX];
        ssize_t count = recv(talker.fd, bytes, sizeof bytes, 0);
        if (count < 0)
            load_fail("recv");
        errno = 0;
        load_compose(load, answered++, &expected);
        if ((size_t)count != expected.reply_length ||
            memcmp(bytes, expected.reply, (size_t)count) != 0)
            load_fail("réponse");
        if (!pace_count(pace, load->seconds))
            break;
        ask(load, &talker);
    }
    close(talker.fd);
}

int main(int argc, char **argv)
{
    struct load load = load_parse(argc, argv);
    struct pace pace;
    load_raise_descriptors();
    if (load.datagrams)
        keep_outstanding(&load, &pace);
    else if (load.count == 1)
        talk_alone(&load, &pace);
    else
        talk_together(&load, &pace);
    pace_print(&pace);
    return 0;
}
