// Étape 3 : le client montre l'accueil, envoie, montre les réponses.
#include "addresses.h"
#include "departure.h"
#include "disguised.h"
#include "early_line.h"
#include "letters.h"
#include "multithread.h"
#include "overflow.h"
#include "usage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROMPT "Say something: "

static struct program *start_dialogue(struct peer **server)
{
    struct program *client = start_tcp_client(server);
    peer_send(*server, WELCOME "\n");
    program_expect_line(client, WELCOME);
    return client;
}

static void say(struct program *client, struct peer *server, const char *text)
{
    program_expect_text(client, PROMPT);
    char *line = NULL;
    if (asprintf(&line, "%s\n", text) < 0)
        verdict_broken("mémoire insuffisante");
    program_type(client, line);
    free(line);
    peer_expect_line(server, "%s", text);
}

static void converse(struct program *client, struct peer *server, const char *text)
{
    char *reply = NULL;
    say(client, server, text);
    if (asprintf(&reply, REPLY "%s\n", text) < 0)
        verdict_broken("mémoire insuffisante");
    peer_send(server, reply);
    program_expect_line(client, REPLY "%s", text);
    free(reply);
}

LESSON(client_connects, .step = 3, .points = 0.25, .programs = "client",
       .title = "Le client se connecte à l'adresse et au port donnés",
       .hint = "Le juge écoute bien là : l'adresse donnée à connect est-elle celle de la ligne de "
               "commande, et le port dans l'ordre du réseau ?")
{
    struct peer *server;
    start_tcp_client(&server);
}

LESSON(client_shows_welcome, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_connects",
       .title = "Le client montre l'accueil, puis l'invite, sans attendre de fin de ligne",
       .hint = "D'abord lire l'accueil et le montrer ; ensuite seulement poser la question.")
{
    struct peer *server;
    struct program *client = start_tcp_client(&server);
    program_wait_until_calm(client);
    program_expect_no_more_output(client);
    peer_send(server, WELCOME "\n");
    program_expect_line(client, WELCOME);
    program_expect_text(client, PROMPT);
}

LESSON(client_dialogues, .step = 3, .points = 0.5, .programs = "client",
       .needs = "client_shows_welcome",
       .title = "Chaque ligne tapée est envoyée, chaque réponse est montrée, puis l'invite revient",
       .hint = "Pour chaque ligne tapée, quelle qu'elle soit : l'envoyer avec son \\n, lire une "
               "réponse, la montrer, redemander.")
{
    struct peer *server;
    struct program *client = start_dialogue(&server);
    converse(client, server, "bonjour");
    converse(client, server, "ça va ?");
    converse(client, server, "END");
    program_expect_text(client, PROMPT);
    program_expect_no_more_output(client);
    program_type(client, "un\ndeux\n");
    peer_expect_line(server, "un");
    refuse_early_line(client, server);
    peer_send(server, REPLY "un\n");
    lesson_ask("Une réponse est venue, et une seule était attendue. Deux lignes avaient été tapées "
               "d'avance : ce qu'une lecture en a pris de plus que la première est-il gardé ?");
    peer_expect_line(server, "deux");
}

// Une attente bornée peut ne l'être que d'une famille d'adresses.
static void expect_patience_towards(const char *host)
{
    struct peer *server;
    struct program *client = start_client_of(host, &server);
    if (client == NULL)
        return;
    program_expect_patience(client, server);
    peer_send(server, WELCOME "\n");
    program_expect_line(client, WELCOME);
    program_expect_patience(client, server);
    say(client, server, "bonjour");
    program_expect_patience(client, server);
    peer_send(server, REPLY "bonjour\n");
    program_expect_line(client, REPLY "bonjour");
}

LESSON(client_waits_for_slow_reply, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_dialogues", .defects = "D52",
       .title = "Un accueil, une réponse qui tardent : le client les attend, en dormant",
       .hint = "Un serveur lent n'est pas un serveur parti : quel appel attend sa ligne, et "
               "jusqu'à quand ?")
{
    program_inject(LONG_SILENCE);
    expect_patience_towards("127.0.0.1");
    if (network_has_ipv6())
        expect_patience_towards("::1");
}

