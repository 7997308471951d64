// Étape 3 : le serveur dialogue, une ligne à la fois, un client à la fois.
#include "addresses.h"
#include "disguised.h"
#include "judge.h"
#include "repetition.h"
#include "stuck.h"

#include "lesson.h"
#include "sockdiag.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

// Plus que la seconde permise.
#define FAREWELL_PATIENCE_S 2

LESSON(server_replies, .step = 3, .points = 0.5, .programs = "server", .needs = "server_listens",
       .defects = "D08", .title = "Une ligne reçoit sa réponse",
       .hint = "Après accept, tout se passe sur le descripteur qu'il a rendu : lire une ligne, "
               "puis répondre.")
{
    start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "bonjour\n");
    peer_expect_line(client, "Hey client");
}

/** La connexion d'un client, cherchée du côté du serveur. */
struct farewell {
    unsigned server_port;
    unsigned client_port;
    bool waiting; /**< Le serveur a dit sa fin de flux, et garde le socket. */
};

static bool look_at_farewell(const struct socket_view *view, void *context)
{
    struct farewell *farewell = context;
    if (view->local_port == farewell->server_port && view->remote_port == farewell->client_port &&
        view->inode != 0)
        farewell->waiting = true;
    return !farewell->waiting;
}

static bool farewell_is_over(void *context)
{
    struct farewell *farewell = context;
    farewell->waiting = false;
    sockets_visit(IPPROTO_TCP, 1u << TCP_FIN_WAIT1 | 1u << TCP_FIN_WAIT2, look_at_farewell,
                  farewell);
    return !farewell->waiting;
}

// Attendre la fin de flux du client avant de fermer est permis, une seconde au plus.
static void refuse_endless_farewell(const struct peer *client, const char *port)
{
    const char *colon = strrchr(client->address, ':');
    struct farewell farewell = {.server_port = (unsigned)atoi(port),
                                .client_port = colon != NULL ? (unsigned)atoi(colon + 1) : 0};
    pump_set_patience(FAREWELL_PATIENCE_S);
    pump_until(farewell_is_over, &farewell, 20);
    pump_set_patience(1);
    if (farewell_is_over(&farewell))
        return;
    complain_because(
        "Le serveur a fini d'envoyer (shutdown), puis attend que ce client ferme à son tour. C'est "
        "permis, mais une seconde au plus : un client qui reste ne retient pas les autres. Jusqu'à "
        "quand l'appel qui attend sa fin de flux a-t-il le droit de durer ?",
        "« %s » a dit END, a reçu la fin de flux, et reste ; le serveur l'attend, et personne "
        "n'est "
        "plus servi",
        client->name);
}

LESSON(
    server_shows_line, .step = 3, .points = 0.25, .programs = "server",
    .needs = "server_replies server_announces_client", .defects = "D18",
    .title = "Chaque ligne reçue est montrée",
    .hint = "Le contrat énumère les lignes de stdout, dans leur ordre : rien d'autre n'y paraît.")
{
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "bonjour\n");
    program_expect_line(server, "server waiting...");
    program_expect_line(server, "client connected from %s", client->address);
    program_expect_line(server, "received from client: bonjour");
}

LESSON(server_replies_to_each_line, .step = 3, .points = 0.25, .programs = "server",
       .needs = "server_replies", .title = "Chaque ligne a sa réponse, dans un dialogue suivi",
       .hint = "Un même client envoie plusieurs lignes, et chacune a une réponse, ni plus ni "
               "moins : où le programme revient-il après avoir répondu ?")
{
    start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "un\n");
    peer_expect_line(client, "Hey client");
    peer_send(client, "deux\n");
    peer_expect_line(client, "Hey client");
    peer_send(client, "trois\n");
    peer_expect_line(client, "Hey client");
    peer_expect_nothing_more(client);
}

LESSON(server_ends_on_end_line, .step = 3, .points = 0.5, .programs = "server",
       .needs = "server_replies server_announces_client",
       .title = "La ligne END est montrée, n'a pas de réponse, et ferme la connexion",
       .hint = "La ligne rendue par read_line n'a plus son \\n ; END est montré, n'a pas de "
               "réponse, et le socket de ce client est rendu au système.")
{
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "END\n");
    peer_expect_gone(client);
    peer_close(client);
    program_expect_line(server, "server waiting...");
    program_expect_line(server, "client connected from %s", client->address);
    program_expect_line(server, "received from client: END");
    program_expect_line(server, "server waiting...");
}

LESSON(server_ends_on_end_of_stream, .step = 3, .points = 0.25, .programs = "server",
       .needs = "server_replies",
       .title = "La fin de flux ferme la connexion, sans réponse de trop",
       .hint = "Une fin de flux n'est pas une ligne vide : la valeur rendue par read_line les "
               "distingue.")
{
    start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "bonjour\n");
    peer_expect_line(client, "Hey client");
    peer_half_close(client);
    peer_expect_end(client);
}

