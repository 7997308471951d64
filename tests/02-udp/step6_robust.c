// Étape 6 : les programmes tiennent, disent ce qui ne va pas, et s'arrêtent quand on le demande.
#include "letters.h"
#include "stops.h"
#include "talk.h"
#include "usage.h"

#include "sockdiag.h"
#include "transcript.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Longueur des datagrammes du déluge : chaque octet, échappé, s'affiche en quatre. */
#define FLOOD_LENGTH 4000

/** Combien sont versés à chaque tour : plus que le serveur n'a pu en lire depuis le précédent. */
#define FLOOD_COUNT 60

/** Octets affichés par un serveur sous le déluge : assez pour voir qu'il y est, ou qu'il y reste. */
#define FLOODED_OUTPUT (256 << 10)
#define DEAF_OUTPUT (1 << 20)

/** Datagrammes servis entre deux mesures de la mémoire : une place de 64 Kio perdue à chacun en ferait 25 600. */
#define MANY_DATAGRAMS 400
/** Croissance tolérée : les piles de deux threads gardées prêtes, de 8 Mio chacune. */
#define MEMORY_SLACK_KIB 16384

static void expect_stop(struct program *server, int signal)
{
    program_signal(server, signal);
    if (pump_until(program_has_ended, server, 20) == WAIT_SPINNING)
        complain_because(
            "Une boucle recommence-t-elle aussitôt après un appel qui rend -1, ou poll "
            "annonce-t-il un événement dont personne ne s'occupe ?",
            "après SIG%s, %s occupe un processeur et ne s'arrête pas", sigabbrev_np(signal),
            server->actor);
    program_expect_exit(server, 0);
}

LESSON(server_stops_when_idle, .step = 6, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D26",
       .title = "SIGTERM ou SIGINT au repos : code 0, et le même port peut être repris aussitôt",
       .hint = "Au repos, le serveur attend un datagramme qui ne viendra peut-être jamais : "
               "comment l'ordre de s'arrêter le réveille-t-il ?")
{
    struct program *server = start_datagram_server();
    expect_service("client");
    program_wait_until_asleep(server);
    expect_stop(server, SIGTERM);
    server = start_datagram_server();
    expect_service("client suivant");
    program_wait_until_asleep(server);
    expect_stop(server, SIGINT);
}

static bool is_bound_or_ended(void *server)
{
    return program_has_ended(server) ||
           port_is_open(IPPROTO_UDP, AF_INET, (unsigned)atoi(test_port()));
}

// Un silence, aussi long que l'on veut, ne finit rien : ni le serveur, ni le service.
static void expect_silence_endured(struct program *server, const char *when)
{
    transcript_note("juge", "·", "se tait longtemps");
    program_wait_until_asleep(server);
    if (server->ended)
        complain_because("Personne n'écrit, et le serveur en conclut qu'il n'a plus rien à faire. "
                         "Il attend un datagramme aussi longtemps qu'il le faut : seul un signal "
                         "l'arrête. Que fait-il quand son attente finit sans que rien soit venu ?",
                         "%s, votre serveur s'arrête parce que rien ne vient", when);
    expect_service("client qui a pris son temps");
}

LESSON(server_endures_silence, .step = 6, .points = 0.25, .programs = "server",
       .needs = "server_replies",
       .title = "Un long silence n'arrête rien : le serveur dort, et répond à qui vient après",
       .hint = "Une attente qui finit sans que rien soit venu n'est ni une erreur, ni une fin : le "
               "serveur revient attendre.")
{
    program_inject("expire=200");
    struct program *server = START("server", "127.0.0.1", test_port());
    // Qui n'endure pas le silence est peut-être déjà fini.
    pump_until(is_bound_or_ended, server, 1);
    expect_silence_endured(server, "au démarrage");
    expect_silence_endured(server, "après un premier client");
    program_wait_until_asleep(server);
    program_expect_rest(server, "que personne ne sollicite");
}

/** Un serveur inondé, dont la sortie doit grandir, ou cesser. */
struct flood {
    const struct program *server;
    struct postbox *sender;
    size_t length;
};

