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
// Un serveur qui garde tout aura pris cette mémoire bien avant.
#define MOST_LONG_TALKS 400
#define MOST_HOARDED_KIB (16 << 10)
#define MOST_RESUMPTIONS 10
#define LOOK_PERIOD_MS 5

/** Ce qu'un serveur n'a pas encore pu envoyer. */
struct queues {
    unsigned port;
    size_t bytes;
    bool moving; /**< Une partie est en route, et sera acquittée. */
};

/** Un serveur dont la mémoire grandit, ou non. */
struct hoard {
    const struct program *server;
    long before_kib;
    long grown_kib;
};

static bool has_hoarded(struct hoard *hoard)
{
    hoard->grown_kib = program_footprint(hoard->server).resident_kib - hoard->before_kib;
    return hoard->grown_kib > MOST_HOARDED_KIB;
}

// Envoie des lignes vides tant que le serveur les lit, et ne les garde pas, s'il est observé.
static void talk(struct peer *client, int most, struct hoard *hoard)
{
    static char lines[LINES_AT_ONCE];
    memset(lines, '\n', sizeof lines);
    peer_stop_reading(client);
    pump_set_patience(0.1);
    for (int i = 0; i < most && peer_wait_until_read(client); i++) {
        if (hoard != NULL && has_hoarded(hoard))
            break;
        peer_send_while_open(client, lines, sizeof lines);
    }
    pump_set_patience(1);
}

void talk_until_stuck(struct peer *client)
{
    talk(client, MOST_TALKS, NULL);
}

void refuse_hoarding(const struct program *server, struct peer *client)
{
    if (!program_owns_its_memory())
        return;
    struct hoard hoard = {.server = server, .before_kib = program_footprint(server).resident_kib};
    talk(client, MOST_LONG_TALKS, &hoard);
    if (has_hoarded(&hoard))
        complain_because(
            "Les réponses qui ne peuvent pas partir attendent quelque part, et rien n'en "
            "borne le nombre : un seul client qui ne lit pas prend toute la mémoire. Tant "
            "que ses réponses ne partent pas, pourquoi lire encore ce qu'il demande ?",
            "« %s » parle sans lire ses réponses : %s les garde toutes, et occupe "
            "%ld Kio de plus",
            client->name, server->actor, hoard.grown_kib);
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
