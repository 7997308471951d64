// Étape 5 : le serveur tient, quoi que fassent ses clients et quoi qu'il lui manque.
#include "letters.h"
#include "multithread.h"
#include "stuck.h"
#include "usage.h"

#include "sockdiag.h"
#include "transcript.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#define BURST 200
#define RESETS 200
#define FIRST_VISITS 200
#define VISITS 800
// Pas plus que la plus courte file d'attente que l'on rencontre : ils attendent tous ensemble.
#define DEPARTURES 5
#define TOGETHER 4
// Bien plus que les descripteurs qu'un serveur peut garder prêts : ce qu'un refus perd se voit.
#define REFUSALS 50
#define SPARE_ALLOWED 16
// Le nombre donné à -m, sous AddressSanitizer.
#define CHECKED_CLIENTS 12
#define SPARE_DESCRIPTORS 6
#define PRESSING_CLIENTS 10
#define RETRY_PATIENCE_S 3

// De quoi tenir tous les clients du test à la fois, et pas un de plus.
#define LIMIT_WITHOUT_THREADS 6

// Un serveur qui dort aussi longtemps, un client devant sa porte, attend quelqu'un d'autre.
#define REFUSAL_PATIENCE_S 0.3

// Mémoire admise en plus, en kibioctets, entre le 200e client et le 800e : le quart de ce que
// perdraient des threads dont personne ne s'occupe.
#define MEMORY_SLACK_KIB 1640

static struct program *start_limited(const char *limit)
{
    struct program *server = START("server", "-m", limit, "127.0.0.1", test_port());
    lesson_ask("« -m N » est une option, lue avant HOST et PORT (man 3 getopt).");
    server_expect_listening(server, test_port());
    lesson_ask(NULL);
    program_expect_line(server, "waiting for connection");
    return server;
}

// Pas plus que la plus courte file d'attente : ils arrivent tous ensemble.
static void expect_two_at_most(void)
{
    struct peer *clients[TOGETHER];
    int admitted = 0;
    for (int i = 0; i < TOGETHER; i++)
        clients[i] = knock("client %d, venu avec les autres", i + 1);
    for (int i = 0; i < TOGETHER; i++)
        admitted += expect_welcome_or_full(clients[i]);
    if (admitted != 2)
        complain_because(
            "Décider qu'il reste une place et la prendre sont un seul geste. Entre les "
            "deux, d'autres clients arrivent : quand chacun est-il compté, et par qui ?",
            "%d clients arrivent ensemble, il y a deux places, et %d sont accueillis", TOGETHER,
            admitted);
}

// Les refusés se taisent et restent : le suivant a son refus, ou sa place, sans les attendre.
static void expect_prompt_refusals(void)
{
    struct peer *excess[TOGETHER];
    for (int i = 0; i < TOGETHER; i++)
        excess[i] = knock("client de trop %d, qui reste", i + 1);
    pump_set_patience(REFUSAL_PATIENCE_S);
    for (int i = 0; i < TOGETHER; i++)
        peer_expect_line(excess[i], SERVER_FULL);
    pump_set_patience(1);
    for (int i = 0; i < TOGETHER; i++)
        peer_expect_gone(excess[i]);
}

LESSON(server_refuses_excess, .step = 5, .points = 0.5, .programs = "server",
       .needs = "server_announces_departure", .defects = "D46",
       .title = "-m 2 : le troisième est refusé sans être annoncé, puis une place se libère",
       .hint = "Le client de trop n'est ni compté ni annoncé : il reçoit sa ligne, puis est fermé, "
               "sans que personne l'attende.")
{
    // Ceux qui arrivent ensemble sont comptés avant que leurs threads n'aient commencé.
    program_inject("late=5");
    struct program *server = start_limited("2");
    struct peer *first = arrive("client 1");
    expect_arrival(server, first, 1);
    struct peer *second = arrive("client 2");
    expect_arrival(server, second, 2);
    for (int i = 3; i <= 5; i++) {
        struct peer *excess = peer_connect("client de trop");
        peer_expect_line(excess, SERVER_FULL);
        peer_expect_gone(excess);
    }
    expect_prompt_refusals();
    exchange(first, "toujours là");
    exchange(second, "moi aussi");
    peer_close(first);
    expect_departure(server, first, 1);
    struct peer *next = knock("client suivant");
    if (!expect_welcome_or_full(next))
        complain_because("Une place est libre dès que le départ de son occupant est affiché : que "
                         "compte-t-on pour refuser, et que devient ce compte à chaque départ ?",
                         "« %s » est refusé, alors qu'une place s'est libérée", next->name);
    expect_arrival(server, next, 2);
    exchange(next, "merci");
    peer_close(second);
    expect_departure(server, second, 1);
    peer_close(next);
    expect_departure(server, next, 0);
    expect_two_at_most();
}

