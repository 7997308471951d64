// Étape 5 : le serveur tient, quoi que fassent ses clients, et s'arrête quand on le lui demande.
#include "judge.h"
#include "letters.h"
#include "repetition.h"
#include "stops.h"
#include "stuck.h"
#include "transcript.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define BURST 200
#define MOST_LINES 30000
#define FEWEST_LINES 12000
#define LINES_AHEAD 2000
#define LONGEST_LINE 65536
#define BRIEF_VISITS 5

/** Ce que quarante clients peuvent laisser sans que ce soit la mémoire d'un client chaque fois. */
#define MEMORY_SLACK_KIB 640

static void expect_service(const char *name)
{
    struct peer *client = peer_connect(name);
    programs_wait_until_asleep();
    peer_send(client, "bonjour\n");
    peer_expect_line(client, "Hey client");
    peer_send(client, "END\n");
    peer_expect_gone(client);
    peer_close(client);
}

LESSON(server_survives_reset, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_serves_next_client", .defects = "D13",
       .title = "Un client qui coupe net au milieu d'une ligne n'arrête que sa connexion",
       .hint = "Une erreur sur une connexion ne regarde que cette connexion.")
{
    struct program *server = start_server();
    expect_service("premier client");
    struct peer *client = peer_connect("client brutal");
    peer_send(client, "bonjour\nune ligne inach");
    peer_expect_line(client, "Hey client");
    peer_wait_until_read(client);
    peer_reset(client);
    programs_wait_until_asleep();
    program_expect_alive(server);
    program_expect_error(server, "server", client->address, "Connection reset by peer");
    expect_service("client suivant");
}

// Un programme qui écrit par un FILE n'est pas mis à l'épreuve : il a répondu, et ne doit rien dire.
static void expect_told_loss(struct program *server, struct peer *client)
{
    programs_wait_until_asleep();
    if (!program_has_mark(server, "lost"))
        return;
    peer_expect_gone(client);
    program_expect_error(server, "server", client->address, "Connection reset by peer");
}

LESSON(
    server_survives_departure, .step = 5, .points = 0.25, .programs = "server",
    .needs = "server_serves_next_client server_splits_lines", .defects = "D12 D19",
    .title =
        "Un client parti sans lire ses réponses ne tue pas le serveur, ni ne l'occupe : il le dit",
    .hint = "Une erreur sur une connexion, à l'envoi aussi, ne regarde que cette connexion ; une "
            "ligne sur stderr la dit, et un socket mort ne revit pas.")
{
    program_inject("lost=1");
    struct program *server = START("server", "127.0.0.1", other_port());
    server_expect_listening(server, other_port());
    struct peer *lost = peer_connect_to("client perdu", "127.0.0.1", other_port());
    peer_send(lost, "bonjour\n");
    expect_told_loss(server, lost);
    program_expect_alive(server);

    program_inject(NULL);
    server = start_server();
    struct peer *waiting = peer_connect("client patient");
    peer_send(waiting, "un\n");
    peer_expect_line(waiting, "Hey client");
    // Pendant que le serveur est occupé, un client envoie cent lignes et disparaît : chaque réponse
    // sera écrite à quelqu'un qui n'est plus là.
    struct peer *gone = peer_connect("client pressé");
    // Un serveur qui ne garde pas ses clients l'a peut-être déjà quitté : un autre test le dit.
    for (int i = 0; i < 100; i++)
        peer_send_while_open(gone, "vite\n", 5);
    // Toutes sont là avant que le serveur en lise une : ce qu'il en fait ne dépend pas de l'instant.
    peer_wait_until_delivered(gone);
    peer_close(gone);
    peer_send_while_open(waiting, "END\n", 4);
    peer_expect_gone(waiting);
    peer_close(waiting);
    programs_wait_until_asleep();
    program_expect_alive(server);
    expect_service("client suivant");
}

