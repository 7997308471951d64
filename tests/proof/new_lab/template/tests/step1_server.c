// Étape 1 : le serveur salue chaque client, et dit ce qui ne va pas.
#include "judge.h"

#include <signal.h>

/** Un client arrive : il est salué, puis laissé. */
static void expect_greeting(const char *name)
{
    struct peer *client = peer_connect(name);
    peer_expect_line(client, "bonjour");
    peer_expect_end(client);
}

LESSON(server_greets, .step = 1, .points = 5, .programs = "server",
       .title = "Chaque client reçoit « bonjour », puis la fin de flux",
       .hint = "Chaque client est accepté, salué, puis fermé ; le serveur revient attendre le "
               "suivant.")
{
    struct program *server = start_server();
    program_expect_line(server, "waiting for clients");
    expect_greeting("premier client");
    expect_greeting("second client");
    program_signal(server, SIGTERM);
    program_expect_exit(server, 0);
}

LESSON(server_reports_errors, .step = 1, .points = 5, .programs = "server",
       .needs = "server_greets",
       .title = "Un port mal écrit : code 2 ; un nom inconnu, un port pris : code 1, et pourquoi",
       .hint = "Chaque appel qui échoue rend un code d'erreur : que devient-il jusqu'à main ?")
{
    struct program *server = START("server", "127.0.0.1", "8000x");
    program_expect_exit(server, 2);
    program_expect_some_error(server);
    server = START("server", "nom..inconnu", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "nom..inconnu");
    listener_open("127.0.0.1");
    server = START("server", "127.0.0.1", test_port());
    program_expect_exit(server, 1);
    program_expect_error(server, "server", "127.0.0.1", test_port(), "Address already in use");
}