static bool is_gone(void *context)
{
    const struct peer *client = context;
    return client->ended || client->error != 0;
}

static void be_refused(const char *name, const char *words)
{
    struct peer *excess = knock("%s", name);
    peer_send_while_open(excess, words, strlen(words));
    pump_until(is_gone, excess, 20);
    peer_close(excess);
}

// Muets ou bavards, tous repartis : il ne reste rien d'eux.
static void expect_refusals_keep_nothing(struct program *server)
{
    program_wait_until_calm(server);
    struct footprint before = program_footprint(server);
    for (int i = 0; i < REFUSALS; i++) {
        be_refused("client de trop, muet", "");
        be_refused("client de trop, bavard", "bonjour\n");
    }
    program_expect_footprint_back(server, &before, SPARE_ALLOWED, 2 * REFUSALS);
}

LESSON(server_refuses_talkative_excess, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_refuses_excess", .defects = "D39 D46",
       .title = "Le client refusé lit « server full » même s'il a déjà parlé ; cent refus ne "
                "coûtent pas un descripteur",
       .hint = "close, quand des octets reçus n'ont pas été lus, envoie un RST, qui peut détruire "
               "ce qui était en route.")
{
    struct program *server = start_limited("1");
    struct peer *first = arrive("client 1");
    // Suspendu, le serveur ne peut pas l'avoir accepté : ce qu'il envoie est là avant le refus.
    program_signal(server, SIGSTOP);
    struct peer *excess = peer_connect("client de trop");
    peer_send(excess, "bonjour\nil y a quelqu'un ?\n");
    program_signal(server, SIGCONT);
    peer_expect_line(excess, SERVER_FULL);
    peer_expect_gone(excess);
    peer_close(excess);
    expect_refusals_keep_nothing(server);
    exchange(first, "toujours là");
}

static bool listens_or_ended(void *context)
{
    const struct program *server = context;
    return server->ended || program_listening_port(server) != 0;
}

// Un très grand nombre est admis tel quel, ou refusé ; il n'en devient pas un petit.
static void expect_great_limit(const char *limit, const char *port)
{
    struct program *server = START("server", "-m", limit, "127.0.0.1", port);
    pump_until(listens_or_ended, server, 1);
    if (server->ended) {
        program_expect_exit(server, 2);
        program_expect_some_error(server);
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct peer *client = peer_connect_to("client", "127.0.0.1", port);
        if (!expect_welcome_or_full(client))
            complain_because("Le nombre donné à -m ne tient pas dans le type où il est rangé : il "
                             "n'en reste que la fin. Combien de bits a ce type, et qui vérifie que "
                             "le nombre y tient (man 3 strtoul, ERANGE) ?",
                             "lancé avec -m %s, le serveur n'admet qu'un client", limit);
    }
}

LESSON(
    server_refuses_bad_limit, .step = 5, .points = 0.25, .programs = "server",
    .needs = "server_refuses_excess",
    .title = "-m 0, -m x, -m sans valeur, une option inconnue : code 2 et un message",
    .hint =
        "-m veut un entier décimal d'au moins 1, et rien d'autre ; aucune autre option n'existe.")
{
    static const char *const bad_limits[] = {"0", "x", "-1", "2x", "", "1.5", "0x2"};
    for (size_t i = 0; i < sizeof bad_limits / sizeof bad_limits[0]; i++)
        EXPECT_USAGE_REFUSED("server", "-m", bad_limits[i], "127.0.0.1", test_port());
    EXPECT_USAGE_REFUSED("server", "-m");
    EXPECT_USAGE_REFUSED("server", "-z", "127.0.0.1", test_port());
    // 2³² + 1, et 2⁶⁴ + 1 : dans un entier trop étroit, il n'en resterait que 1.
    expect_great_limit("4294967297", test_port());
    expect_great_limit("18446744073709551617", other_port());
}

