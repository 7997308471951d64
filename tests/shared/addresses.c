#include "addresses.h"

#include "listener.h"
#include "network.h"
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

struct program *start_tcp_client(struct peer **server)
{
    struct listener *listener = listener_open("127.0.0.1");
    struct program *client = START("client", "127.0.0.1", test_port());
    *server = listener_accept(listener, "serveur du juge");
    return client;
}