LESSON(server_limits_line, .step = 5, .points = 0.125, .programs = "server",
       .needs = "server_serves_next_client", .defects = "D21",
       .title = "Un octet de trop, une ligne sans fin : message, connexion fermée, suivant servi",
       .hint = "Une ligne n'a pas toujours de fin : passé 65 536 octets, le contrat écarte ce "
               "client, et le dit.")
{
    static const int too_long[] = {EMSGSIZE, EOVERFLOW, ENOBUFS, E2BIG, EFBIG, ERANGE, -1};
    const size_t length = 1 << 20;
    struct program *server = start_server();
    struct peer *client = peer_connect("client bavard");
    peer_send_while_open(client, long_line(LONGEST_LINE + 1), LONGEST_LINE + 2);
    peer_expect_gone(client);
    peer_close(client);
    program_expect_error(server, "server", client->address);
    program_expect_no_other_reason(server, too_long);
    client = peer_connect("client sans fin");
    peer_send_while_open(client, long_line(length), length);
    peer_expect_gone(client);
    peer_close(client);
    expect_service("client suivant");
}

LESSON(server_accepts_longest_line, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_shows_line", .defects = "D21",
       .title = "Une ligne de 65 536 octets est encore une ligne",
       .hint = "65 536 octets, plus le \\n : la place prévue suffit-elle partout où la ligne "
               "passe ?")
{
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    program_expect_line(server, "server waiting...");
    program_expect_line(server, "client connected from %s", client->address);
    char *line = long_line(LONGEST_LINE);
    // Tout est lu, et il n'y manque que sa fin : une ligne pleine n'est pas encore une ligne trop longue.
    peer_send_bytes(client, line, LONGEST_LINE);
    peer_wait_until_read(client);
    // S'il l'a déjà écartée, c'est à la réponse qui manque que cela se lit.
    peer_send_while_open(client, "\n", 1);
    peer_expect_line(client, "Hey client");
    program_expect_line(server, "received from client: %.65536s", line);
    peer_send(client, "et une courte\n");
    peer_expect_line(client, "Hey client");
}

// D'un client qui en attend un autre, tout est arrivé : chaque lecture a de quoi emplir la place qu'on lui donne.
static void send_lines_ahead(struct peer *before)
{
    static const char line[] = "une ligne comme une autre, venue avec les suivantes\n";
    const size_t length = sizeof line - 1;
    char *lines = letters(LINES_AHEAD * length);
    for (size_t i = 0; i < LINES_AHEAD; i++)
        memcpy(lines + i * length, line, length);
    struct peer *client = peer_connect("client en avance");
    peer_send_while_open(client, lines, LINES_AHEAD * length);
    free(lines);
    peer_half_close(client);
    peer_half_close(before);
}

static bool has_left(void *client)
{
    const struct peer *peer = client;
    return peer->ended || peer->error != 0;
}

// Trop peu pour que la place occupée le montre : c'est la mémoire perdue que l'on cherche.
static void expect_nothing_kept(struct program *server)
{
    for (int i = 0; i < BRIEF_VISITS; i++) {
        struct peer *visitor = peer_connect("client de passage");
        peer_send_while_open(visitor, "bonjour\nEND\n", strlen("bonjour\nEND\n"));
        peer_half_close(visitor);
        pump_until(has_left, visitor, 20);
        peer_close(visitor);
    }
    program_expect_no_repeated_leak(server, BRIEF_VISITS);
}

LESSON(server_has_no_memory_error, .step = 5, .points = 0.125, .programs = "server",
       .sanitizers = "address", .needs = "server_limits_line server_accepts_longest_line",
       .defects = "D21",
       .title =
           "Serveur : ni débordement, ni mémoire perdue à chaque client : AddressSanitizer se tait",
       .hint = "La plus longue ligne emplit sa place jusqu'au dernier octet : qu'écrit-on encore "
               "après lui ?")
{
    const size_t endless = 1 << 20;
    struct program *server = start_sanitized_server("address");
    struct peer *client = peer_connect("client aux longues lignes");
    peer_send(client, long_line(LONGEST_LINE));
    peer_expect_line(client, "Hey client");
    peer_send(client, letters(LONGEST_LINE));
    send_lines_ahead(client);
    struct peer *talker = peer_connect("client bavard");
    peer_send_while_open(talker, letters(endless), endless);
    // Ce qu'il en répond est l'affaire d'autres tests.
    program_expect_no_overflow(server);
    peer_reset(talker);
    expect_nothing_kept(server);
}

