// Étape 4 : le client demande, se connecte, envoie, montre.
#include "addresses.h"
#include "early_line.h"
#include "judge.h"
#include "usage.h"

#include <string.h>

static void expect_greeting(struct program *client, const char *host)
{
    program_expect_line(client, "socket created");
    program_expect_line(client, "socket connected to %s:%s", host, test_port());
}

LESSON(client_announces_connection, .step = 4, .points = 0.75, .programs = "client",
       .needs = "client_connects",
       .title = "Le client annonce le socket créé, puis la connexion établie",
       .hint = "« socket created » vient avant la tentative de connexion, l'autre ligne après sa "
               "réussite.")
{
    struct peer *server;
    struct program *client = start_tcp_client(&server);
    expect_greeting(client, "127.0.0.1");
}

LESSON(client_sends_and_shows, .step = 4, .points = 0.75, .programs = "client",
       .needs = "client_announces_connection", .defects = "D01",
       .title = "Chaque ligne tapée est envoyée, chaque réponse est montrée",
       .hint = "Pour chaque ligne tapée, même vide : l'envoyer avec son \\n, lire une réponse, la "
               "montrer.")
{
    struct peer *server;
    struct program *client = start_tcp_client(&server);
    expect_greeting(client, "127.0.0.1");
    program_type(client, "bonjour\n");
    peer_expect_line(server, "bonjour");
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
    program_type(client, "\nça va ?\r\n");
    peer_expect_line(server, "%s", "");
    refuse_early_line(client, server);
    lesson_ask("Une réponse finit à son \\n, et non à un nombre d'octets (piège D09).");
    // Une autre réponse, de la même longueur : ce qui les distingue est l'affaire de client_frames_replies.
    peer_send(server, "Hey encore\n");
    program_expect_line(client, "Hey encore");
    lesson_ask("Une réponse est venue, et une seule était attendue. Deux lignes avaient été tapées "
               "d'avance : ce qu'une lecture en a pris de plus que la première est-il gardé ?");
    peer_expect_line(server, "ça va ?\r");
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
}

// Une attente bornée peut ne l'être que d'une famille d'adresses.
static void expect_patience_towards(const char *host, const char *shown)
{
    struct peer *server;
    struct program *client = start_client_of(host, &server);
    if (client == NULL)
        return;
    expect_greeting(client, shown);
    program_expect_patience(client, server);
    program_type(client, "bonjour\n");
    peer_expect_line(server, "bonjour");
    program_expect_patience(client, server);
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
}

LESSON(client_waits_for_slow_reply, .step = 4, .points = 0.25, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D01",
       .title = "Une réponse qui tarde est encore une réponse : le client l'attend, en dormant",
       .hint = "Un serveur lent n'est pas un serveur parti : quel appel attend sa réponse, et "
               "jusqu'à quand ?")
{
    program_inject(LONG_SILENCE);
    expect_patience_towards("127.0.0.1", "127.0.0.1");
    if (network_has_ipv6())
        expect_patience_towards("::1", "[::1]");
}

// Rien n'est encore tapé qu'un hôte et un port : ce qui part n'est que ce qui en restait.
static void refuse_left_newline(struct peer *server)
{
    peer_take_all(server);
    if (server->length == 0 || server->bytes[0] != '\n')
        return;
    complain_because(
        "Le \\n de la réponse à une question est resté dans l'entrée, et a été pris pour une ligne "
        "vide : scanf s'arrête avant lui. Une réponse se lit jusqu'à son \\n, et lui compris.",
        "personne n'a encore rien tapé d'autre qu'un hôte et un port, et « %s » reçoit une ligne "
        "vide",
        server->name);
}

LESSON(
    client_asks_host_and_port, .step = 4, .points = 0.5, .programs = "client",
    .needs = "client_connects",
    .title = "Sans argument, le client demande l'hôte puis le port, sans attendre la fin de ligne",
    .hint = "Le texte de chaque question est dans le contrat, à la lettre, espace comprise.")
{
    struct listener *listener = listener_open("127.0.0.1");
    struct program *client = START("client");
    program_expect_text(client, "enter the host name to connect: ");
    program_type(client, "127.0.0.1\n");
    program_expect_text(client, "enter the port: ");
    program_type(client, test_port());
    program_type(client, "\n");
    lesson_ask("La réponse à une question est une ligne sans son \\n.");
    struct peer *server = listener_accept(listener, "serveur du juge");
    expect_greeting(client, "127.0.0.1");
    refuse_left_newline(server);
    program_type(client, "bonjour\n");
    peer_expect_line(server, "bonjour");
}

