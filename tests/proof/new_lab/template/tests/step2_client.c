// Étape 2 : client montre ce que dit le serveur, et dit ce qui ne va pas.
#include "judge.h"

#include <string.h>

/** Le serveur dit ces deux morceaux, puis ferme : c'est cette ligne que le programme montre. */
static void expect_shown(struct listener *listener, const char *start, const char *end,
                         const char *shown)
{
    struct program *program = START("client", "127.0.0.1", test_port());
    struct peer *server = listener_accept(listener, "serveur du juge");
    peer_send(server, start);
    peer_wait_until_read(server);
    peer_send(server, end);
    peer_close(server);
    program_expect_line(program, "%s", shown);
    program_expect_exit(program, 0);
}

LESSON(client_shows_message, .step = 2, .points = 5, .programs = "client",
       .title = "client montre ce que dit le serveur, jusqu'à ce qu'il ferme",
       .hint = "Un message peut arriver en plusieurs morceaux : seule la fin de flux dit qu'il est "
               "entier.")
{
    struct listener *listener = listener_open("127.0.0.1");
    expect_shown(listener, "bon", "soir\n", "bonsoir");
    expect_shown(listener, "", "", "");
    char longest[257] = "";
    memset(longest, 'x', sizeof longest - 1);
    expect_shown(listener, longest, "", longest);
}

LESSON(
    client_reports_errors, .step = 2, .points = 5, .programs = "client",
    .needs = "client_shows_message",
    .title = "client refuse un port mal écrit : code 2 ; personne n'écoute : code 1, et pourquoi",
    .hint = "Chaque appel qui échoue rend un code d'erreur : que devient-il jusqu'à main ?")
{
    struct program *program = START("client", "127.0.0.1", "8000x");
    program_expect_exit(program, 2);
    program_expect_some_error(program);
    program = START("client", "nom..inconnu", test_port());
    program_expect_exit(program, 1);
    program_expect_error(program, "client", "nom..inconnu");
    program = START("client", "127.0.0.1", test_port());
    program_expect_exit(program, 1);
    program_expect_error(program, "client", "127.0.0.1", test_port(), "Connection refused");
}
