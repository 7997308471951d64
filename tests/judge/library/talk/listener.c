#include "listener.h"

#include "complain.h"
#include "network.h"
#include "transcript.h"
#include "verdict.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct listener {
    struct source source;
    int accepted;
    char address[PEER_ADDRESS_SIZE];
};

static void accept_one(struct source *source, short revents)
{
    (void)revents;
    struct listener *listener = source->owner;
    if (listener->accepted < 0)
        listener->accepted = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    source->events = (short)(listener->accepted < 0 ? POLLIN : 0);
}

struct listener *listener_open_on(const char *host, const char *port)
{
    struct sockaddr_storage place;
    socklen_t length;
    peer_resolve(host, port, &place, &length);
    int fd = peer_socket(place.ss_family);
    int one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&place, length) < 0 || listen(fd, SOMAXCONN) < 0)
        verdict_broken("le juge ne peut pas écouter sur %s port %s : %s", host, port,
                       strerror(errno));
    struct listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL)
        verdict_broken("mémoire insuffisante");
    listener->accepted = -1;
    listener->source =
        (struct source){.fd = fd, .events = POLLIN, .ready = accept_one, .owner = listener};
    pump_add(&listener->source);
    peer_format_address((struct sockaddr *)&place, length, listener->address);
    transcript_note("juge", "·", "écoute sur %s", listener->address);
    return listener;
}

struct listener *listener_open(const char *host)
{
    return listener_open_on(host, test_port());
}

static bool client_arrived(void *context)
{
    const struct listener *listener = context;
    return listener->accepted >= 0;
}

bool listener_has_client(struct listener *listener)
{
    return pump_until(client_arrived, listener, 20) == WAIT_DONE;
}

/** Deux adresses : un client peut venir à l'une ou à l'autre. */
struct choice {
    struct listener *listener;
    struct listener *other;
};

static bool client_arrived_at_either(void *context)
{
    const struct choice *choice = context;
    return client_arrived(choice->listener) || client_arrived(choice->other);
}

struct listener *listener_first_with_client(struct listener *listener, struct listener *other)
{
    struct choice choice = {listener, other};
    pump_until(client_arrived_at_either, &choice, 20);
    return client_arrived(other) ? other : listener;
}

struct peer *listener_accept(struct listener *listener, const char *name)
{
    enum wait_end end = pump_until(client_arrived, listener, 20);
    if (end != WAIT_DONE)
        complain_no_client(listener->address, end);
    struct peer *peer = peer_new(name, listener->accepted);
    listener->accepted = -1;
    listener->source.events = POLLIN;
    peer->connected = true;
    peer_note_address(peer);
    int one = 1;
    setsockopt(peer->source.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    transcript_note(name, "·", "accepte la connexion du client");
    return peer;
}

void listener_close(struct listener *listener)
{
    transcript_note("juge", "·", "cesse d'écouter sur %s", listener->address);
    pump_remove(&listener->source);
    close(listener->source.fd);
}
