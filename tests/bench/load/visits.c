/**
 * @file visits.c
 * @brief Un client après l'autre : il arrive, pose une question, lit la réponse, et attend que le serveur ferme.
 */
#include "load.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static void visit(const struct load *load, unsigned long number)
{
    static struct question question;
    int fd = load_connect(load);
    load_greeting(load, fd);
    load_compose(load, number, &question);
    load_send(fd, question.message, question.length);
    load_expect(fd, question.reply, question.reply_length);
    // La fin de flux du serveur : il a fini avec ce client.
    char nothing;
    errno = 0;
    if (shutdown(fd, SHUT_WR) < 0 || recv(fd, &nothing, 1, 0) != 0)
        load_fail("fin de flux");
    close(fd);
}

int main(int argc, char **argv)
{
    struct load load = load_parse(argc, argv);
    struct pace pace;
    unsigned long number = 0;
    pace_begin(&pace, load.seconds);
    do {
        visit(&load, number++);
    } while (pace_count(&pace, load.seconds));
    pace_print(&pace);
    return 0;
}
