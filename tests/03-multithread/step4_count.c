// Étape 4 : le compte juste, quoi que fassent les threads.
#include "letters.h"
#include "multithread.h"
#include "witnesses.h"

#include <signal.h>
#include <string.h>

#define CROWD 64
#define LATECOMERS 32
#define WITNESSES 12
#define HASTY 3
#define REUSE_PATIENCE_S 1.5

LESSON(
    server_announces_departure, .step = 4, .points = 0.5, .programs = "server",
    .needs = "server_replies server_announces_client", .defects = "D40 D41",
    .title = "Le serveur annonce le départ d'un client, et le nombre revient à zéro",
    .hint =
        "Un départ se voit à la fin de flux : le nombre baisse, puis les deux lignes s'affichent.")
{
    struct program *server = open_service();
    struct peer *client = arrive("client");
    expect_arrival(server, client, 1);
    exchange(client, "bonjour");
    peer_close(client);
    expect_departure(server, client, 0);
    program_expect_no_more_output(server);
}

LESSON(server_counts_clients, .step = 4, .points = 0.5, .programs = "server",
       .needs = "server_announces_departure", .defects = "D40",
       .title = "Le nombre est celui des clients présents, dans quelque ordre qu'ils partent",
       .hint = "Le nombre est celui des clients présents à cet instant, ni un rang, ni un numéro "
               "de visite.")
{
    struct program *server = open_service();
    struct peer *first = arrive("client 1");
    expect_arrival(server, first, 1);
    struct peer *second = arrive("client 2");
    expect_arrival(server, second, 2);
    struct peer *third = arrive("client 3");
    expect_arrival(server, third, 3);
    peer_close(second);
    expect_departure(server, second, 2);
    struct peer *fourth = arrive("client 4");
    expect_arrival(server, fourth, 3);
    peer_close(first);
    expect_departure(server, first, 2);
    peer_close(fourth);
    expect_departure(server, fourth, 1);
    peer_close(third);
    expect_departure(server, third, 0);
}

// Déjà reparti quand le serveur le trouve : son thread n'a rien à attendre, et finit aussitôt né.
static void expect_hasty_visit(struct program *server)
{
    program_signal(server, SIGSTOP);
    struct peer *hasty = peer_connect("client reparti aussitôt");
    peer_half_close(hasty);
    program_signal(server, SIGCONT);
    expect_arrival(server, hasty, 1);
    expect_departure(server, hasty, 0);
}

LESSON(server_counts_every_departure, .step = 4, .points = 0.25, .programs = "server",
       .needs = "server_announces_departure", .defects = "D39 D40",
       .title = "Reparti aussitôt, coupé net, ou trop bavard : ces départs comptent aussi",
       .hint = "Combien de chemins mènent hors de la fonction du thread, et tous passent-ils par "
               "le départ ?")
{
    const size_t endless = 1 << 17;
    // Le thread qui naît a le temps de toute sa vie avant que son créateur reprenne, si rien ne l'arrête.
    program_inject("linger=100");
    struct program *server = open_service();
    struct peer *rude = arrive("client brutal");
    expect_arrival(server, rude, 1);
    peer_send(rude, "une ligne inach");
    peer_wait_until_read(rude);
    peer_reset(rude);
    expect_departure(server, rude, 0);
    struct peer *talker = arrive("client bavard");
    expect_arrival(server, talker, 1);
    peer_send_while_open(talker, letters(endless), endless);
    peer_expect_gone(talker);
    expect_departure(server, talker, 0);
    for (int i = 0; i < HASTY; i++)
        expect_hasty_visit(server);
}

static bool has_been_left(const struct peer *client)
{
    return client->ended || client->error != 0;
}

static bool is_served_or_left(void *context)
{
    const struct peer *client = context;
    return has_been_left(client) ||
           memmem(client->bytes, client->length, REPLY, strlen(REPLY)) != NULL;
}

#define CLOSED_TWICE                                                                               \
    "Le client parti et celui qui arrive ont eu, l'un après l'autre, le même numéro de "        \
    "descripteur. Fermer deux fois celui du premier, c'est, la seconde fois, fermer celui de "     \
    "l'autre. Qui ferme ce socket ?"

// Vu dans l'appel : ce que cela coûte à un autre dépend de l'instant.
static void refuse_second_close(const struct program *server)
{
    if (!program_has_mark(server, "closed-twice"))
        return;
    complain_with(&(struct failure){
        .summary = "un client est parti, et le serveur ferme deux fois son descripteur",
        .caret = -1,
        .cause = CLOSED_TWICE,
        .gravity = "memory"});
}