LESSON(client_asks_port_only, .step = 4, .points = 0.25, .programs = "client",
       .needs = "client_asks_host_and_port",
       .title = "Avec HOST seul, il demande le port ; tout peut être tapé d'avance",
       .hint = "Tout est tapé d'avance : la lecture du port a pu prendre aussi la suite. Qui la "
               "garde ?")
{
    struct listener *listener = listener_open("127.0.0.1");
    struct program *client = START("client", "127.0.0.1");
    program_type(client, test_port());
    program_type(client, "\nbonjour\n");
    program_end_input(client);
    program_expect_text(client, "enter the port: ");
    struct peer *server = listener_accept(listener, "serveur du juge");
    expect_greeting(client, "127.0.0.1");
    peer_expect_line(server, "bonjour");
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
}

static void expect_still_listening(struct program *client)
{
    pump_now();
    if (!client->ended)
        return;
    complain_because(
        "Dire que l'on n'enverra plus n'est pas finir : le serveur peut encore parler. "
        "C'est sa fin de flux qui dit qu'il n'y a plus rien à montrer.",
        "%s a fini avant que le serveur ait fermé la connexion", client->actor);
}

LESSON(client_ends_politely, .step = 4, .points = 0.25, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D02",
       .title = "À la fin de l'entrée : END, fin d'envoi, et code 0 quand le serveur a fermé",
       .hint = "À la fin de l'entrée : dire END, ne fermer que le sens de l'envoi, écouter "
               "jusqu'à la fin de flux.")
{
    struct peer *server;
    struct program *client = start_tcp_client(&server);
    expect_greeting(client, "127.0.0.1");
    program_end_input(client);
    peer_expect_line(server, "END");
    peer_expect_end(server);
    programs_wait_until_asleep();
    expect_still_listening(client);
    peer_close(server);
    program_expect_exit(client, 0);
    program_expect_no_more_output(client);
}

LESSON(client_accepts_end_at_prompt, .step = 4, .points = 0.25, .programs = "client",
       .needs = "client_asks_host_and_port", .defects = "D05",
       .title = "Fin de l'entrée devant une question : fin tranquille, code 0",
       .hint = "La fin de l'entrée n'est ni une réponse vide, ni une erreur.")
{
    struct program *client = START("client");
    program_expect_text(client, "enter the host name to connect: ");
    program_end_input(client);
    program_expect_exit(client, 0);
    program_expect_at_most_newline(client);

    struct program *other = START("client", "127.0.0.1");
    program_expect_text(other, "enter the port: ");
    program_end_input(other);
    program_expect_exit(other, 0);
    program_expect_at_most_newline(other);
}

static bool has_left_or_asked(void *context)
{
    const struct program *client = context;
    return client->ended || client->out.length > client->out.consumed;
}

// Un client qui n'a rien vu se connecte, ou pose la question suivante : il ne finirait pas.
static void expect_refused_nul(struct program *client, int other_code, const char *what)
{
    pump_until(has_left_or_asked, client, 20);
    pump_now();
    if (!client->ended || client->out.length > client->out.consumed)
        complain_because("Une ligne tapée peut contenir un octet nul, et une chaîne C s'arrête au "
                         "premier : la longueur rendue par read_line et celle de la chaîne "
                         "sont-elles comparées ?",
                         "%s contient un octet nul, et le client l'accepte", what);
    program_expect_exit_either(client, 2, other_code);
    program_expect_some_error(client);
    program_expect_no_more_output(client);
}

static void expect_typed_port_refused(const char *port)
{
    struct program *client = START("client", "127.0.0.1");
    program_type(client, port);
    program_type(client, "\n");
    program_expect_text(client, "enter the port: ");
    program_expect_exit(client, 2);
    program_expect_some_error(client);
}

