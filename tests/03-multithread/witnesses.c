#include "witnesses.h"

#include "multithread.h"

#include <stdio.h>
#include <string.h>

// Ce que la plus courte file d'attente admet.
#define TOGETHER 4

static bool has_been_left(void *context)
{
    const struct peer *client = context;
    return client->ended || client->error != 0;
}

static const char *next_newline(const struct peer *client)
{
    return client->length > client->consumed
               ? memchr(client->bytes + client->consumed, '\n', client->length - client->consumed)
               : NULL;
}

static bool has_line_or_been_left(void *context)
{
    return next_newline(context) != NULL || has_been_left(context);
}

// Une ligne, quelle qu'elle soit ; aucune n'est due à qui a été quitté.
static void take_line(struct peer *client, const char *expected)
{
    pump_until(has_line_or_been_left, client, 20);
    const char *newline = next_newline(client);
    if (newline != NULL)
        client->consumed = (size_t)(newline + 1 - client->bytes);
    else if (!has_been_left(client))
        peer_expect_line(client, "%s", expected);
}

void gather_witnesses(struct peer **clients, int first, int count)
{
    for (int done = 0; done < count; done += TOGETHER) {
        int end = done + TOGETHER < count ? done + TOGETHER : count;
        for (int i = first + done; i < first + end; i++)
            clients[i] = knock("client %d", i + 1);
        for (int i = first + done; i < first + end; i++)
            take_line(clients[i], WELCOME);
    }
}

void witness_exchange(struct peer *client, const char *text)
{
    char line[256];
    char reply[sizeof line + sizeof REPLY];
    int length = snprintf(line, sizeof line, "%s\n", text);
    snprintf(reply, sizeof reply, REPLY "%s", text);
    peer_send_while_open(client, line, (size_t)length);
    take_line(client, reply);
}

// Qui n'a pas fermé après la fin d'un client ne le fera pas pour les suivants : un témoin n'exige rien, et n'attend plus.
static void end_politely(struct peer *client)
{
    static bool in_vain;
    peer_half_close(client);
    in_vain = in_vain || pump_until(has_been_left, client, 20) != WAIT_DONE;
}

void witness_leave(struct peer *client, int manner)
{
    if (manner % 3 == 1 && !has_been_left(client))
        end_politely(client);
    if (manner % 3 == 0)
        peer_reset(client);
    else
        peer_close(client);
}

void expect_no_race_so_far(struct program *server)
{
    program_expect_clean_report(server);
    struct symptoms symptoms = {.end = WAIT_ENDED, .program = server};
    if (server->ended)
        complain(&symptoms, "%s devrait continuer, et il s'est arrêté", server->actor);
}
