// Étape 1 : le serveur se lie là où on le lui demande, montre ce qu'il reçoit et répond.
#include "addresses.h"
#include "talk.h"

#include "lesson.h"
#include "sockdiag.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

LESSON(server_binds, .step = 1, .points = 0.5, .programs = "server",
       .title = "Le serveur démarre et occupe le port donné",
       .hint = "Un serveur UDP n'écoute ni n'accepte : un socket de datagrammes, attaché à "
               "l'adresse et au port de la ligne de commande. « ss -ulnp » le montre.")
{
    // Pas le port par défaut : on verrait mal qui ne lit pas ses arguments.
    struct program *server = START("server", "127.0.0.1", other_port());
    server_expect_bound(server, other_port());
}

LESSON(server_replies, .step = 1, .points = 0.75, .programs = "server", .needs = "server_binds",
       .defects = "D23 D32", .title = "Un datagramme reçoit sa réponse, à l'octet près",
       .hint = "Après chaque datagramme : répondre à celui qui l'a envoyé, ces vingt octets et "
               "rien d'autre, puis attendre le suivant.")
{
    start_datagram_server();
    struct postbox *client = postbox_client("client");
    postbox_ask(client, "bonjour");
    postbox_expect_reply(client, REPLY);
}

LESSON(server_shows_datagram, .step = 1, .points = 0.5, .programs = "server",
       .needs = "server_replies", .defects = "D24",
       .title = "Chaque datagramme est montré aussitôt, sur une ligne",
       .hint = "La ligne est « received from ADDR:PORT: TEXT » : l'adresse et le port de "
               "l'expéditeur, puis son texte tel quel ; rien d'autre ne paraît sur stdout.")
{
    struct program *server = start_datagram_server();
    struct postbox *client = postbox_client("client");
    postbox_ask(client, "bonjour");
    spare_others_of_text(server);
    expect_received(server, client, "bonjour");
    postbox_ask(client, "encore");
    expect_received(server, client, "encore");
    program_expect_no_more_output(server);
}

static void expect_addresses_shown(struct program *server, const char *host)
{
    for (const char *const *port = client_ports(); *port != NULL; port++) {
        struct postbox *client = postbox_open("client", host, *port);
        postbox_ask(client, "bonjour");
        expect_received_from(server, client, "bonjour");
        postbox_close(client);
    }
}

static void expect_long_address_shown(struct program *server, const char *address)
{
    const char *question = lesson_question();
    lesson_ask(LONG_ADDRESS);
    struct postbox *neighbour = postbox_open("voisin", address, "65535");
    postbox_ask(neighbour, "bonjour");
    expect_received_from(server, neighbour, "bonjour");
    lesson_ask(question);
}

LESSON(server_shows_address, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_shows_datagram", .tolerant = true,
       .title = "L'adresse montrée est celle de l'expéditeur, quel que soit son port",
       .hint =
           "ADDR:PORT est l'adresse que la réception a rendue : le port, sur 16 bits, va de 1 à "
           "65535, dans l'ordre du réseau.")
{
    struct program *server = start_showing_server("127.0.0.1", NULL);
    expect_addresses_shown(server, "127.0.0.1");
    if (network_is_isolated())
        expect_long_address_shown(server, LONGEST_IPV4);
    if (!network_has_ipv6())
        return;
    server = START("server", "::1", test_port());
    server_expect_open_on(server, IPPROTO_UDP, AF_INET6, test_port());
    struct postbox *client = postbox_open("client IPv6", "::1", "0");
    postbox_ask(client, "bonjour");
    expect_received(server, client, "bonjour");
    expect_addresses_shown(server, "::1");
    if (network_add_neighbour(LONGEST_IPV6))
        expect_long_address_shown(server, LONGEST_IPV6);
}

LESSON(server_serves_second_client, .step = 1, .points = 0.5, .programs = "server",
       .needs = "server_replies", .defects = "D23 D32",
       .title = "Un second client est servi aussi, puis le premier encore",
       .hint = "Un seul socket sert tous les clients, l'un après l'autre, sans fin : chaque "
               "réponse va à qui vient d'écrire.")
{
    start_datagram_server();
    struct postbox *first = postbox_client("client 1");
    struct postbox *second = postbox_client("client 2");
    postbox_ask(first, "un");
    postbox_expect_reply(first, REPLY);
    postbox_ask(second, "deux");
    postbox_expect_reply(second, REPLY);
    postbox_ask(first, "trois");
    postbox_expect_reply(first, REPLY);
    postbox_expect_nothing_more(second);
}