// Le tube de stdout ne contient que quelques datagrammes affichés, et le juge ne le vide qu'entre
// deux averses : la file d'attente du serveur n'est jamais vide quand il y revient.
static bool has_grown_or_ended(void *context)
{
    static char bytes[FLOOD_LENGTH];
    const struct flood *flood = context;
    memset(bytes, 1, sizeof bytes);
    postbox_pour(flood->sender, bytes, sizeof bytes, FLOOD_COUNT);
    return flood->server->ended || flood->server->out.length >= flood->length;
}

static struct peer *visit(struct program *server)
{
    (void)server;
    postbox_send(postbox_client("client"), "127.0.0.1", other_port(), "bonjour", 7);
    programs_wait_until_asleep();
    return NULL;
}

LESSON(server_stops_under_flood, .step = 6, .points = 0.25, .programs = "server",
       .needs = "server_stops_when_idle server_shows_datagram", .tolerant = true, .defects = "D26",
       .title = "SIGTERM sous un déluge de datagrammes, ou juste avant une attente : code 0")
{
    struct program *server = start_datagram_server();
    struct flood flood = {server, postbox_client("client intarissable"), FLOODED_OUTPUT};
    transcript_note("juge", "→", "inonde le serveur : sa file d'attente ne se vide jamais");
    pump_until(has_grown_or_ended, &flood, 20);
    program_expect_alive(server);
    program_signal(server, SIGTERM);
    // Le déluge ne finit qu'avec le serveur. Ce qu'il affiche encore dit s'il a entendu.
    flood.length = server->out.length + DEAF_OUTPUT;
    pump_until(has_grown_or_ended, &flood, 20);
    if (!server->ended && server->out.length >= flood.length)
        complain_because("Quand un datagramme attend toujours, le programme n'attend jamais : "
                         "regarde-t-il l'ordre de s'arrêter avant chaque lecture, ou seulement "
                         "quand il n'a plus rien à lire ?",
                         "après SIGTERM, %s sert encore des centaines de datagrammes",
                         server->actor);
    program_expect_exit(server, 0);
    expect_datagram_stop_at_any_moment(visit);
}

static bool count_bound(const struct socket_view *view, void *context)
{
    int *bound = context;
    *bound += view->local_port == (unsigned)atoi(test_port());
    return true;
}

static _Noreturn void complain_of_sharing(void)
{
    int bound = 0;
    sockets_visit(IPPROTO_UDP, ~0u, count_bound, &bound);
    complain_because(bound > 1
                         ? "Les deux ont pris le même port sans une erreur : une option du socket "
                           "(SO_REUSEADDR, SO_REUSEPORT) le permet, et l'un des deux attendra pour "
                           "rien."
                         : "Il n'a pas obtenu le port, et il attend quand même : le résultat de "
                           "bind est-il regardé ?",
                     "un second serveur, lancé sur un port déjà pris, ne s'arrête pas");
}

// Ils sont deux à s'appeler « votre serveur » : le récit doit dire duquel il parle.
static void rename_since(size_t mark, struct program *server, const char *actor)
{
    server->actor = actor;
    transcript_replace(mark, actor, "·", "démarre : %s", server->command);
}

LESSON(server_reports_taken_port, .step = 6, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D27",
       .title =
           "Port pris, ou adresse d'une autre machine : code 1, un message qui dit où et pourquoi",
       .hint = "Quand bind ou getaddrinfo échoue, il n'y a rien à servir : le dire, et s'arrêter.")
{
    size_t mark = transcript_mark();
    struct program *first = start_datagram_server();
    rename_since(mark, first, "votre premier serveur");
    mark = transcript_mark();
    struct program *second = START("server", "127.0.0.1", test_port());
    rename_since(mark, second, "votre second serveur");
    if (pump_until(program_has_ended, second, 20) == WAIT_ASLEEP)
        complain_of_sharing();
    program_expect_exit(second, 1);
    program_expect_error(second, "server", "127.0.0.1", test_port(), "Address already in use");
    program_expect_no_more_output(second);
    program_expect_alive(first);

    // 192.0.2.0/24 est réservé à la documentation (RFC 5737) : aucune machine ne l'a.
    struct program *foreign = START("server", "192.0.2.1", test_port());
    program_expect_exit(foreign, 1);
    program_expect_error(foreign, "server", "192.0.2.1", test_port(),
                         "Cannot assign requested address");

    // Un nom mal formé est refusé sans interroger personne : la réponse ne dépend pas du réseau.
    struct program *unknown = START("server", "nom..inconnu", test_port());
    program_expect_exit(unknown, 1);
    program_expect_error(unknown, "server", "nom..inconnu");
    program_expect_resolver_reason(unknown);

    if (!network_has_ipv6() || !name_has_both_families("localhost"))
        return;
    // Les deux adresses d'un nom sont prises : une seule ligne ; et l'une s'écrit entre crochets.
    hold_port(AF_INET6, SOCK_DGRAM, test_port());
    struct program *both = START("server", "localhost", test_port());
    program_expect_exit(both, 1);
    program_expect_error(both, "server", "localhost", test_port(), "Address already in use");
    struct program *ipv6 = START("server", "::1", test_port());
    program_expect_exit(ipv6, 1);
    program_expect_error(ipv6, "server", "[::1]", test_port(), "Address already in use");
}