LESSON(
    client_ends_with_input, .step = 3, .points = 0.25, .programs = "client",
    .needs = "client_dialogues", .defects = "D54",
    .title = "À la fin de l'entrée, le client ferme et finit avec le code 0",
    .hint = "La fin de l'entrée n'est pas une erreur, et le client n'attend plus rien du serveur.")
{
    struct peer *server;
    struct program *client = start_dialogue(&server);
    converse(client, server, "bonjour");
    program_expect_text(client, PROMPT);
    program_end_input(client);
    peer_expect_gone(server);
    program_expect_exit(client, 0);
    program_expect_at_most_newline(client);
}

LESSON(client_default_address, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_connects", .title = "Sans argument, le client va à 127.0.0.1:1233",
       .hint = "Les valeurs par défaut de ce lab sont 127.0.0.1 et 1233.")
{
    struct listener *listener = listener_open_on("127.0.0.1", default_port());
    START("client");
    listener_accept(listener, "serveur du juge");
}

LESSON(
    client_tries_each_address, .step = 3, .points = 0.25, .programs = "client",
    .needs = "client_connects", .defects = "D50",
    .title = "Une adresse IPv6 ; un nom à deux adresses dont la première refuse",
    .hint = "Un nom peut avoir plusieurs adresses : que fait le client quand la première refuse ?")
{
    require_two_addresses();
    static const char *const places[][2] = {
        {"::1", "::1"}, {"::1", "localhost"}, {"127.0.0.1", "localhost"}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct listener *listener = listener_open(places[i][0]);
        START("client", places[i][1], test_port());
        struct peer *server = listener_accept(listener, "serveur du juge");
        peer_reset(server);
        listener_close(listener);
    }
    struct program *client;
    start_client_without_first_family(&client);
    start_client_without_first_route(&client);
}

LESSON(client_refuses_bad_arguments, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_connects",
       .title = "Un port mal écrit, ou un argument de trop, est refusé : code 2 et un message",
       .hint = "Un port est un entier décimal de 1 à 65535 et rien d'autre, et il y a au plus deux "
               "arguments.")
{
    EXPECT_USAGE_REFUSED("client", "127.0.0.1", "abc");
    for (const char *const *port = bad_ports(); *port != NULL; port++)
        EXPECT_USAGE_REFUSED("client", "127.0.0.1", *port);
    EXPECT_USAGE_REFUSED("client", "127.0.0.1", test_port(), "trop");
}

LESSON(client_reports_refusal, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_connects", .defects = "D50",
       .title = "Personne n'écoute : une ligne sur stderr, code 1, aucune invite",
       .hint = "Sans connexion, il n'y a ni accueil à lire ni question à poser.")
{
    struct program *client = START("client", "127.0.0.1", test_port());
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "127.0.0.1", test_port(), "Connection refused");
    program_expect_no_more_output(client);
    client = START("client", "nom..inconnu", test_port());
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "nom..inconnu");
    program_expect_resolver_reason(client);
    program_expect_no_more_output(client);
    if (network_has_ipv6()) {
        client = START("client", "::1", test_port());
        program_expect_exit(client, 1);
        program_expect_error(client, "client", "[::1]", test_port(), "Connection refused");
    }
    // Deux adresses refusent : une seule ligne quand même.
    client = START("client", "localhost", test_port());
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "localhost", test_port(), "Connection refused");
    program_expect_no_more_output(client);
    expect_last_refusal_told();
}