static void expect_kept(const struct program *server, struct peer *client)
{
    peer_send_while_open(client, "bonjour\n", 8);
    pump_until(is_served_or_left, client, 20);
    programs_settle();
    if (has_been_left(client) && !server->ended)
        complain_with(&(struct failure){
            .summary = "le serveur ferme la connexion d'un client qui ne lui demandait que d'être "
                       "servi : un descripteur est fermé deux fois",
            .caret = -1,
            .cause = CLOSED_TWICE,
            .gravity = "memory"});
    peer_expect_line(client, WELCOME);
    peer_expect_line(client, REPLY "bonjour");
}

LESSON(server_closes_once, .step = 4, .points = 0.25, .programs = "server",
       .needs = "server_announces_departure", .defects = "D39",
       .title = "Un client s'en va pendant que d'autres arrivent : ils gardent leur connexion",
       .hint = "Un descripteur fermé redevient libre, et le système le redonne au suivant : qui le "
               "ferme, et combien de fois ?")
{
    // Le thread retenu tient peut-être un verrou : la patience va au-delà.
    program_inject("reuse=1000");
    pump_set_patience(REUSE_PATIENCE_S);
    struct program *server = start_server();
    struct peer *leaving = arrive("client qui s'en va");
    exchange(leaving, "au revoir");
    peer_half_close(leaving);
    peer_expect_end(leaving);
    peer_close(leaving);
    program_wait_until_asleep(server);
    // Un accept qui attendait a déjà choisi son numéro : celui qui vient d'être rendu est alors pour le second.
    struct peer *first = knock("premier client qui arrive");
    struct peer *second = knock("second client qui arrive");
    program_wait_until_asleep(server);
    refuse_second_close(server);
    expect_kept(server, first);
    expect_kept(server, second);
}

LESSON(server_counts_a_crowd, .step = 4, .points = 0.5, .programs = "server",
       .needs = "server_announces_departure server_closes_once", .defects = "D39 D40 D41",
       .title =
           "Soixante-quatre clients vont et viennent : les paires de lignes et le compte tiennent",
       .hint = "Changer le nombre et l'afficher sont un seul geste. Et chaque départ, poli ou "
               "brutal, doit être compté et annoncé : combien de chemins mènent hors de la "
               "fonction du thread ?")
{
    static struct peer *clients[CROWD + LATECOMERS];
    // Entre les deux lignes d'une paire, ou entre le compte et l'affichage, s'il ne tient pas les autres à
    // l'écart, ils ont le temps d'écrire.
    program_inject("pause=1,hesitate=2");
    struct program *server = start_server();
    gather(clients, 0, CROWD);
    // Une moitié s'en va, chacun à sa façon, pendant que d'autres arrivent.
    for (int i = 0; i < LATECOMERS; i += 4) {
        for (int j = i; j < i + 4; j++)
            leave(clients[j], j);
        gather(clients, CROWD + i, 4);
    }
    for (int i = LATECOMERS; i < CROWD + LATECOMERS; i++)
        peer_send(clients[i], "bonjour\n");
    for (int i = LATECOMERS; i < CROWD + LATECOMERS; i++)
        peer_expect_line(clients[i], REPLY "bonjour");
    // Suspendu, le serveur trouvera à son réveil soixante-quatre départs à annoncer à la fois.
    program_signal(server, SIGSTOP);
    for (int i = LATECOMERS; i < CROWD + LATECOMERS; i++)
        peer_close(clients[i]);
    program_signal(server, SIGCONT);
    expect_journal(server, clients, CROWD + LATECOMERS);
}

LESSON(server_has_no_race, .step = 4, .points = 1.0, .programs = "server", .sanitizers = "thread",
       .needs = "server_replies", .defects = "D40 D45 D47",
       .title = "Aucune course entre threads : ThreadSanitizer n'a rien à dire",
       .hint = "Que partagent les threads, et quel verrou le protège ?")
{
    static struct peer *clients[2 * WITNESSES];
    program_inject(FRESH_DESCRIPTORS);
    struct program *server = start_sanitized_server("thread");
    gather_witnesses(clients, 0, WITNESSES);
    for (int i = 0; i < WITNESSES; i++)
        witness_exchange(clients[i], "bonjour");
    for (int i = 0; i < WITNESSES; i += 4) {
        for (int j = i; j < i + 4; j++)
            witness_leave(clients[j], j);
        gather_witnesses(clients, WITNESSES + i, 4);
    }
    for (int i = WITNESSES; i < 2 * WITNESSES; i++)
        witness_exchange(clients[i], "encore");
    for (int i = 0; i < WITNESSES; i++)
        witness_leave(clients[WITNESSES + i], i);
    expect_no_race_so_far(server);
}