LESSON(server_serves_next_client, .step = 3, .points = 0.5, .programs = "server",
       .needs = "server_replies", .defects = "D08",
       .title = "Après un client, le suivant est servi",
       .hint = "Quand un client a fini, le serveur revient attendre le suivant.")
{
    struct program *server = start_server();
    struct peer *first = peer_connect("client 1");
    peer_send(first, "un\n");
    peer_expect_line(first, "Hey client");
    peer_close(first);
    programs_wait_until_asleep();
    program_expect_alive(server);
    struct peer *second = peer_connect("client 2");
    peer_send(second, "deux\n");
    peer_expect_line(second, "Hey client");
}

// Une attente bornée peut ne l'être que d'une famille d'adresses.
static void expect_patience_of(struct program *server, const char *host, const char *port)
{
    program_expect_patience(server, NULL);
    server_expect_listening(server, port);
    refuse_repetition(server, "server waiting...");
    struct peer *client = peer_connect_to("client", host, port);
    program_expect_patience(server, client);
    peer_send(client, "bonjour\n");
    peer_expect_line(client, "Hey client");
    program_expect_patience(server, client);
    peer_send(client, "encore\n");
    peer_expect_line(client, "Hey client");
    peer_half_close(client);
    peer_expect_gone(client);
}

LESSON(server_knows_end_exactly, .step = 3, .points = 0.25, .programs = "server",
       .needs = "server_replies_to_each_line", .defects = "D09",
       .title = "Seule la ligne END ferme : ni END suivi d'une espace ou d'un \\r, ni ENDE, ni "
                "end, ni la ligne vide",
       .hint = "END est une ligne de trois octets, ni plus ni moins ; toute autre ligne, même "
               "vide, a sa réponse.")
{
    start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "ENDE\n");
    peer_expect_line(client, "Hey client");
    peer_send(client, "END \n");
    peer_expect_line(client, "Hey client");
    peer_send(client, "end\n");
    peer_expect_line(client, "Hey client");
    peer_send(client, "END\r\n");
    peer_expect_line(client, "Hey client");
    peer_send(client, "E\n");
    peer_expect_line(client, "Hey client");
    peer_send_bytes(client, "END\0\n", 5);
    peer_expect_line(client, "Hey client");
    peer_send(client, "\n");
    peer_expect_line(client, "Hey client");
}

LESSON(
    server_waits_in_silence, .step = 3, .points = 0.25, .programs = "server",
    .needs = "server_replies", .defects = "D08",
    .title = "Un client qui se tait, même longtemps, n'est pas quitté ; le serveur dort",
    .hint = "Un client qui se tait est encore là : quel appel attend sa ligne, et jusqu'à quand ?")
{
    expect_silence_borne(expect_patience_of, NULL);
}

LESSON(server_serves_one_at_a_time, .step = 3, .points = 0.25, .programs = "server",
       .needs = "server_serves_next_client server_ends_on_end_of_stream",
       .title = "Un second client attend que le premier ait fini",
       .hint = "Le contrat veut un client après l'autre : le suivant attend dans la file du "
               "système.")
{
    start_server();
    struct peer *first = peer_connect("client 1");
    peer_send(first, "un\n");
    peer_expect_line(first, "Hey client");
    struct peer *second = peer_connect("client 2");
    peer_send(second, "deux\n");
    peer_send(first, "encore un\n");
    peer_expect_line(first, "Hey client");
    peer_expect_nothing_more(second);
    peer_half_close(first);
    peer_expect_gone(first);
    peer_expect_line(second, "Hey client");
}

static void expect_end_is_the_end(struct peer *client, const char *host, const char *port)
{
    peer_send(client, "salut\nEND\nceci est ignoré\n");
    peer_expect_line(client, "Hey client");
    peer_expect_gone(client);
    // Ce qui restait du premier, qui reste là, ne doit rien valoir au suivant.
    struct peer *next = peer_connect_to("client suivant", host, port);
    refuse_endless_farewell(client, port);
    peer_expect_nothing_more(next);
    peer_send(next, "bonjour\n");
    peer_expect_line(next, "Hey client");
    peer_expect_nothing_more(next);
}

// De « deux », venu en deux fois, le début était lu avec la ligne d'avant.
static void refuse_forgotten_start(struct program *server)
{
    static const char end_alone[] = "received from client: x\n";
    const size_t length = sizeof end_alone - 1;
    programs_wait_until_asleep();
    pump_now();
    const struct output *out = &server->out;
    if (out->length < length || memcmp(out->bytes + out->length - length, end_alone, length) != 0)
        return;
    complain_because(
        "Une lecture peut rapporter une ligne et le début de la suivante : ce début est à garder "
        "jusqu'à ce que le reste arrive. Ce qui le retient (le lecteur, son tampon, ses deux "
        "positions) se perd entre deux lignes : où est-il remis à neuf ?",
        "« deux » est venu en deux fois, le début avec la ligne d'avant ; votre serveur n'en "
        "montre que la fin, « x »");
}

