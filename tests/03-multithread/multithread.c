#include "multithread.h"
#include "stuck.h"

#include "spawn.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// Des lignes très courtes : chaque octet envoyé en rapporte dix, et le retour déborde bien avant
// l'aller. Quatre mégaoctets et demi de réponses, plus que la mémoire d'un socket.
#define FLOOD_LINE "a\n"
#define FLOOD_LINES 250000

// Ce que la plus courte file d'attente admet.
#define TOGETHER 4

struct program *open_service(void)
{
    struct program *server = start_server();
    program_expect_line(server, "waiting for connection");
    return server;
}

static const char *name_of(const char *format, va_list arguments)
{
    static char name[64];
    vsnprintf(name, sizeof name, format, arguments);
    return name;
}

static bool answered(void *context)
{
    const struct peer *client = context;
    return client->length > 0 || client->ended || client->error != 0;
}

// Fermé sans un mot par un serveur qui vit : le plus souvent, un thread a fermé le socket d'un autre.
static void expect_welcome(struct peer *client)
{
    pump_until(answered, client, 20);
    bool wordless = client->ended && client->length == 0;
    // La fin de flux d'un serveur qui meurt se voit avant sa mort.
    if (wordless)
        programs_settle();
    if (wordless && !program_first()->ended)
        complain_because("Cette connexion a été fermée avant que rien n'y soit envoyé. Un "
                         "descripteur est le même pour tous les threads : fermé par l'un, il l'est "
                         "pour tous. Qui ferme ce socket, et quand ?",
                         "« %s » n'a pas reçu l'accueil : le serveur a fermé sa connexion sans "
                         "rien y envoyer",
                         client->name);
    peer_expect_line(client, WELCOME);
}

struct peer *arrive(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct peer *client = peer_connect(name_of(format, arguments));
    va_end(arguments);
    expect_welcome(client);
    return client;
}

struct peer *knock(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct peer *client = peer_connect_begin(name_of(format, arguments));
    va_end(arguments);
    return client;
}

static bool is_refused(struct peer *client)
{
    pump_until(answered, client, 20);
    return client->length > 0 && client->bytes[0] == SERVER_FULL[0];
}

bool expect_welcome_or_full(struct peer *client)
{
    enum wait_end end = pump_until(answered, client, 20);
    struct symptoms symptoms = {.end = end, .program = program_first(), .peer = client};
    if (end != WAIT_DONE)
        complain(&symptoms, "« %s » n'a été ni accueilli ni refusé, alors qu'il y a de la place",
                 client->name);
    bool full = client->length > 0 && client->bytes[0] == SERVER_FULL[0];
    peer_expect_line(client, "%s", full ? SERVER_FULL : WELCOME);
    if (full)
        peer_expect_gone(client);
    return !full;
}

void gather(struct peer **clients, int first, int count)
{
    for (int done = 0; done < count; done += TOGETHER) {
        int end = done + TOGETHER < count ? done + TOGETHER : count;
        for (int i = first + done; i < first + end; i++)
            clients[i] = knock("client %d", i + 1);
        for (int i = first + done; i < first + end; i++) {
            if (is_refused(clients[i]))
                complain_because("Sans -m, dix mille clients sont admis : qu'est-ce qui, dans le "
                                 "programme, en borne le nombre plus tôt ?",
                                 "« %s » est refusé, et le serveur n'avait pas de limite",
                                 clients[i]->name);
            peer_expect_line(clients[i], WELCOME);
        }
    }
}

void exchange(struct peer *client, const char *text)
{
    char line[256];
    snprintf(line, sizeof line, "%s\n", text);
    peer_send(client, line);
    peer_expect_line(client, REPLY "%s", text);
}

void expect_service(const char *name)
{
    struct peer *client = arrive("%s", name);
    exchange(client, "bonjour");
    peer_half_close(client);
    peer_expect_end(client);
    peer_close(client);
}

static bool line_shown(void *context)
{
    const struct output *out = &((const struct program *)context)->out;
    return out->closed ||
           memchr(out->bytes + out->consumed, '\n', out->length - out->consumed) != NULL;
}

