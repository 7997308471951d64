// Étape 1 : le serveur écoute là où on le lui demande, et dit ce qui ne va pas.
#include "addresses.h"
#include "judge.h"
#include "usage.h"

#include "lesson.h"
#include "visible.h"

#include <sys/socket.h>

LESSON(server_listens, .step = 1, .points = 0.25, .programs = "server", .defects = "D07 D17",
       .title = "Le serveur démarre et écoute sur l'adresse et le port donnés",
       .hint = "Un serveur écoute après trois appels réussis, dans l'ordre : socket, bind, "
               "listen. Le résultat de chacun est-il vérifié ?")
{
    start_server();
}

LESSON(server_announces_waiting, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .title = "Le serveur annonce qu'il attend un client, aussitôt")
{
    struct program *server = start_server();
    program_expect_line(server, "server waiting...");
}

LESSON(server_announces_client, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_announces_waiting", .defects = "D08",
       .title = "Le serveur annonce le client qui arrive, avec son adresse",
       .hint = "L'adresse du client est celle que remplit accept, à qui l'on dit la place "
               "disponible.")
{
    struct program *server = start_server();
    program_expect_line(server, "server waiting...");
    struct peer *client = peer_connect("client");
    program_expect_line(server, "client connected from %s", client->address);
}

LESSON(server_default_address, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .title = "Sans argument, le serveur écoute sur 127.0.0.1:8001")
{
    expect_default_address();
}

LESSON(server_listens_only_there, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .title = "Le serveur n'écoute que sur l'adresse demandée")
{
    expect_only_address_asked();
}

LESSON(
    server_speaks_ipv6, .step = 1, .points = 0.25, .programs = "server",
    .needs = "server_announces_client", .defects = "D06",
    .title = "Une adresse IPv6 est montrée entre crochets, et le port en chiffres, quel qu'il soit",
    .hint = "« ::1 » est une adresse IPv6, montrée entre crochets : le programme suppose-t-il "
            "IPv4 quelque part ?")
{
    expect_ports_shown("127.0.0.1", "server waiting...", "client connected from ");
    require_ipv6();
    struct program *server = START("server", "::1", test_port());
    server_expect_listening(server, test_port());
    program_expect_line(server, "server waiting...");
    struct peer *client = peer_connect_to("client", "::1", test_port());
    program_expect_line(server, "client connected from %s", client->address);
    expect_ports_shown("::1", "server waiting...", "client connected from ");
    expect_longest_addresses_shown("server waiting...", "client connected from ");
}

LESSON(server_accepts_a_name, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .defects = "D06", .title = "HOST peut être un nom : localhost",
       .hint = "« localhost » est un nom, pas une adresse : quelle fonction traduit l'un en "
               "l'autre ?")
{
    struct program *server = START("server", "localhost", test_port());
    server_expect_listening(server, test_port());
    server_expect_address_of("localhost", test_port());
}

LESSON(server_tries_each_address, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_accepts_a_name", .defects = "D06",
       .title = "Un nom à plusieurs adresses : la première est prise, la suivante est essayée",
       .hint = "Un nom peut avoir plusieurs adresses, IPv4 et IPv6, à essayer l'une après l'autre.")
{
    expect_each_address_tried(SOCK_STREAM);
}

LESSON(server_refuses_bad_arguments, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .defects = "D04",
       .title = "Un port mal écrit, ou un argument de trop, est refusé : code 2 et un message",
       .hint = "Un port est un entier décimal de 1 à 65535 et rien d'autre, et il y a au plus "
               "deux arguments.")
{
    for (const char *const *port = bad_ports(); *port != NULL; port++)
        EXPECT_USAGE_REFUSED("server", "127.0.0.1", *port);
    EXPECT_USAGE_REFUSED("server", "127.0.0.1", test_port(), "trop");
}

/** Il n'a pas pu écouter : il finit, le dit sur stderr, et n'a pas prétendu attendre un client. */
static void expect_nothing_announced(const struct program *server)
{
    if (server->out.length == 0)
        return;
    complain_because(
        "« server waiting... » promet à qui le lit qu'un client peut venir : cela n'est "
        "vrai qu'une fois tous les appels qui font un serveur réussis, le dernier "
        "compris.",
        "%s a annoncé « %s », et il n'écoutait pas", server->actor,
        visible_short(server->out.bytes, server->out.length - 1));
}

LESSON(server_reports_taken_port, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .defects = "D17",
       .title = "Un port déjà pris : code 1, et un message qui dit où et pourquoi",
       .hint =
           "Le résultat de bind est-il regardé, puis celui de listen ? Continuer serait attendre "
           "des clients sur un port que personne ne connaît.")
{
    listener_open("127.0.0.1");
    struct program *server = START("server", "127.0.0.1", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "127.0.0.1", test_port(), "Address already in use");
    expect_nothing_announced(server);
    expect_second_server_refused(other_port());

    // bind réussit, et c'est listen qui échoue : deux serveurs liés au même port ont pu s'y croiser.
    program_inject("listen=1000");
    server = START("server", "127.0.0.2", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "127.0.0.2", test_port(), "Address already in use");
    expect_nothing_announced(server);
}

LESSON(server_reports_foreign_address, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .defects = "D17",
       .title = "Une adresse qui n'est pas à cette machine : code 1 et un message")
{
    // 192.0.2.0/24 est réservé à la documentation (RFC 5737) : aucune machine ne l'a.
    struct program *server = START("server", "192.0.2.1", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "192.0.2.1", test_port(),
                         "Cannot assign requested address");
    expect_nothing_announced(server);
}

LESSON(server_reports_unknown_name, .step = 1, .points = 0.25, .programs = "server",
       .needs = "server_listens", .defects = "D17",
       .title = "Un nom qui n'existe pas : code 1 et un message",
       .hint = "Sans adresse, il n'y a rien à essayer : que fait le programme quand getaddrinfo "
               "échoue ?")
{
    // Un nom mal formé est refusé sans interroger personne : la réponse ne dépend pas du réseau.
    struct program *server = START("server", "nom..inconnu", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "nom..inconnu");
    program_expect_resolver_reason(server);
    expect_nothing_announced(server);
}
