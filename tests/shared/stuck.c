#include "stuck.h"

#include "addresses.h"
#include "judge.h"
#include "sockdiag.h"
#include "transcript.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>

// Chaque octet en rapporte dix au moins : trois mégaoctets de réponses, au plus.
#define LINES_AT_ONCE 5000
#define MOST_TALKS 55
#define MOST_RESUMPTIONS 10
#define LOOK_PERIOD_MS 5

/** Ce qu'un serveur n'a pas encore pu envoyer. */
struct queues {
    unsigned port;
    size_t bytes;
    bool moving; /**< Une partie est en route, et sera acquittée. */
};

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

static bool add_queue(const struct socket_view *view, void *context)
{
    struct queues *queues = context;
    if (view->local_port != queues->port)
        return true;
    queues->bytes += view->send_queue;
    queues->moving |= view->send_queue > 0 && !view->window_closed;
    return true;
}

static bool are_still(void *context)
{
    struct queues *queues = context;
    queues->bytes = 0;
    queues->moving = false;
    sockets_visit(IPPROTO_TCP, 1u << TCP_ESTABLISHED, add_queue, queues);
    return !queues->moving;
}

void exhaust_room(struct program *server)
{
    struct queues queues = {.port = program_listening_port(server)};
    size_t mark = transcript_mark();
    size_t before = 0;
    for (int i = 0; i < MOST_RESUMPTIONS; i++) {
        pump_until(are_still, &queues, LOOK_PERIOD_MS);
        if (!queues.moving && queues.bytes == before)
            break;
        before = queues.bytes;
        program_signal(server, SIGSTOP);
        program_signal(server, SIGCONT);
        program_wait_until_asleep(server);
    }
    transcript_replace(mark, "juge", "·", "suspend et reprend %s, tant qu'il envoie encore",
                       server->actor);
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