LESSON(server_survives_failed_reply, .step = 6, .points = 0.25, .programs = "server",
       .needs = "server_replies",
       .title = "Une réponse qui ne peut partir est dite sur stderr, et n'arrête pas le serveur",
       .hint = "Un datagramme auquel on ne peut répondre, un client parti ne regardent que lui : "
               "le serveur le dit et continue.")
{
    transcript_note("juge", "·",
                    "fait refuser par le système (EPERM) le premier datagramme envoyé");
    program_inject("refuse=1");
    struct program *server = start_datagram_server();
    struct postbox *unlucky = postbox_client("client malchanceux");
    postbox_ask(unlucky, "bonjour");
    // L'un après l'autre : un serveur réservé un instant au premier perdrait ou non le second.
    programs_wait_until_asleep();
    expect_service("client suivant");
    // Réessayer est permis ; se taire ne l'est pas.
    if (!postbox_has_mail(unlucky))
        program_expect_some_error(server);

    // Un client parti : sa réponse trouve un port fermé, et cela ne regarde que lui.
    struct postbox *gone = postbox_client("client parti");
    program_signal(server, SIGSTOP);
    postbox_ask(gone, "bonjour");
    postbox_close(gone);
    program_signal(server, SIGCONT);
    expect_service("client suivant");
    expect_service("client suivant");
    program_expect_alive(server);
}

LESSON(server_survives_damaged_datagram, .step = 6, .points = 0.25, .programs = "server",
       .needs = "server_replies",
       .title = "Un datagramme annoncé, puis jeté pour sa somme de contrôle, ne change rien",
       .hint =
           "poll a annoncé un datagramme que le noyau a jeté ensuite : la réception rend -1, et "
           "errno dit qu'il n'y a rien (EAGAIN). Dans quel type ce résultat est-il rangé, et à "
           "quoi sert-il avant d'être regardé ?")
{
    start_datagram_server();
    postbox_send_damaged(postbox_client("client malchanceux"), "127.0.0.1", test_port());
    expect_service("client suivant");
    transcript_note("juge", "·", "abîme en route le datagramme suivant : annoncé, il est jeté");
    program_inject("damaged=1");
    struct program *server = START("server", "127.0.0.1", other_port());
    server_expect_bound(server, other_port());
    struct postbox *unlucky = postbox_client("autre client malchanceux");
    postbox_send(unlucky, "127.0.0.1", other_port(), "bonjour", 7);
    // Le noyau ne dit EAGAIN que d'une file vide : qui lit jusque-là, puis attend un signal (SIGIO, EPOLLET), s'y fie.
    programs_wait_until_asleep();
    struct postbox *next = postbox_client("client suivant");
    postbox_send(next, "127.0.0.1", other_port(), "bonjour", 7);
    postbox_expect_reply(next, REPLY);
    program_expect_alive(server);
}