LESSON(
    client_frames_lines, .step = 3, .points = 0.25, .programs = "client",
    .needs = "client_dialogues", .defects = "D52",
    .title = "Un accueil en morceaux, ou arrivé avec une réponse, reste une ligne",
    .hint =
        "Un recv ne rend ni une ligne, ni une seule : qu'y a-t-il après le premier \\n, et avant ?")
{
    struct peer *server;
    program_inject(LONG_SILENCE);
    struct program *client = start_tcp_client(&server);
    peer_send_byte_by_byte(server, "welcome to the serv");
    program_expect_no_more_output(client);
    program_expect_patience(client, server);
    peer_send(server, "er\nréponse d'avance\n");
    program_expect_line(client, WELCOME);
    say(client, server, "un");
    lesson_ask("Cette réponse est arrivée avec l'accueil : ce qu'une lecture a pris de plus qu'une "
               "ligne est-il gardé entre deux lignes ?");
    program_expect_line(client, "réponse d'avance");
    say(client, server, "deux");
    peer_send_byte_by_byte(server, "réponse en mor");
    program_expect_patience(client, server);
    peer_send(server, "ceaux\n");
    program_expect_line(client, "réponse en morceaux");
    say(client, server, "trois");
    peer_send(server, "dernière réponse, sans fin de ligne");
    peer_half_close(server);
    program_expect_line(client, "dernière réponse, sans fin de ligne");
}

LESSON(
    client_takes_longest_reply, .step = 3, .points = 0.125, .programs = "client",
    .needs = "client_dialogues", .defects = "D51",
    .title =
        "Une réponse de 65 553 octets est montrée entière ; une ligne tapée trop longue : code 1",
    .hint = "La réponse est plus longue que la ligne envoyée : tout doit être lu, jusqu'à son \\n, "
            "avant de redemander.")
{
    struct peer *server;
    struct program *client = start_dialogue(&server);
    char *line = letters(5000);
    converse(client, server, line);
    converse(client, server, "courte");
    free(line);
    line = letters(65536);
    say(client, server, line);
    // Tout est lu, et il n'y manque que sa fin : une réponse pleine n'est pas encore une réponse trop longue.
    peer_send(server, REPLY);
    peer_send(server, line);
    peer_wait_until_read(server);
    peer_send_while_open(server, "\n", 1);
    program_expect_line(client, REPLY "%s", line);
    converse(client, server, "courte encore");
    // Un octet de plus n'est plus une ligne.
    lesson_ask(
        "Une ligne tapée de 65 537 octets est trop longue : le client le dit et finit avec le "
        "code 1. Ce n'est pas la fin de l'entrée.");
    program_expect_text(client, PROMPT);
    program_type(client, long_line(65537));
    program_expect_exit(client, 1);
    program_expect_error(client, "client");
}

LESSON(client_has_no_memory_error, .step = 3, .points = 0.125, .programs = "client",
       .sanitizers = "address", .needs = "client_takes_longest_reply", .defects = "D51",
       .title = "Client : aucun débordement, AddressSanitizer n'a rien à dire",
       .hint = "La plus longue ligne emplit sa place jusqu'au dernier octet : qu'écrit-on encore "
               "après lui ?")
{
    expect_no_client_overflow(WELCOME "\n", strlen(REPLY));
}

static void expect_bytes_sent(struct program *client, struct peer *server)
{
    program_expect_text(client, PROMPT);
    program_type_bytes(client, "a\0b\xFF\r\n", 6);
    peer_expect_bytes(server, "a\0b\xFF\r\n", 6);
    peer_send(server, "reçu\n");
    program_expect_line(client, "reçu");
}

LESSON(
    client_sends_empty_line, .step = 3, .points = 0.25, .programs = "client",
    .needs = "client_dialogues", .defects = "D53",
    .title = "Une ligne vide est un message, un octet nul aussi ; la dernière peut finir sans \\n",
    .hint =
        "Une ligne vide est un message d'un octet, son \\n. Une dernière ligne sans \\n en "
        "est un aussi. Ce qui est tapé part tel quel, octet nul compris : longueurs, pas chaînes.")
{
    struct peer *server;
    struct program *client = start_dialogue(&server);
    converse(client, server, "");
    converse(client, server, "suite");
    expect_bytes_sent(client, server);
    program_expect_text(client, PROMPT);
    program_type(client, "dernière, sans fin de ligne");
    program_end_input(client);
    peer_expect_line(server, "dernière, sans fin de ligne");
    peer_send(server, "réponse\n");
    program_expect_line(client, "réponse");
    program_expect_exit(client, 0);
}