LESSON(server_survives_short_calls, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_ends_on_end_line", .defects = "D11 D20",
       .title = "Envois et lectures partiels, appels interrompus : le dialogue n'en est pas changé",
       .hint = "Ici chaque envoi et chaque lecture ne porte que sur un octet, et un appel sur "
               "deux est interrompu (EINTR) : ce que rend chaque appel est-il regardé ?")
{
    program_inject("short=1,eintr=2");
    struct program *server = start_server();
    for (int i = 0; i < 3; i++)
        expect_service("client");
    program_expect_alive(server);
    programs_wait_until_asleep();
    refuse_repetition(server, "server waiting...");
}

LESSON(server_survives_failing_accept, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_serves_next_client", .defects = "D12",
       .title = "Un accept qui échoue en passant (ECONNABORTED, EMFILE) n'arrête pas le serveur",
       .hint = "Toutes les erreurs d'accept ne condamnent pas le socket d'écoute : man 2 accept, "
               "ERRORS.")
{
    program_inject("accept=4");
    struct program *server = start_server();
    expect_service("client");
    expect_service("client suivant");
    program_expect_alive(server);

    // Un manque qui dure : le client attend dans la file, et accept échouerait aussitôt, sans fin.
    program_inject(NULL);
    server = START("server", "127.0.0.1", other_port());
    server_expect_listening(server, other_port());
    programs_wait_until_asleep();
    program_limit_descriptors(server, 0);
    // L'appel accept qui attendait déjà a pu réserver son descripteur : c'est le suivant qui échouera.
    struct peer *first = peer_connect_to("client", "127.0.0.1", other_port());
    programs_wait_until_asleep();
    peer_connect_to("client qui attend", "127.0.0.1", other_port());
    peer_close(first);
    program_expect_calm(server, "à qui il ne reste plus un descripteur");
}

LESSON(server_survives_stop_and_continue, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_replies_to_each_line", .defects = "D20",
       .title = "Suspendu puis repris (Ctrl-Z, fg), le serveur continue où il en était",
       .hint = "À la reprise, un appel qui attendait peut rendre EINTR : ce n'est pas une erreur "
               "de la connexion.")
{
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "avant\n");
    peer_expect_line(client, "Hey client");
    programs_wait_until_asleep();
    program_signal(server, SIGSTOP);
    peer_send(client, "pendant\n");
    program_signal(server, SIGCONT);
    peer_expect_line(client, "Hey client");
    peer_send(client, "après\n");
    peer_expect_line(client, "Hey client");
}

LESSON(server_stops_while_waiting, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_serves_next_client", .defects = "D16",
       .title = "SIGTERM ou SIGINT sans client : arrêt en ordre, code 0",
       .hint = "Un gestionnaire de signal peut lever un drapeau ; mais qu'est-ce qui réveille "
               "l'appel où le serveur attend ?")
{
    struct program *server = start_server();
    expect_service("client");
    programs_wait_until_asleep();
    program_wait_until_asleep(server);
    program_signal(server, SIGTERM);
    program_expect_exit(server, 0);
    // Redémarré sur un autre port : savoir reprendre le même est l'affaire d'un autre test.
    server = START("server", "127.0.0.1", other_port());
    server_expect_listening(server, other_port());
    programs_wait_until_asleep();
    program_wait_until_asleep(server);
    program_signal(server, SIGINT);
    program_expect_exit(server, 0);
}

// Par poll, l'attente était celle de ce client ; par accept, c'est celle du suivant. Un client qui
// parlerait dans le premier cas tirerait le serveur du sommeil où le signal devait le trouver.
static struct peer *visit(struct program *server)
{
    struct peer *client = peer_connect_to("client", "127.0.0.1", other_port());
    programs_wait_until_asleep();
    if (stop_has_struck(server))
        return client;
    // Il finit le premier : le port du serveur ne reste pas en TIME_WAIT.
    peer_send_while_open(client, "bonjour\n", 8);
    peer_half_close(client);
    pump_until(has_left, client, 20);
    programs_wait_until_asleep();
    return client;
}