LESSON(server_survives_interruptions, .step = 6, .points = 0.125, .programs = "server",
       .needs = "server_replies",
       .title = "Appels interrompus, suspension puis reprise : chaque datagramme a sa réponse",
       .hint = "Un appel interrompu (EINTR) n'a rien fait : il est à reprendre, ou à redemander "
               "plus tard, jamais à prendre pour une erreur.")
{
    // Un appel sur deux : ceux que les premières interruptions épargnent, et la charge décide lesquels, les suivantes les trouvent.
    program_inject("eintr=2,phase=1");
    struct program *shifted = start_datagram_server();
    // Qui dort a atteint son attente : ce qui vient ensuite ne décide plus de l'appel qui sera interrompu.
    for (int i = 0; i < 2; i++) {
        programs_wait_until_asleep();
        expect_service("client");
    }
    program_signal(shifted, SIGKILL);
    pump_until(program_has_ended, shifted, 20);

    note_interruptions();
    struct program *server = start_datagram_server();
    for (int i = 0; i < 3; i++)
        expect_service("client");
    struct postbox *client = postbox_client("client patient");
    program_signal(server, SIGSTOP);
    postbox_ask(client, "un");
    postbox_ask(client, "deux");
    program_signal(server, SIGCONT);
    postbox_expect_reply(client, REPLY);
    postbox_expect_reply(client, REPLY);
    program_expect_alive(server);
}

LESSON(
    server_refuses_bad_arguments, .step = 6, .points = 0.125, .programs = "server",
    .needs = "server_binds",
    .title = "Serveur : un port mal écrit, ou un argument de trop, est refusé : code 2, un message",
    .hint = "Un port est un entier décimal de 1 à 65535 et rien d'autre, et il y a au plus deux "
            "arguments.")
{
    for (const char *const *port = bad_ports(); *port != NULL; port++)
        EXPECT_USAGE_REFUSED("server", "127.0.0.1", *port);
    EXPECT_USAGE_REFUSED("server", "127.0.0.1", test_port(), "trop");
}

LESSON(client_refuses_bad_arguments, .step = 6, .points = 0.125, .programs = "client",
       .needs = "client_asks",
       .title = "Client : mauvais port ou argument de trop : code 2 ; MESSAGE trop long : 1 ou 2",
       .hint = "Un port est un entier décimal de 1 à 65535 et rien d'autre, et il y a au plus "
               "trois arguments.")
{
    for (const char *const *port = bad_ports(); *port != NULL; port++)
        EXPECT_USAGE_REFUSED("client", "127.0.0.1", *port, QUESTION);
    EXPECT_USAGE_REFUSED("client", "127.0.0.1", test_port(), QUESTION, "trop");

    // En IPv6 le système prendrait vingt octets de plus ; le contrat n'a qu'une limite.
    static const char *const places[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < 2 && (i == 0 || network_has_ipv6()); i++) {
        struct postbox *server = postbox_open("serveur du juge", places[i], test_port());
        struct program *client =
            START("client", places[i], test_port(), letters(LONGEST_DATAGRAM + 1));
        if (pump_until(program_has_ended, client, 20) == WAIT_ASLEEP)
            complain_because("Un message a au plus 65 507 octets, en IPv6 aussi. Ce qui dépasse ne "
                             "peut être ni envoyé, ni coupé sans le dire : le client s'arrête avec "
                             "un message.",
                             "MESSAGE a 65 508 octets, et le client, vers %s, attend une réponse",
                             places[i]);
        program_expect_exit_either(client, 1, 2);
        program_expect_error(client, "client");
        program_expect_no_more_output(client);
        postbox_expect_nothing_more(server);
    }
}

LESSON(server_leaks_nothing, .step = 6, .points = 0.125, .programs = "server",
       .needs = "server_replies",
       .title = "Quatre cents datagrammes ne laissent ni descripteur ouvert ni mémoire perdue")
{
    struct program *server = start_datagram_server();
    for (int i = 0; i < 20; i++)
        expect_service("premiers clients");
    struct footprint before = program_footprint(server);
    struct postbox *client = postbox_client("client assidu");
    for (int i = 0; i < MANY_DATAGRAMS; i++) {
        postbox_ask(client, "encore");
        postbox_expect_reply(client, REPLY);
    }
    program_expect_children_awaited(server);
    program_expect_descriptors(server, before.descriptors);
    program_expect_memory_back(server, &before, MEMORY_SLACK_KIB, "400 datagrammes");
}
