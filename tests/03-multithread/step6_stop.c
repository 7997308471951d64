// Étape 6 : l'arrêt en ordre, avec ou sans clients.
#include "multithread.h"
#include "stops.h"
#include "stuck.h"
#include "witnesses.h"

#include <signal.h>

#define SILENT 30
#define UNFINISHED 10
#define TALKERS 8
#define LINES 200
#define ARRIVALS 50
#define WITNESSES 12

LESSON(server_stops_while_waiting, .step = 6, .points = 0.5, .programs = "server",
       .needs = "server_replies", .defects = "D43",
       .title = "SIGTERM ou SIGINT sans client : arrêt en ordre, code 0",
       .hint = "Qui attend le signal, et que fait alors le programme de ses sockets ?")
{
    struct program *server = start_server();
    program_wait_until_asleep(server);
    program_signal(server, SIGINT);
    program_expect_exit(server, 0);
    server = START("server", "127.0.0.1", other_port());
    server_expect_listening(server, other_port());
    struct peer *client = peer_connect_to("client", "127.0.0.1", other_port());
    peer_expect_line(client, WELCOME);
    exchange(client, "bonjour");
    peer_half_close(client);
    peer_expect_end(client);
    peer_close(client);
    program_wait_until_asleep(server);
    program_signal(server, SIGTERM);
    program_expect_exit(server, 0);
}

LESSON(server_stops_while_serving, .step = 6, .points = 0.5, .programs = "server",
       .needs = "server_replies", .defects = "D43",
       .title = "SIGTERM avec un client au milieu d'une ligne : arrêt en ordre, code 0",
       .hint = "Qu'est-ce qui réveille un thread arrêté dans recv, et de quoi a-t-il besoin pour "
               "finir : un verrou, que tiendrait un autre ?")
{
    struct program *server = start_server();
    struct peer *client = arrive("client");
    exchange(client, "bonjour");
    peer_send(client, "une ligne inach");
    peer_wait_until_read(client);
    program_wait_until_asleep(server);
    program_signal(server, SIGTERM);
    program_expect_exit(server, 0);
    refuse_reply_to_half_line(client);
    peer_expect_gone(client);
}

LESSON(server_stops_without_race, .step = 6, .points = 0.25, .programs = "server",
       .sanitizers = "thread", .needs = "server_stops_while_serving server_has_no_race",
       .defects = "D43",
       .title = "L'arrêt non plus n'a pas de course : ThreadSanitizer n'a toujours rien à dire",
       .hint = "Que l'arrêt touche-t-il de ce que les threads des clients touchent aussi ? Et "
               "quand sait-il qu'ils ont fini ?")
{
    static struct peer *clients[WITNESSES];
    program_inject(FRESH_DESCRIPTORS);
    struct program *server = start_sanitized_server("thread");
    gather_witnesses(clients, 0, WITNESSES);
    for (int i = 0; i < WITNESSES; i++)
        witness_exchange(clients[i], "bonjour");
    // L'ordre d'arrêt trouve des threads déjà finis, et d'autres qu'il faut réveiller. Rien ne se joue à
    // l'instant près : ce que les premiers ont touché sans que l'arrêt l'apprenne se voit toujours.
    for (int i = 0; i < WITNESSES / 2; i++)
        witness_leave(clients[i], i);
    program_wait_until_calm(server);
    program_stop_and_expect_clean_report(server);
}

LESSON(server_stops_with_fifty_clients, .step = 6, .points = 0.5, .programs = "server",
       .needs = "server_stops_while_serving", .defects = "D43",
       .title = "SIGTERM avec cinquante clients, muets, bavards ou qui ne lisent plus : code 0",
       .hint = "Certains threads sont arrêtés dans recv, d'autres dans send : tous doivent être "
               "réveillés.")
{
    static struct peer *silent[SILENT];
    static struct peer *unfinished[UNFINISHED];
    static struct peer *talkers[TALKERS];
    struct program *server = start_server();
    for (int i = 0; i < SILENT; i++)
        silent[i] = arrive("client muet %d", i + 1);
    for (int i = 0; i < UNFINISHED; i++) {
        unfinished[i] = arrive("client au milieu d'une ligne %d", i + 1);
        peer_send(unfinished[i], "une ligne inach");
    }
    for (int i = 0; i < TALKERS; i++)
        talkers[i] = arrive("client bavard %d", i + 1);
    flood(server, "client qui ne lit plus");
    flood(server, "autre client qui ne lit plus");
    exhaust_room(server);
    // Des lignes sont en route, dans les deux sens, quand le signal arrive.
    for (int i = 0; i < TALKERS; i++) {
        for (int line = 0; line < LINES; line++)
            peer_send(talkers[i], "encore une ligne\n");
    }
    program_signal(server, SIGTERM);
    program_expect_exit(server, 0);
    for (int i = 0; i < SILENT; i++)
        peer_expect_gone(silent[i]);
    for (int i = 0; i < UNFINISHED; i++)
        peer_expect_gone(unfinished[i]);
}

static struct peer *visit(struct program *server)
{
    (void)server;
    struct peer *client = peer_connect_to("client", "127.0.0.1", other_port());
    programs_wait_until_asleep();
    return client;
}

LESSON(
    server_stops_under_arrivals, .step = 6, .points = 0.25, .programs = "server",
    .needs = "server_stops_while_serving", .defects = "D43",
    .title = "SIGTERM pendant que cinquante clients arrivent, ou juste avant une attente : code 0",
    .hint =
        "Le signal et un client peuvent arriver au même instant, ou le signal juste avant que le "
        "programme se remette à attendre : il ne doit pas se perdre.")
{
    struct program *server = start_server();
    arrive("premier client");
    // Suspendu, il trouvera à son réveil le signal et une file d'attente pleine.
    program_signal(server, SIGSTOP);
    for (int i = 0; i < ARRIVALS; i++)
        knock("client %d", i + 1);
    program_signal(server, SIGTERM);
    program_signal(server, SIGCONT);
    program_expect_exit(server, 0);
    expect_stop_at_any_moment(visit);
}