LESSON(
    client_refuses_bad_ports, .step = 4, .points = 0.25, .programs = "client",
    .needs = "client_asks_host_and_port", .defects = "D04",
    .title =
        "Un port mal écrit ou un octet nul, en argument ou tapé, est refusé : code 2, un message",
    .hint = "Un port est un entier décimal de 1 à 65535 et rien d'autre.")
{
    EXPECT_USAGE_REFUSED("client", "127.0.0.1", "abc");
    for (const char *const *port = bad_ports(); *port != NULL; port++)
        EXPECT_USAGE_REFUSED("client", "127.0.0.1", *port);
    expect_typed_port_refused("abc");
    for (const char *const *port = bad_ports(); *port != NULL; port++)
        expect_typed_port_refused(*port);
    EXPECT_USAGE_REFUSED("client", "127.0.0.1", test_port(), "trop");

    // Un octet nul finit une chaîne C, pas une réponse : ce qui le suit compte aussi.
    struct program *client = START("client", "127.0.0.1");
    program_type(client, test_port());
    program_type_bytes(client, "\0x\n", 3);
    program_expect_text(client, "enter the port: ");
    expect_refused_nul(client, 2, "le port tapé");

    client = START("client");
    program_type_bytes(client, "127.0.0.1\0x\n", 12);
    program_expect_text(client, "enter the host name to connect: ");
    expect_refused_nul(client, 1, "l'hôte tapé");
}

// Celui qui se croit connecté attend qu'on lui tape une ligne : il ne finirait pas.
static void refuse_false_connection(struct program *client)
{
    pump_until(program_has_ended, client, 20);
    pump_now();
    if (client->out.length == 0 || strstr(client->out.bytes, "socket connected") == NULL)
        return;
    complain_because(
        "Le résultat de connect est-il regardé ? Ou bien le socket n'est-il pas de TCP : un "
        "socket UDP « se connecte » sans que personne réponde, et getaddrinfo en donne "
        "aussi, sauf si hints dit quelle sorte est voulue (man 3 getaddrinfo, "
        "ai_socktype).",
        "personne n'écoute sur ce port, et %s annonce une connexion", client->actor);
}

LESSON(client_reports_refusal, .step = 4, .points = 0.25, .programs = "client",
       .needs = "client_connects", .defects = "D03",
       .title = "Personne n'écoute, ou le nom est inconnu : code 1, la raison sur stderr seulement",
       .hint = "Une erreur du réseau : code 1, une ligne sur stderr, et rien de plus sur stdout.")
{
    struct program *client = START("client", "127.0.0.1", test_port());
    refuse_false_connection(client);
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "127.0.0.1", test_port(), "Connection refused");
    program_expect_line(client, "socket created");
    program_expect_no_more_output(client);

    // Un nom mal formé est refusé sans interroger personne. L'annonce a pu venir avant la recherche.
    client = START("client", "nom..inconnu", test_port());
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "nom..inconnu");
    program_expect_resolver_reason(client);
    program_expect_at_most(client, "socket created\n");
    if (!network_has_ipv6() || !name_has_both_families("localhost"))
        return;
    // Deux adresses refusent : une ligne, pour la dernière. « socket created » dit deux fois est l'affaire d'un autre test.
    client = START("client", "localhost", test_port());
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "localhost", test_port(), "Connection refused");
    expect_last_refusal_told();
}

LESSON(client_speaks_ipv6, .step = 4, .points = 0.25, .programs = "client",
       .needs = "client_announces_connection", .defects = "D06",
       .title = "Le client se connecte à une adresse IPv6, montrée entre crochets",
       .hint = "« ::1 » est une adresse IPv6, montrée entre crochets : le programme suppose-t-il "
               "IPv4 quelque part ?")
{
    require_ipv6();
    struct listener *listener = listener_open("::1");
    struct program *client = START("client", "::1", test_port());
    listener_accept(listener, "serveur du juge");
    expect_greeting(client, "[::1]");
}

LESSON(client_tries_each_address, .step = 4, .points = 0.25, .programs = "client",
       .needs = "client_announces_connection", .defects = "D06",
       .title = "Un nom à plusieurs adresses : la première refuse, la suivante est essayée",
       .hint = "Un nom peut avoir plusieurs adresses, à essayer l'une après l'autre ; « socket "
               "created » n'est dit qu'une fois.")
{
    require_two_addresses();
    static const char *const places[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < 2; i++) {
        struct listener *listener = listener_open(places[i]);
        struct program *client = START("client", "localhost", test_port());
        struct peer *server = listener_accept(listener, "serveur du juge");
        expect_greeting(client, "localhost");
        peer_reset(server);
        listener_close(listener);
    }
    struct program *client;
    // Qu'il vienne suffit : ce qu'il en dit est jugé ailleurs.
    start_client_without_first_family(&client);
    start_client_without_first_route(&client);
}