static void expect_number(struct program *server, int number, const char *after)
{
    char expected[32];
    long shown = 0;
    snprintf(expected, sizeof expected, "ThreadNumber %d", number);
    pump_until(line_shown, server, 20);
    const char *line = server->out.bytes + server->out.consumed;
    if (sscanf(line, "ThreadNumber %ld", &shown) == 1 && shown != number) {
        complain_about(&(struct symptoms){.program = server,
                                          .expected = expected,
                                          .expected_length = strlen(expected),
                                          .received = line,
                                          .received_length = strcspn(line, "\n") + 1,
                                          .on_stdout = true});
        complain_because("Ce nombre est celui des clients présents : il monte à chaque arrivée, "
                         "descend à chaque départ, et s'affiche une fois changé.",
                         "%s, le nombre affiché est %ld, au lieu de %d", after, shown, number);
    }
    program_expect_line(server, "%s", expected);
}

// Le départ d'un client, affiché avant son arrivée.
static void refuse_early_departure(struct program *server, const struct peer *client)
{
    char departure[PEER_ADDRESS_SIZE + 32];
    snprintf(departure, sizeof departure, "disconnected from %s\n", client->address);
    pump_until(line_shown, server, 20);
    const struct output *out = &server->out;
    if (out->length - out->consumed < strlen(departure) ||
        memcmp(out->bytes + out->consumed, departure, strlen(departure)) != 0)
        return;
    complain_because(
        "Le thread de ce client a fini avant que son arrivée soit inscrite : dès qu'il "
        "est né, il peut avoir toute sa vie, et rendre la mémoire du client, avant la "
        "ligne suivante de celui qui l'a créé. Qu'est-ce qui l'en empêche ?",
        "le départ de « %s » est affiché avant son arrivée", client->name);
}

void expect_arrival(struct program *server, const struct peer *client, int number)
{
    refuse_early_departure(server, client);
    program_expect_line(server, "connected to %s", client->address);
    expect_number(server, number, "après cette arrivée");
}

void expect_departure(struct program *server, const struct peer *client, int number)
{
    program_expect_line(server, "disconnected from %s", client->address);
    expect_number(server, number, "après ce départ");
}

void leave(struct peer *client, int manner)
{
    if (manner % 3 == 0) {
        peer_reset(client);
        return;
    }
    if (manner % 3 == 1) {
        peer_half_close(client);
        peer_expect_end(client);
    }
    peer_close(client);
}

struct peer *flood(struct program *server, const char *name)
{
    const size_t length = FLOOD_LINES * strlen(FLOOD_LINE);
    struct peer *client = peer_connect_narrow(name, test_port(), NARROW_WINDOW);
    peer_expect_line(client, WELCOME);
    peer_stop_reading(client);
    char *lines = malloc(length);
    if (lines == NULL)
        verdict_broken("mémoire insuffisante");
    for (size_t i = 0; i < length; i++)
        lines[i] = FLOOD_LINE[i % strlen(FLOOD_LINE)];
    peer_send_bytes(client, lines, length);
    free(lines);
    program_wait_until_calm(server);
    return client;
}

void expect_flood_answered(struct peer *client)
{
    static const char reply[] = REPLY FLOOD_LINE;
    const size_t length = FLOOD_LINES * strlen(reply);
    char *replies = malloc(length);
    if (replies == NULL)
        verdict_broken("mémoire insuffisante");
    for (size_t i = 0; i < length; i++)
        replies[i] = reply[i % strlen(reply)];
    // La petite fenêtre a fait son œuvre : par elle, quatre mégaoctets passeraient mal.
    const int roomy = 1 << 20;
    setsockopt(client->source.fd, SOL_SOCKET, SO_RCVBUF, &roomy, sizeof roomy);
    peer_resume_reading(client);
    peer_expect_at_least(client, client->consumed + length);
    peer_expect_bytes(client, replies, length);
    free(replies);
}

void skip_under_checker(const char *reason)
{
    const char *sanitizer = getenv("SANITIZE");
    if (sanitizer != NULL && *sanitizer != '\0')
        verdict_skip("sous un assainisseur, %s", reason);
    if (spawn_uses_valgrind())
        verdict_skip("sous valgrind, %s", reason);
}
