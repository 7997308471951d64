#include "stuck.h"

#include "addresses.h"
#include "judge.h"

#include <string.h>

// Chaque octet en rapporte dix au moins : trois mégaoctets de réponses, au plus.
#define LINES_AT_ONCE 5000
#define MOST_TALKS 55

void talk_until_stuck(struct peer *client)
{
    static char lines[LINES_AT_ONCE];
    memset(lines, '\n', sizeof lines);
    peer_stop_reading(client);
    pump_set_patience(0.1);
    for (int i = 0; i < MOST_TALKS && peer_wait_until_read(client); i++)
        peer_send_while_open(client, lines, sizeof lines);
    pump_set_patience(1);
}

void expect_silence_borne(silent_dialogue *dialogue, const char *greeting)
{
    program_inject(LONG_SILENCE);
    const char *question = lesson_question();
    struct program *server = START("server", "127.0.0.1", test_port());
    dialogue(server, "127.0.0.1", test_port());
    lesson_ask(
        "Un client ne lit plus, et send n'a plus de place : il en aura quand ce client lira.");
    struct peer *slow = peer_connect_narrow("client qui ne lit plus", test_port(), NARROW_WINDOW);
    if (greeting != NULL)
        peer_expect_line(slow, "%s", greeting);
    talk_until_stuck(slow);
    program_expect_patience(server, slow);
    lesson_ask(question);
    struct program *other = start_ipv6_server(other_port());
    if (other != NULL)
        dialogue(other, "::1", other_port());
}
