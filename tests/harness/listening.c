#include "expect.h"

#include "complain.h"
#include "network.h"
#include "resources.h"
#include "sockdiag.h"
#include "transcript.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Un port que l'on veut voir s'ouvrir. */
struct opening {
    const struct program *server;
    unsigned port;
    int family; /**< Celle où le voir ; 0 : l'une ou l'autre. */
    bool datagram;
    unsigned elsewhere; /**< Un autre port vu à la place, sur un réseau isolé. */
};

static bool opened(void *context)
{
    const struct opening *opening = context;
    if (opening->server->ended)
        return true;
    return port_is_open(opening->datagram ? IPPROTO_UDP : IPPROTO_TCP, opening->family,
                        opening->port);
}

static bool note_elsewhere(const struct socket_view *view, void *context)
{
    struct opening *opening = context;
    if (view->local_port != opening->port)
        opening->elsewhere = view->local_port;
    return true;
}

static unsigned swapped(unsigned port)
{
    return ((port & 0xFF) << 8) | (port >> 8);
}

// Sur un réseau isolé, tout socket qui écoute est celui du programme : on peut dire où.
static const char *cause_of_absence(struct opening *opening)
{
    static char text[256];
    if (!network_is_isolated())
        return NULL;
    // Un test peut en lancer deux : c'est celui-ci qu'on regarde.
    if (opening->datagram)
        sockets_visit(IPPROTO_UDP, ~0u, note_elsewhere, opening);
    else
        opening->elsewhere = program_listening_port(opening->server);
    if (opening->elsewhere == 0)
        return NULL;
    if (opening->elsewhere == opening->port)
        return "Il écoute sur ce port, mais à une autre adresse : laquelle a été donnée à bind, et "
               "pour quel nom ?";
    snprintf(text, sizeof text,
             opening->elsewhere == swapped(opening->port)
                 ? "Il écoute sur le port %u : ce sont les deux octets de %u échangés (ordre du "
                   "réseau et ordre de la machine : man 3 htons)."
                 : "Il écoute sur le port %u, pas sur le port %u.",
             opening->elsewhere, opening->port);
    return text;
}

static void expect_opening(struct opening *opening)
{
    enum wait_end end = pump_until(opened, opening, 1);
    if (end == WAIT_DONE && !opening->server->ended) {
        transcript_note(opening->server->actor, "·", "écoute sur le port %u", opening->port);
        return;
    }
    const char *what = opening->datagram ? "lié à" : "à l'écoute sur";
    const char *cause = opening->server->ended ? NULL : cause_of_absence(opening);
    if (cause != NULL)
        complain_because(cause, "le serveur n'est pas %s son port, %u", what, opening->port);
    struct symptoms symptoms = {.end = end, .program = opening->server};
    complain(&symptoms, "le serveur n'est pas %s son port, %u", what, opening->port);
}

void server_expect_listening(struct program *server, const char *port)
{
    struct opening opening = {.server = server, .port = (unsigned)atoi(port)};
    expect_opening(&opening);
}

void server_expect_bound(struct program *server, const char *port)
{
    struct opening opening = {.server = server, .port = (unsigned)atoi(port), .datagram = true};
    expect_opening(&opening);
}

/** Cherche une écoute et retient son adresse IPv4. */
struct address_seen {
    unsigned port;
    unsigned char address[4];
};

static bool note_address(const struct socket_view *view, void *context)
{
    struct address_seen *seen = context;
    if (view->local_port != seen->port || view->family != AF_INET)
        return true;
    memcpy(seen->address, view->local_address, sizeof seen->address);
    return false;
}

void server_expect_only_address(const char *address, const char *port)
{
    struct address_seen seen = {.port = (unsigned)atoi(port)};
    sockets_visit(IPPROTO_TCP, 1u << TCP_LISTEN, note_address, &seen);
    char shown[INET_ADDRSTRLEN] = "?";
    inet_ntop(AF_INET, seen.address, shown, sizeof shown);
    if (strcmp(shown, address) == 0)
        return;
    complain_because("L'adresse voulue n'est pas celle passée à bind : 0.0.0.0 (INADDR_ANY) ouvre "
                     "le serveur au réseau entier.",
                     "le serveur devait écouter sur %s, il écoute sur %s", address, shown);
}

void server_expect_open_on(struct program *server, int protocol, int family, const char *port)
{
    struct opening opening = {.server = server,
                              .port = (unsigned)atoi(port),
                              .family = family,
                              .datagram = protocol == IPPROTO_UDP};
    expect_opening(&opening);
}

struct program *start_server(void)
{
    struct program *server = START("server", "127.0.0.1", test_port());
    server_expect_listening(server, test_port());
    return server;
}