LESSON(server_replies_once_to_each, .step = 1, .points = 0.5, .programs = "server",
       .needs = "server_replies",
       .title = "À chaque datagramme une réponse, et une seule, même s'ils arrivent ensemble")
{
    start_datagram_server();
    struct postbox *client = postbox_client("client");
    postbox_ask(client, "un");
    postbox_ask(client, "deux");
    postbox_ask(client, "trois");
    for (int i = 0; i < 3; i++)
        postbox_expect_reply(client, REPLY);
    // Le serveur répond dans l'ordre : quand un autre a sa réponse, toute réponse de trop est là.
    struct postbox *witness = postbox_client("témoin");
    postbox_ask(witness, "quatre");
    postbox_expect_reply(witness, REPLY);
    postbox_expect_nothing_more(client);
}

LESSON(server_default_address, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_replies", .title = "Sans argument, le serveur est sur 127.0.0.1:12345",
       .hint = "Sans argument, ce sont les valeurs par défaut du contrat qui servent.")
{
    const char *port = default_port();
    struct program *server = START("server");
    server_expect_bound(server, port);
    struct postbox *client = postbox_client("client");
    postbox_send(client, "127.0.0.1", port, "bonjour", 7);
    postbox_expect_reply(client, REPLY);
}

/** Cherche un socket lié et retient son adresse IPv4. */
struct place {
    unsigned port;
    unsigned char address[4];
};

static bool note_place(const struct socket_view *view, void *context)
{
    struct place *place = context;
    if (view->local_port != place->port || view->family != AF_INET)
        return true;
    memcpy(place->address, view->local_address, sizeof place->address);
    return false;
}

LESSON(server_binds_only_there, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_binds", .title = "Le serveur n'est lié qu'à l'adresse demandée")
{
    struct program *server = START("server", "127.0.0.2", test_port());
    server_expect_bound(server, test_port());
    struct place place = {.port = (unsigned)atoi(test_port())};
    sockets_visit(IPPROTO_UDP, ~0u, note_place, &place);
    const unsigned char wanted[4] = {127, 0, 0, 2};
    if (memcmp(place.address, wanted, sizeof wanted) == 0)
        return;
    char shown[INET_ADDRSTRLEN] = "?";
    inet_ntop(AF_INET, place.address, shown, sizeof shown);
    complain_because("L'adresse donnée en argument n'est pas celle passée à bind : 0.0.0.0 "
                     "(INADDR_ANY) ouvre le serveur au réseau entier.",
                     "lancé sur 127.0.0.2, le serveur est lié à %s", shown);
}

LESSON(
    server_accepts_a_name, .step = 1, .points = 0.25, .programs = "server", .needs = "server_binds",
    .title = "HOST peut être un nom : localhost",
    .hint = "« localhost » est un nom, pas une adresse : quelle fonction traduit l'un en l'autre ?")
{
    struct program *server = START("server", "localhost", test_port());
    server_expect_bound(server, test_port());
    // Une traduction manquée donne souvent 255.255.255.255, à quoi UDP se lie sans rien dire.
    struct place place = {.port = (unsigned)atoi(test_port()), .address = {127}};
    sockets_visit(IPPROTO_UDP, ~0u, note_place, &place);
    if (place.address[0] == 127)
        return;
    char shown[INET_ADDRSTRLEN] = "?";
    inet_ntop(AF_INET, place.address, shown, sizeof shown);
    const bool anywhere = strcmp(shown, "0.0.0.0") == 0;
    complain_because(anywhere ? "0.0.0.0 (INADDR_ANY) veut dire « toutes les adresses » : HOST "
                                "n'a servi à rien. L'hôte demandé est-il celui que l'on traduit ?"
                              : lesson_current()->hint,
                     "lancé sur localhost, le serveur est lié à %s", shown);
}

LESSON(server_tries_each_address, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_accepts_a_name",
       .title = "Un nom à plusieurs adresses : la première est prise, la suivante est essayée",
       .hint = "L'adresse qui reste libre a-t-elle été essayée ? getaddrinfo rend une liste.")
{
    expect_each_address_tried(SOCK_DGRAM);
}
