// Étape 1 : le serveur écoute là où on le lui demande, et accueille.
#include "addresses.h"
#include "multithread.h"
#include "usage.h"

#include "lesson.h"
#include "transcript.h"

#include <signal.h>
#include <sys/socket.h>

LESSON(server_listens, .step = 1, .points = 0.1, .programs = "server",
       .title = "Le serveur démarre et écoute sur l'adresse et le port donnés",
       .hint = "Un serveur écoute après trois appels réussis, dans l'ordre : socket, bind, listen. "
               "Le résultat de chacun est-il vérifié ?")
{
    start_server();
}

LESSON(server_announces_waiting, .step = 1, .points = 0.5, .programs = "server",
       .needs = "server_listens",
       .title = "Le serveur annonce qu'il attend des clients, aussitôt et une seule fois",
       .hint = "Cette ligne paraît une fois, quand le socket écoute.")
{
    struct program *server = open_service();
    peer_connect("client 1");
    peer_connect("client 2");
    program_wait_until_calm(server);
    static const char again[] = "waiting for connection";
    if (memmem(server->out.bytes + server->out.consumed, server->out.length - server->out.consumed,
               again, sizeof again - 1) != NULL)
        complain_because("La ligne est-elle écrite dans la boucle, au lieu de l'être avant ?",
                         "le serveur annonce de nouveau qu'il attend, après l'arrivée d'un client");
}

// Reparti avant d'être accepté, il peut n'être annoncé par personne ; annoncé, c'est sous son adresse.
static void expect_true_address(struct program *server, const struct peer *client)
{
    program_wait_until_calm(server);
    if (server->out.length > server->out.consumed)
        program_expect_line(server, "connected to %s", client->address);
}

LESSON(server_announces_client, .step = 1, .points = 0.9, .programs = "server",
       .needs = "server_announces_waiting server_welcomes", .defects = "D41",
       .title = "Le serveur annonce le client : son adresse, puis le nombre de clients",
       .hint = "Dès l'arrivée, deux lignes, à la lettre : l'adresse, deux-points, le port que rend "
               "accept ; puis ThreadNumber et le nombre.")
{
    struct program *server = open_service();
    struct peer *client = arrive("client");
    expect_arrival(server, client, 1);
    // Suspendu, le serveur le trouve déjà reparti : accept rend son adresse, getpeername n'en rend plus.
    program_signal(server, SIGSTOP);
    client = peer_connect("client reparti aussitôt");
    peer_reset(client);
    program_signal(server, SIGCONT);
    expect_true_address(server, client);
}

LESSON(server_default_address, .step = 1, .points = 0.1, .programs = "server",
       .needs = "server_listens", .title = "Sans argument, le serveur écoute sur 127.0.0.1:1233",
       .hint = "Les valeurs par défaut de ce lab sont 127.0.0.1 et 1233.")
{
    expect_default_address();
}

LESSON(server_listens_only_there, .step = 1, .points = 0.1, .programs = "server",
       .needs = "server_listens", .title = "Le serveur n'écoute que sur l'adresse demandée",
       .hint = "L'adresse donnée à bind est-elle celle de HOST ?")
{
    expect_only_address_asked();
}

LESSON(server_tries_each_address, .step = 1, .points = 0.1, .programs = "server",
       .needs = "server_listens",
       .title = "Un nom à plusieurs adresses : la première est prise, la suivante est essayée",
       .hint = "L'adresse qui reste libre a-t-elle été essayée ? getaddrinfo rend une liste.")
{
    expect_each_address_tried(SOCK_STREAM);
}

LESSON(
    server_speaks_ipv6, .step = 1, .points = 0.8, .programs = "server",
    .needs = "server_announces_client", .defects = "D41",
    .title =
        "HOST peut être un nom, ou une adresse IPv6, montrée entre crochets ; le port, en chiffres",
    .hint = "« ::1 » est une adresse IPv6, montrée entre crochets : le programme suppose-t-il "
            "IPv4 quelque part ?")
{
    struct program *server = START("server", "localhost", test_port());
    server_expect_listening(server, test_port());
    expect_ports_shown("127.0.0.1", "waiting for connection", "connected to ");
    require_ipv6();
    server = START("server", "::1", other_port());
    server_expect_listening(server, other_port());
    program_expect_line(server, "waiting for connection");
    struct peer *client = peer_connect_to("client", "::1", other_port());
    peer_expect_line(client, WELCOME);
    expect_arrival(server, client, 1);
    expect_ports_shown("::1", "waiting for connection", "connected to ");
    expect_longest_addresses_shown("waiting for connection", "connected to ");
}

LESSON(server_refuses_bad_arguments, .step = 1, .points = 0.1, .programs = "server",
       .needs = "server_listens",
       .title = "Un port mal écrit, ou un argument de trop, est refusé : code 2 et un message",
       .hint = "Un port est un entier décimal de 1 à 65535 et rien d'autre, et il y a au plus deux "
               "arguments après les options.")
{
    for (const char *const *port = bad_ports(); *port != NULL; port++)
        EXPECT_USAGE_REFUSED("server", "127.0.0.1", *port);
    EXPECT_USAGE_REFUSED("server", "127.0.0.1", test_port(), "trop");
}

static bool gave_up_or_listens(void *context)
{
    const struct program *server = context;
    return server->ended || program_listening_port(server) != 0;
}

LESSON(server_reports_taken_port, .step = 1, .points = 0.15, .programs = "server",
       .needs = "server_listens", .defects = "D34",
       .title = "Un port déjà pris : rien n'écoute, code 1, un message qui dit où et pourquoi",
       .hint = "Rien ne s'affiche sur stdout avant que le socket écoute vraiment, et une erreur "
               "dite est aussi une erreur rendue.")
{
    listener_open("127.0.0.1");
    struct program *server = START("server", "127.0.0.1", test_port());
    pump_until(gave_up_or_listens, server, 1);
    unsigned port = server->ended ? 0 : program_listening_port(server);
    if (port != 0)
        complain_because("bind a échoué, et le programme a continué : listen a fait donner un port "
                         "au hasard au socket qui n'en avait pas. Dire une erreur n'est pas la "
                         "traiter.",
                         "le port %s est pris, et le serveur écoute sur le port %u, que personne "
                         "ne connaît",
                         test_port(), port);
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "127.0.0.1", test_port(), "Address already in use");
    program_expect_no_more_output(server);
    expect_second_server_refused(other_port());
    if (!network_has_ipv6() || !name_has_both_families("localhost"))
        return;
    // Et quand les deux adresses d'un nom sont prises : une seule ligne.
    hold_port(AF_INET6, SOCK_STREAM, other_port());
    server = START("server", "localhost", other_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "localhost", other_port(), "Address already in use");
    program_expect_no_more_output(server);
}

LESSON(server_reports_bad_host, .step = 1, .points = 0.15, .programs = "server",
       .needs = "server_listens", .defects = "D34",
       .title = "Une adresse d'une autre machine, un nom inconnu : code 1 et un message",
       .hint = "Le message dit ce qui était tenté, où, et la raison que donne le système.")
{
    // 192.0.2.0/24 est réservé à la documentation (RFC 5737) : aucune machine ne l'a.
    struct program *server = START("server", "192.0.2.1", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "192.0.2.1", test_port(),
                         "Cannot assign requested address");
    program_expect_no_more_output(server);
    // Un nom mal formé est refusé sans interroger personne : la réponse ne dépend pas du réseau.
    server = START("server", "nom..inconnu", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "nom..inconnu");
    program_expect_resolver_reason(server);
    program_expect_no_more_output(server);
}
