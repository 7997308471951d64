#include "addresses.h"

#include "complain.h"
#include "injection.h"
#include "lesson.h"
#include "listener.h"
#include "network.h"
#include "program_expect.h"
#include "resources.h"
#include "server_expect.h"
#include "sockdiag.h"
#include "verdict.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Sur un réseau à soi, ces ports ne sont à personne : ni le port du test, ni l'autre.
#define PORTS_BEYOND 10

#define LONGEST_PORT 65535

#define LAST_RESERVED_PORT 1023
#define RESERVED_PORTS_TRIED 2

void require_ipv6(void)
{
    if (!network_has_ipv6())
        verdict_skip("cette machine n'a pas d'IPv6");
}

void require_two_addresses(void)
{
    if (!network_has_ipv6() || !name_has_both_families("localhost"))
        verdict_skip("localhost n'a pas ici une adresse IPv4 et une adresse IPv6");
}

void expect_default_address(void)
{
    const char *port = default_port();
    struct program *server = START("server");
    server_expect_listening(server, port);
    server_expect_only_address("127.0.0.1", port);
}

void expect_only_address_asked(void)
{
    struct program *server = START("server", "127.0.0.2", test_port());
    server_expect_listening(server, test_port());
    server_expect_only_address("127.0.0.2", test_port());
}

static void expect_other_address(int type, int held, int free, const char *port)
{
    hold_port(held, type, port);
    struct program *server = START("server", "localhost", port);
    server_expect_open_on(server, type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP, free, port);
}

// Un nom a deux adresses, et le système n'a pas la famille de la première que le programme essaie.
static const char MISSING_FAMILY[] =
    "Un système peut ne pas avoir une famille d'adresses : socket lui-même échoue alors "
    "(EAFNOSUPPORT). Cette adresse ne convient pas, comme une autre peut être prise, ou refuser : "
    "la suivante est-elle essayée ?";

static const char UNREACHABLE[] =
    "Vers une adresse, il peut n'y avoir pas de chemin : connect échoue alors (ENETUNREACH), ce "
    "qui n'est pas un refus. Cette adresse ne convient pas : la suivante est-elle essayée ?";

static void expect_missing_family_passed(int type, const char *port)
{
    const char *question = lesson_question();
    lesson_ask(MISSING_FAMILY);
    program_inject("families=1");
    struct program *server = START("server", "localhost", port);
    server_expect_open_on(server, type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP, 0, port);
    program_inject(NULL);
    program_signal(server, SIGKILL);
    pump_until(program_has_ended, server, 20);
    lesson_ask(question);
}

static struct peer *start_client_losing_first(const char *injection, const char *cause,
                                              struct program **client)
{
    const char *question = lesson_question();
    struct listener *ipv4 = listener_open("127.0.0.1");
    struct listener *ipv6 = listener_open("::1");
    lesson_ask(cause);
    program_inject(injection);
    *client = START("client", "localhost", test_port());
    struct peer *server =
        listener_accept(listener_first_with_client(ipv4, ipv6), "serveur du juge");
    program_inject(NULL);
    lesson_ask(question);
    listener_close(ipv4);
    listener_close(ipv6);
    return server;
}

struct peer *start_client_without_first_family(struct program **client)
{
    return start_client_losing_first("families=1", MISSING_FAMILY, client);
}

struct peer *start_client_without_first_route(struct program **client)
{
    return start_client_losing_first("unreachable=1", UNREACHABLE, client);
}

void expect_last_refusal_told(void)
{
    if (!network_has_ipv6() || !name_has_both_families("localhost"))
        return;
    const char *question = lesson_question();
    lesson_ask("Vers la première adresse il n'y a pas de chemin, la dernière refuse : une seule "
               "ligne, pour la dernière, et la raison est la sienne.");
    program_inject("unreachable=1");
    struct program *client = START("client", "localhost", test_port());
    program_expect_exit(client, 1);
    program_expect_some_error(client);
    if (strstr(client->err.bytes, strerror(ENETUNREACH)) != NULL)
        complain_because("Chaque adresse essayée a sa raison, et la dernière remplace celle "
                         "d'avant : où la raison à dire est-elle gardée, d'un essai à l'autre ?",
                         "vers la première adresse de localhost il n'y a pas de chemin, la "
                         "dernière refuse, et %s donne encore la raison de la première",
                         client->actor);
    program_expect_error(client, "client", "localhost", test_port(), "Connection refused");
    program_inject(NULL);
    lesson_ask(question);
}