// Le client peut s'en apercevoir aussitôt, ou à la ligne suivante ; d'ici là, il n'a rien à montrer.
static void expect_complaint(struct program *client)
{
    program_type(client, "bonjour\n");
    program_expect_exit(client, 1);
    expect_departure_told(client);
    if (client->out.bytes == NULL)
        return;
    while (strncmp(client->out.bytes + client->out.consumed, PROMPT, strlen(PROMPT)) == 0)
        client->out.consumed += strlen(PROMPT);
    program_expect_at_most_newline(client);
}

static struct program *start_beside(struct listener *listener, const char *name,
                                    struct peer **server)
{
    struct program *client = START("client", "127.0.0.1", other_port());
    *server = listener_accept(listener, name);
    peer_send(*server, WELCOME "\n");
    program_expect_line(client, WELCOME);
    program_expect_text(client, PROMPT);
    return client;
}

LESSON(client_reports_departed_server, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_dialogues", .defects = "D55",
       .title = "Le serveur ferme ou coupe, après l'accueil ou avant : un message, code 1",
       .hint = "Le serveur parti, il ne viendra plus de réponse : le client le dit sur stderr et "
               "finit avec le code 1.")
{
    struct peer *server;
    struct program *client = start_dialogue(&server);
    program_expect_text(client, PROMPT);
    peer_close(server);
    expect_complaint(client);

    struct listener *listener = listener_open_on("127.0.0.1", other_port());
    client = START("client", "127.0.0.1", other_port());
    server = listener_accept(listener, "serveur complet");
    peer_send(server, SERVER_FULL "\n");
    peer_close(server);
    program_expect_line(client, SERVER_FULL);
    expect_complaint(client);

    client = start_beside(listener, "serveur brutal", &server);
    peer_reset(server);
    expect_complaint(client);

    // Fini, puis coupé : le premier envoi échoue déjà, et SIGPIPE menace.
    client = start_beside(listener, "serveur parti en deux temps", &server);
    peer_half_close(server);
    peer_reset(server);
    expect_complaint(client);

    client = START("client", "127.0.0.1", other_port());
    server = listener_accept(listener, "serveur sans accueil");
    peer_close(server);
    expect_complaint(client);
}

LESSON(client_survives_short_calls, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_dialogues", .defects = "D56",
       .title = "Envois et lectures partiels, appels interrompus : le dialogue n'en est pas changé",
       .hint = "send et recv peuvent ne traiter qu'une partie des octets, ou être interrompus "
               "(EINTR) avant d'avoir rien fait ; connect, interrompu, continue sans le programme.")
{
    struct peer *server;
    program_inject("short=1,eintr=2,connect=1");
    struct program *client = start_dialogue(&server);
    converse(client, server, "une ligne envoyée octet par octet");
    program_signal(client, SIGSTOP);
    program_signal(client, SIGCONT);
    converse(client, server, "et une autre");
}

LESSON(client_shows_bytes_safely, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_dialogues", .defects = "D51",
       .title = "Les octets de contrôle sont montrés échappés ; une réponse sans fin : code 1",
       .hint = "Un terminal obéit à certains octets : voir dans le contrat comment se montre ce "
               "qui vient du réseau.")
{
    const size_t endless = 1 << 20;
    struct peer *server;
    struct program *client = start_dialogue(&server);
    say(client, server, "bonjour");
    peer_send_bytes(server, "\x1b[31mrouge\0fin\xFF é\r\n", 20);
    program_expect_line(client, "\\x1B[31mrouge\\x00fin\\xFF é\\x0D");
    say(client, server, "de nouveau");
    peer_send(server, DISGUISED_BYTES "\n");
    program_expect_line(client, DISGUISED_SHOWN);
    say(client, server, "encore");
    peer_send_while_open(server, letters(endless), endless);
    program_expect_exit(client, 1);
    program_expect_error(client, "client");
}