// Quatre façons de couper : sans avoir rien lu, après l'accueil, au milieu d'une ligne, avec des
// réponses en route.
static void cut(int manner)
{
    struct peer *client = peer_connect("client brutal");
    if (manner % 4 != 0)
        peer_expect_line(client, WELCOME);
    if (manner % 4 == 2)
        peer_send(client, "une ligne inach");
    if (manner % 4 == 3)
        peer_send(client, "un\ndeux\ntrois\n");
    peer_reset(client);
}

LESSON(server_survives_resets, .step = 5, .points = 0.5, .programs = "server",
       .needs = "server_replies", .defects = "D39",
       .title = "Deux cents coupures brutales : autant de descripteurs et de threads qu'avant",
       .hint = "Une coupure est la fin d'un client, et d'un client seulement : que rend son thread "
               "avant de finir ?")
{
    program_inject(FRESH_DESCRIPTORS);
    struct program *server = start_server();
    expect_service("premier client");
    program_wait_until_calm(server);
    struct footprint before = program_footprint(server);
    for (int i = 0; i < RESETS; i++)
        cut(i);
    expect_service("client suivant");
    program_expect_footprint_back(server, &before, SPARE_ALLOWED, RESETS);
}

static void visit(struct program *server)
{
    static bool falls_asleep = true;
    struct peer *client = arrive("client");
    expect_arrival(server, client, 1);
    peer_close(client);
    expect_departure(server, client, 0);
    // Annoncé parti, il a encore un thread qui finit : sur une machine surchargée ils s'accumulaient, et leurs piles avec.
    // Qui ne dort pas une fois ne le fera pas davantage la suivante.
    if (falls_asleep)
        falls_asleep = programs_wait_until_asleep();
}

static void expect_bounded_replies(const struct program *server)
{
    struct peer *slow = peer_connect_narrow("client qui ne lit plus", test_port(), NARROW_WINDOW);
    peer_expect_line(slow, WELCOME);
    refuse_hoarding(server, slow);
}

LESSON(
    server_keeps_memory_stable, .step = 5, .points = 0.25, .programs = "server",
    .needs = "server_announces_departure", .defects = "D46",
    .title = "La mémoire ne grandit pas : huit cents clients à la suite, puis un qui ne lit plus")
{
    skip_under_checker("la mémoire prise est celle de l'outil");
    struct program *server = open_service();
    for (int i = 0; i < FIRST_VISITS; i++)
        visit(server);
    long before = program_footprint(server).resident_kib;
    for (int i = FIRST_VISITS; i < VISITS; i++)
        visit(server);
    long after = program_footprint(server).resident_kib;
    transcript_note("juge", "·", "mesure %ld Kio de mémoire, puis %ld Kio", before, after);
    if (after - before <= MEMORY_SLACK_KIB) {
        expect_bounded_replies(server);
        return;
    }
    complain_because("Chaque client parti laisse quelque chose. Un thread fini garde sa pile tant "
                     "que personne ne s'en est occupé ; ce qui a été alloué pour un client doit "
                     "être rendu sur tous les chemins.",
                     "après %d clients, tous repartis, le serveur occupe %ld Kio ; après %d, il en "
                     "occupe %ld : %ld octets de plus par client",
                     FIRST_VISITS, before, VISITS, after,
                     (after - before) * 1024 / (VISITS - FIRST_VISITS));
}

// Un serveur à qui il manque quelque chose a le droit d'attendre avant de réessayer, en se réveillant
// de temps en temps ou d'un seul somme.
static void be_patient(void)
{
    pump_set_patience(RETRY_PATIENCE_S);
    pump_ignore_brief_wakeups();
}

// Parti pour de bon : son descripteur est rendu avant que l'on compte ceux qui restent.
static void expect_visit_or_refusal(const char *name)
{
    struct peer *client = knock("%s", name);
    if (expect_welcome_or_full(client)) {
        peer_half_close(client);
        peer_expect_end(client);
    }
    peer_close(client);
}

static bool count_waiting(const struct socket_view *view, void *context)
{
    unsigned *waiting = context;
    if (view->local_port == (unsigned)atoi(test_port()))
        *waiting += view->receive_queue;
    return true;
}

// Chacun est accueilli, refusé, ou dans la file d'attente : le serveur en est à son dernier descripteur.
static bool all_placed(void *context)
{
    struct peer *const *clients = context;
    unsigned placed = 0;
    for (int i = 0; i < PRESSING_CLIENTS; i++)
        placed += clients[i]->length > 0;
    sockets_visit(IPPROTO_TCP, 1u << TCP_LISTEN, count_waiting, &placed);
    return placed >= PRESSING_CLIENTS;
}

