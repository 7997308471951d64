#include "addresses.h"

#include "complain.h"
#include "listener.h"
#include "network.h"
#include "program_expect.h"
#include "resources.h"
#include "server_expect.h"
#include "verdict.h"

#include <netinet/in.h>
#include <sys/socket.h>

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

void expect_each_address_tried(int type)
{
    require_two_addresses();
    expect_other_address(type, AF_INET6, AF_INET, test_port());
    expect_other_address(type, AF_INET, AF_INET6, other_port());
}

static bool ended_or_listens(void *context)
{
    const struct program *server = context;
    return server->ended || program_listening_port(server) != 0;
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

struct program *start_tcp_client(struct peer **server)
{
    struct listener *listener = listener_open("127.0.0.1");
    struct program *client = START("client", "127.0.0.1", test_port());
    *server = listener_accept(listener, "serveur du juge");
    return client;
}
