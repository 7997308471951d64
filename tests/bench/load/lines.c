/**
 * @file lines.c
 * @brief Un client qui envoie `--count` lignes d'un coup, lit toutes les réponses, et recommence.
 */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct bytes {
    char *data;
    size_t length;
    size_t done;
};

static void append(struct bytes *bytes, const char *data, size_t length)
{
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

static void compose_lines(const struct load *load, struct bytes *lines, struct bytes *replies)
{
    static struct question question;
    lines->data = malloc(load->count * MESSAGE_MAX);
    replies->data = malloc(load->count * REPLY_MAX);
    if (lines->data == NULL || replies->data == NULL)
        load_fail("malloc");
    for (size_t i = 0; i < load->count; i++) {
        load_compose(load, i, &question);
        append(lines, question.message, question.length);
        append(replies, question.reply, question.reply_length);
    }
}

static void push(int fd, struct bytes *lines)
{
    ssize_t count = send(fd, lines->data + lines->done, lines->length - lines->done, MSG_NOSIGNAL);
    if (count > 0)
        lines->done += (size_t)count;
    else if (errno != EAGAIN)
        load_fail("send");
}

static void pull(int fd, struct bytes *replies)
{
    static char received[65536];
    size_t wanted = replies->length - replies->done;
    ssize_t count = recv(fd, received, wanted < sizeof received ? wanted : sizeof received, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0)
        load_fail("recv");
    errno = 0;
    if (memcmp(received, replies->data + replies->done, (size_t)count) != 0)
        load_fail("réponse");
    replies->done += (size_t)count;
}

static void exchange(int fd, struct bytes *lines, struct bytes *replies)
{
    lines->done = replies->done = 0;
    while (replies->done < replies->length) {
        if (lines->done < lines->length)
            push(fd, lines);
        short events = (short)(lines->done < lines->length ? POLLIN | POLLOUT : POLLIN);
        struct pollfd ready = {.fd = fd, .events = events};
        errno = ETIMEDOUT;
        if (poll(&ready, 1, SILENCE_MS) <= 0)
            load_fail("poll");
        if (ready.revents & (POLLIN | POLLHUP | POLLERR))
            pull(fd, replies);
    }
}

int main(int argc, char **argv)
{
    struct load load = load_parse(argc, argv);
    struct bytes lines = {0};
    struct bytes replies = {0};
    compose_lines(&load, &lines, &replies);
    int fd = load_connect(&load);
    load_greeting(&load, fd);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    struct pace pace;
    pace_begin(&pace, load.seconds);
    do {
        exchange(fd, &lines, &replies);
    } while (pace_count(&pace, load.seconds));
    pace_print(&pace);
    close(fd);
    free(lines.data);
    free(replies.data);
    return 0;
}
