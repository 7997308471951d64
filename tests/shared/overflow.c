#include "overflow.h"

#include "judge.h"
#include "letters.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_LINE 65536
#define LINES_AHEAD 2000
#define LINE_AHEAD "une ligne comme une autre, venue avec les suivantes\n"
#define ENDLESS ((size_t)1 << 20)

static struct program *start_beside_judge(const char *greeting, struct peer **server)
{
    struct listener *listener = listener_open("127.0.0.1");
    struct program *client = START_SANITIZED("address", "client", "127.0.0.1", test_port());
    *server = listener_accept(listener, "serveur du juge");
    listener_close(listener);
    peer_send_while_open(*server, greeting, strlen(greeting));
    return client;
}

// Chaque lecture, d'un côté comme de l'autre, a de quoi emplir la place qu'on lui donne.
static void talk_ahead(const char *greeting)
{
    struct peer *server;
    struct program *client = start_beside_judge(greeting, &server);
    const size_t length = strlen(LINE_AHEAD);
    char *lines = letters(LINES_AHEAD * length);
    for (size_t i = 0; i < LINES_AHEAD * length; i++)
        lines[i] = LINE_AHEAD[i % length];
    peer_send_while_open(server, lines, LINES_AHEAD * length);
    program_type_bytes(client, lines, LINES_AHEAD / 2 * length);
    program_expect_no_overflow(client);
    free(lines);
}

static void say_longest(const char *greeting, size_t more_reply)
{
    struct peer *server;
    struct program *client = start_beside_judge(greeting, &server);
    char *reply = long_line(LONGEST_LINE + more_reply);
    peer_send_while_open(server, reply, strlen(reply));
    program_type(client, long_line(LONGEST_LINE));
    program_expect_no_overflow(client);
    // La plus longue, une seconde fois : la première a pu décaler ce qui la suit.
    peer_send_while_open(server, reply, strlen(reply));
    program_type(client, long_line(LONGEST_LINE));
    program_expect_no_overflow(client);
    free(reply);
}

static void say_too_much(const char *greeting)
{
    struct peer *server;
    struct program *client = start_beside_judge(greeting, &server);
    program_type(client, long_line(LONGEST_LINE + 1));
    program_expect_no_overflow(client);
    client = start_beside_judge(greeting, &server);
    program_type(client, "bonjour\n");
    peer_send_while_open(server, letters(ENDLESS), ENDLESS);
    program_expect_no_overflow(client);
}

void expect_no_client_overflow(const char *greeting, size_t more_reply)
{
    talk_ahead(greeting);
    say_longest(greeting, more_reply);
    say_too_much(greeting);
}