LESSON(server_splits_lines, .step = 3, .points = 0.25, .programs = "server",
       .needs = "server_serves_next_client server_ends_on_end_line", .defects = "D09",
       .title = "« salut » et END arrivés ensemble font deux lignes ; ce qui suit END est ignoré",
       .hint =
           "Deux lignes peuvent arriver ensemble, dans un seul recv ; et ce qui reste d'un client "
           "quand il a dit END n'est pas à celui qui le suit.")
{
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    lesson_ask(
        "Une ligne et demie sont arrivées ensemble : la première a sa réponse tout de suite, "
        "la moitié attend sa suite. C'est chaque \\n qui finit une ligne, où qu'il soit.");
    peer_send(client, "un\ndeu");
    peer_expect_line(client, "Hey client");
    peer_expect_nothing_more(client);
    peer_send(client, "x\n");
    peer_expect_line(client, "Hey client");
    refuse_forgotten_start(server);
    lesson_ask(
        "Deux lignes peuvent arriver ensemble, dans un seul recv : ce qu'une lecture a pris "
        "d'avance est-il encore là au tour suivant, ou le lecteur est-il remis à neuf ? Et ce "
        "qui reste d'un client quand il a dit END n'est pas à celui qui le suit.");
    expect_end_is_the_end(client, "127.0.0.1", test_port());
    if (start_ipv6_server(other_port()) != NULL)
        expect_end_is_the_end(peer_connect_to("client IPv6", "::1", other_port()), "::1",
                              other_port());
}

LESSON(server_joins_pieces, .step = 3, .points = 0.25, .programs = "server",
       .needs = "server_ends_on_end_line", .defects = "D09 D10",
       .title = "Une ligne arrivée en morceaux n'a qu'une réponse ; END en morceaux n'en a pas",
       .hint = "Un recv n'est pas un message : une ligne peut arriver en plusieurs fois, et n'a "
               "qu'une réponse.")
{
    program_inject(LONG_SILENCE);
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    peer_send_byte_by_byte(client, "été");
    peer_expect_nothing_more(client);
    program_expect_patience(server, client);
    peer_send(client, "\n");
    peer_expect_line(client, "Hey client");
    program_expect_line(server, "server waiting...");
    program_expect_line(server, "client connected from %s", client->address);
    program_expect_line(server, "received from client: été");
    lesson_ask(
        "END a été envoyé en deux fois, et sans \\n : la fin de flux le finit. C'est une ligne "
        "comme une autre, et elle n'a pas de réponse.");
    peer_send(client, "EN");
    peer_wait_until_read(client);
    peer_send(client, "D");
    peer_expect_nothing_more(client);
    peer_half_close(client);
    peer_expect_gone(client);
}

LESSON(server_answers_last_line, .step = 3, .points = 0.25, .programs = "server",
       .needs = "server_replies", .title = "Une dernière ligne sans \\n reçoit encore sa réponse",
       .hint = "Une dernière ligne sans \\n est encore une ligne : elle a droit à sa réponse.")
{
    start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "au revoir");
    peer_half_close(client);
    peer_expect_line(client, "Hey client");
    peer_expect_end(client);
}

LESSON(
    server_shows_bytes_safely, .step = 3, .points = 0.25, .programs = "server",
    .needs = "server_shows_line", .defects = "D10 D18 D22",
    .title = "Les octets de contrôle et l'UTF-8 invalide sont montrés échappés, le reste tel quel",
    .hint = "Un octet reçu n'est pas un caractère : le contrat dit lesquels sont montrés tels "
            "quels, et comment s'écrivent les autres.")
{
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    program_expect_line(server, "server waiting...");
    program_expect_line(server, "client connected from %s", client->address);
    peer_send(client, "ligne\r\n");
    program_expect_line(server, "received from client: ligne\\x0D");
    peer_send(client, "\x1b[2J\x7F\xC2\x9B\n");
    program_expect_line(server, "received from client: \\x1B[2J\\x7F\\xC2\\x9B");
    peer_send_bytes(client, "a\0b\xFF\xC3\n", 6);
    program_expect_line(server, "received from client: a\\x00b\\xFF\\xC3");
    peer_send(client, DISGUISED_BYTES "\n");
    program_expect_line(server, "received from client: " DISGUISED_SHOWN);
    peer_send(client, "été € 😀 \\n %s\n");
    program_expect_line(server, "received from client: été € 😀 \\n %%s");
}