// L'arrêt ne dépend pas d'un descripteur : il se demande aussi à un serveur qui n'en a plus.
static void expect_stop_without_descriptors(struct program *server)
{
    static struct peer *clients[PRESSING_CLIENTS];
    // Les descripteurs des clients partis sont rendus : plus aucun ne se libérera pendant l'arrêt.
    program_wait_until_calm(server);
    for (int i = 0; i < PRESSING_CLIENTS; i++)
        clients[i] = peer_connect("client pressant, puis l'arrêt");
    pump_until(all_placed, clients, 20);
    program_wait_until_calm(server);
    program_signal(server, SIGTERM);
    // Tué par ce signal, ou le traitant : s'arrêter en ordre est l'affaire de l'étape 6.
    program_expect_end(server);
}

// Quand il n'en reste plus, un descripteur fermé deux fois est toujours celui d'un autre, ou presque.
LESSON(
    server_survives_lack_of_descriptors, .step = 5, .points = 0.5, .programs = "server",
    .needs = "server_replies server_closes_once", .defects = "D49",
    .title =
        "accept échoue, plus un descripteur : ni fin ni boucle ; il sert de nouveau, et s'arrête",
    .hint =
        "Quand accept échoue, un client est déjà parti, ou reste dans la file d'attente : est-ce "
        "une raison de finir, ou de redemander aussitôt ?")
{
    static struct peer *clients[PRESSING_CLIENTS];
    // accept échoue d'abord deux fois en passant : un client reparti (ECONNABORTED), puis EMFILE.
    program_inject("accept=2");
    struct program *server = start_server();
    be_patient();
    expect_visit_or_refusal("client malchanceux");
    pump_set_patience(1);
    struct peer *first = arrive("premier client");
    exchange(first, "bonjour");
    program_wait_until_calm(server);
    program_limit_descriptors(server, SPARE_DESCRIPTORS);
    for (int i = 0; i < PRESSING_CLIENTS; i++)
        clients[i] = peer_connect("client pressant");
    program_expect_calm(server, "à qui il ne reste plus un descripteur");
    exchange(first, "toujours servi");
    be_patient();
    // Chacun finit par être accueilli ou refusé, à mesure que les précédents s'en vont.
    for (int i = 0; i < PRESSING_CLIENTS; i++) {
        expect_welcome_or_full(clients[i]);
        peer_close(clients[i]);
    }
    peer_close(first);
    expect_service("client d'après");
    program_expect_alive(server);
    expect_stop_without_descriptors(server);
}

static bool is_deserted(void *context)
{
    static const char last[] = "ThreadNumber 0\n";
    const struct output *out = &((const struct program *)context)->out;
    const size_t size = sizeof last - 1;
    return out->length >= size && memcmp(out->bytes + out->length - size, last, size) == 0;
}

// Qui a été refusé faute de thread n'occupe aucune place : toutes sont libres, les autres partis.
static void expect_every_place(struct program *server)
{
    const char *const cause =
        "Un client que l'on n'a pas pu servir n'est pas un client présent : que "
        "devient son inscription quand pthread_create échoue ?";
    if (pump_until(is_deserted, server, 20) != WAIT_DONE)
        complain_because(cause, "tous les clients sont partis, et le nombre affiché n'est pas 0");
    for (int i = 0; i < LIMIT_WITHOUT_THREADS; i++) {
        struct peer *client = knock("client %d, la place revenue", i + 1);
        if (!expect_welcome_or_full(client))
            complain_because(cause, "« %s » est refusé, alors que %d clients sont admis",
                             client->name, LIMIT_WITHOUT_THREADS);
    }
}

LESSON(server_survives_lack_of_threads, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D46",
       .title = "Plus un thread (pthread_create échoue) : ce client est refusé, ou attend ; les "
                "autres continuent",
       .hint = "pthread_create peut échouer : que devient alors ce client ?")
{
    struct peer *clients[LIMIT_WITHOUT_THREADS];
    program_inject("threads=3");
    struct program *server = start_limited("6");
    be_patient();
    clients[0] = arrive("client 1");
    clients[1] = arrive("client 2");
    for (int i = 2; i < LIMIT_WITHOUT_THREADS; i++) {
        clients[i] = knock("client %d", i + 1);
        expect_welcome_or_full(clients[i]);
    }
    pump_set_patience(1);
    exchange(clients[0], "toujours là");
    exchange(clients[1], "moi aussi");
    be_patient();
    // L'un après l'autre : dans quel ordre leurs départs sont dits ne dépend pas de l'instant.
    for (int i = 0; i < LIMIT_WITHOUT_THREADS; i++) {
        peer_close(clients[i]);
        program_wait_until_asleep(server);
    }
    expect_every_place(server);
    program_expect_alive(server);
}

