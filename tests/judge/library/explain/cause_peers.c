#include "cause_peers.h"
#include "cause_bytes.h"

#include "injection.h"
#include "network.h"
#include "peer_neighbours.h"
#include "resources.h"
#include "sockdiag.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARED                                                                                     \
    "Ce qu'un thread garde de son client est-il à lui seul ? Une variable globale, ou static "    \
    "dans "                                                                                        \
    "une fonction, est la même pour tous les threads."

static char text[512];

/** Ce que sock_diag montre du côté du programme. */
struct backlog {
    unsigned server_port;
    unsigned peer_port;
    unsigned pending;
    unsigned unread;
    bool close_wait;
};

static bool measure(const struct socket_view *view, void *context)
{
    struct backlog *backlog = context;
    if (view->local_port != backlog->server_port)
        return true;
    if (view->state == TCP_LISTEN) {
        backlog->pending = view->receive_queue;
    } else if (view->remote_port == backlog->peer_port) {
        backlog->unread = view->receive_queue;
        backlog->close_wait = view->state == TCP_CLOSE_WAIT;
    }
    return true;
}

static unsigned port_of(const struct peer *peer)
{
    const char *colon = strrchr(peer->address, ':');
    return colon != NULL ? (unsigned)atoi(colon + 1) : 0;
}

static const char *describe_both(const struct backlog *backlog, const struct peer *peer)
{
    const char *s = backlog->unread > 1 ? "s" : "";
    if (backlog->pending > 1)
        snprintf(text, sizeof text,
                 "%u connexions établies par le système attendent que votre serveur les accepte "
                 "(accept) ; celle de « %s » a %u octet%s non lu%s.",
                 backlog->pending, peer->name, backlog->unread, s, s);
    else
        snprintf(text, sizeof text,
                 "1 connexion établie par le système attend que votre serveur l'accepte (accept) ; "
                 "celle de « %s » a %u octet%s non lu%s.",
                 peer->name, backlog->unread, s, s);
    return text;
}

static const char *describe_unread(unsigned unread)
{
    snprintf(text, sizeof text,
             unread > 1
                 ? "%u octets sont arrivés et attendent d'être lus : le programme ne lit plus "
                   "cette connexion."
                 : "%u octet est arrivé et attend d'être lu : le programme ne lit plus cette "
                   "connexion.",
             unread);
    return text;
}

static const char *describe_pending(unsigned pending)
{
    snprintf(text, sizeof text,
             "%u connexion%s dans la file d'attente : le programme n'a pas rappelé accept.",
             pending, pending > 1 ? "s attendent" : " attend");
    return text;
}

const char *cause_from_queues(const struct peer *peer)
{
    struct backlog backlog = {.server_port = (unsigned)atoi(test_port()),
                              .peer_port = port_of(peer)};
    sockets_visit(IPPROTO_TCP, ~0u, measure, &backlog);
    if (backlog.pending > 0 && backlog.unread > 0)
        return describe_both(&backlog, peer);
    if (backlog.unread > 0)
        return describe_unread(backlog.unread);
    if (backlog.pending > 0)
        return describe_pending(backlog.pending);
    if (backlog.close_wait)
        return "L'autre a fermé son sens d'envoi, le programme a tout lu mais n'a pas fermé son "
               "descripteur (état CLOSE_WAIT dans ss -tn) : a-t-il vu la fin de flux ?";
    return NULL;
}

static size_t count_lines(const char *bytes, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    return lines;
}

bool peer_is_answered(const struct peer *peer)
{
    static const char end[] = "END\n";
    const size_t size = sizeof end - 1;
    size_t said = count_lines(peer->said, peer->said_length);
    if (peer->sent != peer->said_length || said == 0 || peer->said[peer->said_length - 1] != '\n')
        return false;
    // END n'a pas de réponse.
    if (peer->said_length >= size && memcmp(peer->said + peer->said_length - size, end, size) == 0)
        said--;
    return count_lines(peer->bytes, peer->length) >= said;
}

// La ligne est lue, elle est même montrée, et rien n'est jamais parti.
const char *cause_from_kept_reply(const struct symptoms *symptoms)
{
    static const char shown[] = "received from client: ";
    const struct program *program = symptoms->program;
    if (symptoms->end != WAIT_ASLEEP || symptoms->peer->length > 0 || program_injection() != NULL ||
        program->ended || !program_is_server(program) || program->out.length == 0 ||
        program->err.length > 0)
        return NULL;
    size_t end = program->out.length - 1;
    const char *newline = memrchr(program->out.bytes, '\n', end);
    const char *last = newline != NULL ? newline + 1 : program->out.bytes;
    if (strncmp(last, shown, sizeof shown - 1) != 0)
        return NULL;
    return "La ligne est lue, elle est montrée, et rien n'est parti. Si la réponse est écrite par "
           "un "
           "FILE (fputs, fprintf, fwrite), elle attend dans sa mémoire d'être envoyée (man 3 "
           "fflush).";
}

const char *cause_from_closed_listener(const struct symptoms *symptoms)
{
    const struct peer *peer = symptoms->peer;
    if (peer == NULL || symptoms->program->ended || !program_is_server(symptoms->program) ||
        (!peer->connected && peer->error != ECONNREFUSED) ||
        program_listening_port(symptoms->program) != 0)
        return NULL;
    return "Le serveur n'écoute plus : son socket d'écoute est fermé, et plus aucun client ne peut "
           "venir. Accepter en crée un autre, celui du client : lequel des deux est donné à close "
           "?";
}

static const char *from_reply_elsewhere(const struct symptoms *symptoms)
{
    if (symptoms->peer == NULL || symptoms->expected == NULL || symptoms->program->ended)
        return NULL;
    const struct peer *other =
        peer_who_heard(symptoms->peer, symptoms->expected, symptoms->expected_length);
    if (other == NULL)
        return NULL;
    snprintf(text, sizeof text,
             "C'est « %s » qui a reçu la réponse due à « %s ». " SHARED
             " Et toute variable dont l'adresse a été donnée l'est aussi.",
             other->name, symptoms->peer->name);
    return text;
}

static const char *from_address_elsewhere(const struct symptoms *symptoms)
{
    unsigned shown = symptoms->on_stdout ? cause_port_shown_instead(symptoms) : 0;
    const struct peer *other = shown != 0 ? peer_at_port(shown) : NULL;
    if (other == NULL)
        return NULL;
    snprintf(text, sizeof text,
             "L'adresse affichée est celle de « %s », pas celle du client dont il s'agit. " SHARED,
             other->name);
    return text;
}

const char *cause_from_neighbours(const struct symptoms *symptoms)
{
    const char *reply = from_reply_elsewhere(symptoms);
    return reply != NULL ? reply : from_address_elsewhere(symptoms);
}
