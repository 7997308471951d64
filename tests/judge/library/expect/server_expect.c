#include "server_expect.h"

#include "complain.h"
#include "network.h"
#include "resources.h"
#include "sockdiag.h"
#include "transcript.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Une attente que plus aucun programme n'occupe conclut en un dixième de seconde.
#define MOST_WAITS 50

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

// Le premier des ports que le système donne à un socket qui n'en a pas demandé.
static unsigned first_ephemeral_port(void)
{
    unsigned first = 32768;
    FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    if (range == NULL)
        return first;
    if (fscanf(range, "%u", &first) != 1)
        first = 32768;
    fclose(range);
    return first;
}

// Sur un réseau isolé, tout socket qui écoute est celui du programme : on peut dire où.
static const char *cause_of_absence(struct opening *opening)
{
    static char text[256];
    if (opening->datagram && process_tree_holds_protocol(opening->server->pid, "TCP"))
        return "Le socket du programme est un socket TCP : quelle sorte de socket a-t-il demandée, "
               "à getaddrinfo (hints) comme à socket ? « ss -ulnp » ne montre que ceux d'UDP.";
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
    bool any = opening->elsewhere >= first_ephemeral_port();
    snprintf(text, sizeof text,
             opening->elsewhere == swapped(opening->port)
                 ? "Il écoute sur le port %u : ce sont les deux octets de %u échangés (ordre du "
                   "réseau et ordre de la machine : man 3 htons)."
             : any
                 ? "Il écoute sur le port %u, choisi au hasard par le système, et non sur le port "
                   "%u : le socket n'avait pas encore d'adresse, ou bind la lui avait refusée."
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
    complain_because(strcmp(shown, "0.0.0.0") == 0
                         ? "L'adresse voulue n'est pas celle passée à bind : 0.0.0.0 (INADDR_ANY) "
                           "ouvre le serveur au réseau entier."
                         : "L'adresse voulue n'est pas celle passée à bind.",
                     "le serveur devait écouter sur %s, il écoute sur %s", address, shown);
}

/** Une adresse où un programme écoute, en texte. */
struct listening_place {
    unsigned port;
    char address[INET6_ADDRSTRLEN];
    int family;
};

static bool note_place(const struct socket_view *view, void *context)
{
    struct listening_place *place = context;
    if (view->local_port != place->port)
        return true;
    place->family = view->family;
    inet_ntop(view->family, view->local_address, place->address, sizeof place->address);
    return false;
}

static bool is_address_of(const char *name, const struct listening_place *place)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    bool same = false;
    if (getaddrinfo(name, NULL, &hints, &found) != 0)
        return true;
    for (const struct addrinfo *at = found; at != NULL && !same; at = at->ai_next) {
        char text[NI_MAXHOST] = "";
        getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
        same = strcmp(text, place->address) == 0;
    }
    freeaddrinfo(found);
    return same;
}

void server_expect_address_of(const char *name, const char *port)
{
    struct listening_place place = {.port = (unsigned)atoi(port)};
    sockets_visit(IPPROTO_TCP, 1u << TCP_LISTEN, note_place, &place);
    if (place.family == 0 || is_address_of(name, &place))
        return;
    complain_because(
        "L'adresse donnée à bind n'est aucune de celles de ce nom. (255.255.255.255 est "
        "ce que rend inet_addr d'un texte qui n'est pas une adresse ; 0.0.0.0 et :: "
        "ouvrent le serveur au réseau entier.)",
        "lancé sur %s, le serveur écoute sur %s", name, place.address);
}

void server_expect_open_on(struct program *server, int protocol, int family, const char *port)
{
    struct opening opening = {.server = server,
                              .port = (unsigned)atoi(port),
                              .family = family,
                              .datagram = protocol == IPPROTO_UDP};
    expect_opening(&opening);
}

static bool is_port_free(void *context)
{
    unsigned port = (unsigned)atoi(context);
    return !port_is_open(IPPROTO_UDP, 0, port) && !port_is_open(IPPROTO_TCP, 0, port);
}

void server_wait_for_port(const char *port)
{
    char number[8];
    snprintf(number, sizeof number, "%s", port);
    for (int i = 0; program_first() != NULL && i < MOST_WAITS; i++) {
        if (pump_until(is_port_free, number, 1) == WAIT_DONE)
            return;
    }
}

struct program *start_server(void)
{
    server_wait_for_port(test_port());
    struct program *server = START("server", "127.0.0.1", test_port());
    server_expect_listening(server, test_port());
    return server;
}

struct program *start_datagram_server(void)
{
    server_wait_for_port(test_port());
    struct program *server = START("server", "127.0.0.1", test_port());
    server_expect_bound(server, test_port());
    return server;
}