LESSON(server_limits_line, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_accepts_longest_line", .defects = "D42",
       .title =
           "Un octet de trop dans une ligne : message, cette connexion fermée, les autres servies",
       .hint = "Au-delà de 65 536 octets sans \\n : un message sur stderr, et cette connexion "
               "seule est fermée.")
{
    static const int too_long[] = {EMSGSIZE, EOVERFLOW, ENOBUFS, E2BIG, EFBIG, ERANGE, -1};
    const size_t endless = 1 << 20;
    program_inject(FRESH_DESCRIPTORS);
    struct program *server = start_server();
    struct peer *other = arrive("autre client");
    struct peer *client = arrive("client bavard");
    peer_send_while_open(client, long_line(65537), 65538);
    peer_expect_gone(client);
    program_expect_error(server, "server", client->address);
    program_expect_no_other_reason(server, too_long);
    struct peer *worse = arrive("client sans fin");
    peer_send_while_open(worse, letters(endless), endless);
    peer_expect_gone(worse);
    exchange(other, "bonjour");
    expect_service("client suivant");
}

LESSON(server_survives_departures, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D39",
       .title = "Des clients partis sans lire leurs réponses ne tuent pas le serveur",
       .hint = "Écrire à un client déjà parti fait échouer send ; que devient alors le processus, "
               "et que devient ce thread ?")
{
    program_inject(FRESH_DESCRIPTORS);
    struct program *server = start_server();
    struct peer *other = arrive("autre client");
    // Suspendu, il les trouve tous partis quand il reprend : chacune de ses réponses vient trop tard.
    program_signal(server, SIGSTOP);
    for (int i = 0; i < DEPARTURES; i++) {
        struct peer *gone = peer_connect("client pressé");
        for (int line = 0; line < 20; line++)
            peer_send_while_open(gone, "vite\n", 5);
        peer_wait_until_delivered(gone);
        peer_close(gone);
    }
    program_signal(server, SIGCONT);
    programs_wait_until_asleep();
    exchange(other, "bonjour");
    expect_service("client suivant");
    program_expect_alive(server);
}

LESSON(server_survives_short_calls, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_ends_on_end_of_stream", .defects = "D38",
       .title = "Envois et lectures partiels, appels interrompus, pause : rien n'en est changé",
       .hint = "Un appel peut ne traiter qu'une partie des octets, ou être interrompu (EINTR) "
               "avant d'avoir rien fait.")
{
    program_inject("short=1,eintr=2");
    struct program *server = start_server();
    struct peer *first = arrive("client 1");
    struct peer *second = arrive("client 2");
    exchange(second, "une ligne lue et rendue octet par octet");
    program_signal(server, SIGSTOP);
    peer_send(first, "pendant la pause\n");
    program_signal(server, SIGCONT);
    peer_expect_line(first, REPLY "pendant la pause");
    expect_service("client 3");
    program_expect_alive(server);
}

LESSON(server_serves_a_burst, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_serves_a_crowd",
       .title = "Deux cents connexions au même instant : aucune n'est refusée ni retardée",
       .hint = "La file d'attente de listen n'est pas le nombre de clients.")
{
    static struct peer *clients[BURST];
    program_inject(FRESH_DESCRIPTORS);
    struct program *server = start_server();
    // Suspendu, il n'accepte personne : toutes doivent tenir dans la file d'attente.
    program_signal(server, SIGSTOP);
    for (int i = 0; i < BURST; i++)
        clients[i] = knock("client %d", i + 1);
    peers_expect_established(clients, BURST);
    program_signal(server, SIGCONT);
    for (int i = 0; i < BURST; i++) {
        peer_expect_line(clients[i], WELCOME);
        peer_close(clients[i]);
    }
    expect_service("client suivant");
}

