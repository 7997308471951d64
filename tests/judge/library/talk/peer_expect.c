#include "peer_expect.h"

#include "complain.h"
#include "program.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *unread(const struct peer *peer)
{
    return peer->bytes != NULL ? peer->bytes + peer->consumed : "";
}

static size_t unread_length(const struct peer *peer)
{
    return peer->length - peer->consumed;
}

static bool finished(const struct peer *peer)
{
    return peer->ended || peer->error != 0;
}

/** Une attente d'octets. */
struct wanted {
    const struct peer *peer;
    const char *bytes;
    size_t length;
};

// On attend le compte, ou une différence déjà visible, ou une connexion qui n'apportera plus rien.
static bool decided(void *context)
{
    const struct wanted *wanted = context;
    size_t have = unread_length(wanted->peer);
    if (have >= wanted->length || finished(wanted->peer))
        return true;
    return memcmp(unread(wanted->peer), wanted->bytes, have) != 0;
}

// Ce qui est venu, sans les lignes suivantes : elles ne disent rien de celle-ci.
static size_t first_line(const struct peer *peer, size_t wanted)
{
    size_t have = unread_length(peer);
    const char *newline = memchr(unread(peer), '\n', have);
    return newline != NULL && have > wanted ? (size_t)(newline - unread(peer)) + 1 : have;
}

static void expect(struct peer *peer, const char *bytes, size_t length, const char *what)
{
    struct wanted wanted = {peer, bytes, length};
    enum wait_end end = pump_until(decided, &wanted, 20);
    size_t have = unread_length(peer);
    if (have >= length && memcmp(unread(peer), bytes, length) == 0) {
        peer->consumed += length;
        return;
    }
    if (end == WAIT_DONE)
        programs_settle();
    struct symptoms symptoms = {.end = end,
                                .program = program_first(),
                                .peer = peer,
                                .expected = bytes,
                                .expected_length = length,
                                .received = unread(peer),
                                .received_length = first_line(peer, length)};
    complain(&symptoms, "« %s » n'a pas reçu %s attendu%s", peer->name, what,
             strcmp(what, "la ligne") == 0 ? "e" : "s");
}

void peer_expect_bytes(struct peer *peer, const void *bytes, size_t length)
{
    expect(peer, bytes, length, "les octets");
}

void peer_expect_line(struct peer *peer, const char *format, ...)
{
    char *line = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    line[length] = '\n';
    expect(peer, line, (size_t)length + 1, "la ligne");
    free(line);
}

static bool is_finished(void *context)
{
    return finished(context);
}

static void expect_no_byte(struct peer *peer, enum wait_end end)
{
    if (unread_length(peer) == 0)
        return;
    struct symptoms symptoms = {.end = end,
                                .program = program_first(),
                                .expected = "",
                                .received = unread(peer),
                                .received_length = unread_length(peer)};
    complain(&symptoms, "« %s » a reçu des octets que rien ne demandait", peer->name);
}

static void expect_finish(struct peer *peer)
{
    enum wait_end end = pump_until(is_finished, peer, 20);
    expect_no_byte(peer, end);
    if (finished(peer))
        return;
    if (end == WAIT_DONE)
        programs_settle();
    struct symptoms symptoms = {.end = end, .program = program_first(), .peer = peer};
    complain(&symptoms, "« %s » attend que le programme ferme la connexion, et il ne la ferme pas",
             peer->name);
}

void peer_expect_gone(struct peer *peer)
{
    expect_finish(peer);
}

void peer_expect_end(struct peer *peer)
{
    expect_finish(peer);
    if (peer->ended)
        return;
    programs_settle();
    struct symptoms symptoms = {.program = program_first(), .peer = peer};
    complain(&symptoms,
             "« %s » attendait une fin de flux (FIN), et la connexion a été coupée "
             "net (RST)",
             peer->name);
}

void peer_take_all(struct peer *peer)
{
    programs_wait_until_asleep();
    // Un petit envoi a pu être retenu jusqu'à l'accusé de réception du précédent (Nagle).
    const int at_once = 1;
    setsockopt(peer->source.fd, IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
    pump_now();
}

void peer_expect_nothing_more(struct peer *peer)
{
    peer_take_all(peer);
    expect_no_byte(peer, WAIT_DONE);
}

/** Une attente d'un nombre d'octets. */
struct amount {
    const struct peer *peer;
    size_t length;
};

static bool amount_reached(void *context)
{
    const struct amount *amount = context;
    return amount->peer->length >= amount->length || finished(amount->peer);
}

void peer_expect_at_least(struct peer *peer, size_t length)
{
    struct amount amount = {peer, length};
    enum wait_end end = pump_until(amount_reached, &amount, 20);
    if (peer->length >= length)
        return;
    if (end == WAIT_DONE)
        programs_settle();
    struct symptoms symptoms = {.end = end, .program = program_first(), .peer = peer};
    complain(&symptoms, "« %s » a reçu %zu octets sur les %zu attendus", peer->name, peer->length,
             length);
}