struct talk {
    const struct program *server;
    const struct peer *talker;
    size_t enough; /**< Octets de réponses qui montrent que tout est encore servi. */
};

static bool is_over_or_ignored(void *context)
{
    const struct talk *talk = context;
    return talk->server->ended || talk->talker->length >= talk->enough;
}

// Ce que le système veut bien garder pour un programme suspendu. Rend le nombre de lignes.
static size_t talk_until_full(struct peer *talker)
{
    static const char line[] = "encore une ligne\n";
    const size_t length = sizeof line - 1;
    char lines[100 * sizeof line];
    size_t bytes = 0;
    ssize_t count = 0;
    for (size_t i = 0; i < 100; i++)
        memcpy(lines + i * length, line, length);
    while (count >= 0 && bytes < MOST_LINES * length) {
        bytes += (size_t)count;
        count = send(talker->source.fd, lines + bytes % length, 99 * length,
                     MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    transcript_note(talker->name, "→", "%zu lignes d'affilée", bytes / length);
    return bytes / length;
}

// Suspendu, le serveur trouvera à son réveil le signal et bien plus de lignes qu'il n'en peut lire d'un
// coup : en servir encore les trois quarts, c'est ne s'arrêter que lorsque le client se tait.
static void expect_stop_beside_talker(void)
{
    struct program *server = START("server", "127.0.0.1", other_port());
    server_expect_listening(server, other_port());
    struct peer *talker = peer_connect_to("client bavard", "127.0.0.1", other_port());
    // Un serveur qui ne garde pas ses clients l'a peut-être déjà quitté : un autre test le dit.
    peer_send_while_open(talker, "bonjour\n", 8);
    programs_wait_until_asleep();
    program_signal(server, SIGSTOP);
    size_t lines = talk_until_full(talker);
    program_signal(server, SIGTERM);
    program_signal(server, SIGCONT);
    struct talk talk = {server, talker, lines * 3 / 4 * strlen("Hey client\n")};
    pump_until(is_over_or_ignored, &talk, 1);
    // Fini plus vite que le juge ne lisait, il a peut-être répondu à tout.
    pump_now();
    if (lines >= FEWEST_LINES && talker->length >= talk.enough)
        complain_because(
            "Entre deux lignes d'un client qui parle sans cesse, aucun appel n'attend : où le "
            "drapeau est-il consulté ?",
            "après SIGTERM, votre serveur a encore répondu à la plupart des lignes qui attendaient "
            "de "
            "« client bavard »");
    program_expect_exit(server, 0);
    // Coupée net, cette connexion ne reste pas en TIME_WAIT : le port peut resservir, même sans option.
    peer_reset(talker);
}

// Le client ne lit plus : c'est dans send que l'ordre de s'arrêter trouve le serveur.
static void expect_stop_while_sending(void)
{
    program_inject("expire=1");
    struct program *server = START("server", "127.0.0.1", other_port());
    server_expect_listening(server, other_port());
    struct peer *deaf = peer_connect_narrow("client qui ne lit plus", other_port(), NARROW_WINDOW);
    talk_until_stuck(deaf);
    lesson_ask("Le serveur attend dans send que ce client lise enfin ses réponses. L'ordre de "
               "s'arrêter doit l'en tirer lui aussi : un envoi recommencé après EINTR, sans rien "
               "regarder, attendrait toujours.");
    exhaust_room(server);
    program_signal(server, SIGTERM);
    program_expect_exit(server, 0);
    peer_reset(deaf);
    program_inject(NULL);
    lesson_ask(NULL);
}

LESSON(server_stops_while_serving, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D16",
       .title = "SIGTERM avec un client, muet ou bavard, ou juste avant une attente : code 0",
       .hint = "Un gestionnaire de signal peut lever un drapeau ; mais qu'est-ce qui réveille "
               "l'appel où le serveur attend son client ?")
{
    struct program *server = start_server();
    struct peer *silent = peer_connect("client muet");
    peer_send(silent, "bonjour\nune ligne inach");
    peer_expect_line(silent, "Hey client");
    programs_wait_until_asleep();
    program_wait_until_asleep(server);
    program_signal(server, SIGINT);
    program_expect_exit(server, 0);
    refuse_reply_to_half_line(silent);
    peer_expect_gone(silent);

    // Redémarré sur un autre port : savoir reprendre le même est l'affaire d'un autre test.
    expect_stop_beside_talker();
    expect_stop_while_sending();

    expect_stop_at_any_moment(visit);
}

LESSON(server_restarts_at_once, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_stops_while_waiting", .defects = "D14",
       .title = "Arrêté avec un client connecté, le serveur redémarre aussitôt sur le même port",
       .hint = "Un gestionnaire de signal peut lever un drapeau ; mais qu'est-ce qui réveille "
               "l'appel où le serveur attend son client ?")
{
    struct program *server = start_server();
    struct peer *client = peer_connect("client");
    peer_send(client, "bonjour\n");
    peer_expect_line(client, "Hey client");
    program_wait_until_asleep(server);
    program_signal(server, SIGTERM);
    program_expect_exit(server, 0);
    // Le serveur a fermé le premier : c'est de son côté que la connexion reste en TIME_WAIT.
    peer_expect_gone(client);
    peer_close(client);
    lesson_ask("L'ancienne connexion est encore en TIME_WAIT (ss -tan) : bind refuse alors ce "
               "port, sauf si une option du socket, demandée à temps, le permet (man 7 socket).");
    start_server();
    expect_service("client suivant");
}

LESSON(server_serves_a_burst, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_serves_next_client", .defects = "D15",
       .title = "Deux cents connexions au même instant : toutes servies, chacune à son tour")
{
    static struct peer *clients[BURST];
    start_server();
    struct peer *first = peer_connect("premier client");
    peer_send(first, "bonjour\n");
    peer_expect_line(first, "Hey client");
    // Le serveur est tenu par son premier client : toutes les autres attendent dans la file.
    for (int i = 0; i < BURST; i++) {
        char name[32];
        snprintf(name, sizeof name, "client %d", i + 1);
        clients[i] = peer_connect_begin(name);
    }
    peers_expect_established(clients, BURST);
    for (int i = 0; i < BURST; i++) {
        peer_send(clients[i], "bonjour\n");
        peer_half_close(clients[i]);
    }
    peer_send(first, "END\n");
    peer_half_close(first);
    for (int i = 0; i < BURST; i++) {
        peer_expect_line(clients[i], "Hey client");
        peer_expect_end(clients[i]);
        peer_close(clients[i]);
    }
}

// Une ligne presque aussi longue que permis : ce qui n'en est pas rendu se mesure.
static void expect_long_service(const char *name, const char *line)
{
    struct peer *client = peer_connect(name);
    peer_send(client, line);
    peer_expect_line(client, "Hey client");
    peer_send(client, "END\n");
    peer_expect_gone(client);
    peer_close(client);
}

LESSON(server_leaks_nothing, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_survives_reset server_accepts_longest_line",
       .title = "Quarante clients, polis ou brutaux, ne laissent ni descripteur ni mémoire")
{
    const size_t length = 60000;
    struct program *server = start_server();
    for (int i = 0; i < 3; i++)
        expect_long_service("premier client", long_line(length));
    struct footprint before = program_footprint(server);
    for (int i = 0; i < 20; i++) {
        expect_long_service("client poli", long_line(length));
        struct peer *rude = peer_connect("client brutal");
        peer_send(rude, "bonjour\n");
        peer_expect_line(rude, "Hey client");
        peer_reset(rude);
    }
    expect_long_service("dernier client", long_line(length));
    program_expect_children_awaited(server);
    program_expect_descriptors(server, before.descriptors);
    program_expect_memory_back(server, &before, MEMORY_SLACK_KIB, "41 clients, tous repartis");
}