LESSON(server_restarts_at_once, .step = 5, .points = 0.25, .programs = "server",
       .needs = "server_replies",
       .title = "Arrêté avec un client connecté, le serveur redémarre aussitôt sur le même port",
       .hint = "Qu'est-ce qui empêche SIGTERM de mettre fin au programme ? S'arrêter en ordre est "
               "l'affaire de l'étape 6 ; ici, il suffit de finir.")
{
    struct program *server = start_server();
    struct peer *client = arrive("client");
    exchange(client, "bonjour");
    program_wait_until_asleep(server);
    // Il n'a pas besoin de savoir s'arrêter en ordre : tué par ce signal, il laisse le port de même.
    program_signal(server, SIGTERM);
    program_expect_end(server);
    // Le serveur a fermé le premier : c'est de son côté que la connexion reste en TIME_WAIT.
    peer_expect_gone(client);
    peer_close(client);
    lesson_ask(
        "Après l'arrêt, le système garde un moment les connexions (TIME_WAIT) : quelle option "
        "permet de reprendre le port ?");
    start_server();
    expect_service("client suivant");
}

// Toutes les places prises, quelques refus, puis tous s'en vont, chacun à sa façon.
static void expect_full_house(struct program *server)
{
    struct peer *clients[CHECKED_CLIENTS];
    for (int i = 0; i < CHECKED_CLIENTS; i++) {
        clients[i] = arrive("client %d", i + 1);
        exchange(clients[i], "bonjour");
    }
    for (int i = 0; i < TOGETHER; i++) {
        struct peer *excess = peer_connect("client de trop");
        peer_expect_line(excess, SERVER_FULL);
        peer_expect_gone(excess);
    }
    for (int i = 0; i < CHECKED_CLIENTS; i++)
        leave(clients[i], i);
    program_expect_alive(server);
}

// Plus personne : ce que le serveur garde encore d'un client, parti ou refusé, est perdu.
static void expect_nothing_kept(struct program *server)
{
    if (pump_until(is_deserted, server, 20) != WAIT_DONE)
        return;
    program_expect_no_leak(server);
}

// Un autre serveur, à qui des threads manquent : la mémoire de ces clients était peut-être déjà prise.
// Pas le même : la mise à l'épreuve cacherait à AddressSanitizer les copies qui débordent.
static void expect_nothing_kept_without_threads(void)
{
    struct peer *clients[LIMIT_WITHOUT_THREADS];
    program_inject("threads=4");
    struct program *server = START_SANITIZED("address", "server", "127.0.0.1", other_port());
    server_expect_listening(server, other_port());
    be_patient();
    for (int i = 0; i < LIMIT_WITHOUT_THREADS; i++) {
        clients[i] = peer_connect_to("client sans thread", "127.0.0.1", other_port());
        expect_welcome_or_full(clients[i]);
    }
    for (int i = 0; i < LIMIT_WITHOUT_THREADS; i++)
        peer_close(clients[i]);
    expect_nothing_kept(server);
}

LESSON(server_has_no_memory_error, .step = 5, .points = 0.25, .programs = "server",
       .sanitizers = "address", .needs = "server_refuses_excess server_survives_lack_of_threads",
       .defects = "D46",
       .title = "Ni débordement ni fuite : AddressSanitizer et LeakSanitizer n'ont rien à dire",
       .hint = "Chaque tampon a-t-il la place du plus long contenu possible, et chaque mémoire "
               "allouée un propriétaire qui la rend ?")
{
    // Comme s'il avait déjà mille clients : un fd_set n'a que FD_SETSIZE places, et une table, les siennes.
    resources_allow_descriptors(2 * FD_SETSIZE);
    program_inject("high=1100");
    struct program *server =
        START_SANITIZED("address", "server", "-m", "12", "127.0.0.1", test_port());
    server_expect_listening(server, test_port());
    expect_full_house(server);
    expect_nothing_kept(server);
    struct peer *long_winded = arrive("client aux longues lignes");
    char *line = long_line(65536);
    peer_send(long_winded, line);
    peer_expect_line(long_winded, REPLY "%.65536s", line);
    peer_send_bytes(long_winded, "a\0b\xFF\n\n", 6);
    peer_expect_bytes(long_winded, REPLY "a\0b\xFF\n" REPLY "\n", 2 * strlen(REPLY) + 6);
    struct peer *talker = arrive("client bavard");
    peer_send_while_open(talker, letters(70000), 70000);
    struct peer *staying = arrive("client qui reste");
    exchange(staying, "bonjour");
    program_stop_and_expect_clean_report(server);
    expect_nothing_kept_without_threads();
}