void expect_each_address_tried(int type)
{
    require_two_addresses();
    expect_missing_family_passed(type, test_port());
    expect_other_address(type, AF_INET6, AF_INET, test_port());
    expect_other_address(type, AF_INET, AF_INET6, other_port());
}

static bool ended_or_listens(void *context)
{
    const struct program *server = context;
    return server->ended || program_listening_port(server) != 0;
}

struct program *start_ipv6_server(const char *port)
{
    if (!network_has_ipv6())
        return NULL;
    struct program *server = START("server", "::1", port);
    pump_until(ended_or_listens, server, 1);
    bool serves = !server->ended && port_is_open(IPPROTO_TCP, AF_INET6, (unsigned)atoi(port));
    return serves ? server : NULL;
}

void expect_second_server_refused(const char *port)
{
    server_expect_listening(START("server", "127.0.0.1", port), port);
    struct program *second = START("server", "127.0.0.1", port);
    pump_until(ended_or_listens, second, 1);
    if (!second->ended)
        complain_because("Une option du socket permet de reprendre un port que plus personne "
                         "n'écoute ; une autre, de le partager avec qui l'écoute encore. Laquelle "
                         "est donnée (man 7 socket) ?",
                         "le port %s est à un premier serveur, et un second s'y installe aussi",
                         port);
    program_expect_exit(second, 1);
    program_expect_error(second, "server", "127.0.0.1", port, "Address already in use");
}

// Au-dessous de 1024, un port est réservé à l'administrateur, que l'on est d'ordinaire sur un réseau à soi.
static bool reserved_ports_are_ours(void)
{
    const struct sockaddr_in place = {.sin_family = AF_INET,
                                      .sin_port = htons(LAST_RESERVED_PORT),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool bound = fd >= 0 && bind(fd, (const struct sockaddr *)&place, sizeof place) == 0;
    close(fd);
    return bound;
}

const char *const *client_ports(void)
{
    static const char *const isolated[] = {"80", "1023", "1024", "32767", "32768", "65535", NULL};
    static const char *own[] = {NULL, "0", NULL};
    if (network_is_isolated())
        return isolated + (reserved_ports_are_ours() ? 0 : RESERVED_PORTS_TRIED);
    own[0] = other_port();
    return own;
}

// D'un serveur neuf, le client vient de ce port.
static void expect_address_shown(const char *host, const char *port, unsigned from,
                                 const char *ready, const char *before)
{
    struct program *server = START("server", host, port);
    server_expect_listening(server, port);
    program_expect_line(server, "%s", ready);
    const struct peer *client = peer_connect_from("client", host, port, from);
    program_expect_line(server, "%s%s", before, client->address);
}

void expect_ports_shown(const char *host, const char *ready, const char *before)
{
    unsigned listening = the_lab.default_port + PORTS_BEYOND;
    if (!network_is_isolated())
        return;
    const char *question = lesson_question();
    lesson_ask("Un port se montre en chiffres, de 1 à 65535 : même quand il a un nom (man 3 "
               "getnameinfo), et sans signe.");
    for (const char *const *port = client_ports(); *port != NULL; port++) {
        char place[8];
        snprintf(place, sizeof place, "%u", listening++);
        expect_address_shown(host, place, (unsigned)atoi(*port), ready, before);
    }
    lesson_ask(question);
}

void expect_longest_addresses_shown(const char *ready, const char *before)
{
    const char *question = lesson_question();
    lesson_ask(LONG_ADDRESS);
    if (network_is_isolated())
        expect_address_shown(LONGEST_IPV4, other_port(), LONGEST_PORT, ready, before);
    if (network_has_ipv6() && network_add_neighbour(LONGEST_IPV6))
        expect_address_shown(LONGEST_IPV6, other_port(), LONGEST_PORT, ready, before);
    lesson_ask(question);
}

struct program *start_client_of(const char *host, struct peer **server)
{
    struct listener *listener = listener_open(host);
    struct program *client = START("client", host, test_port());
    if (strchr(host, ':') != NULL && !listener_has_client(listener))
        return NULL;
    *server = listener_accept(listener, "serveur du juge");
    return client;
}

struct program *start_tcp_client(struct peer **server)
{
    return start_client_of("127.0.0.1", server);
}
