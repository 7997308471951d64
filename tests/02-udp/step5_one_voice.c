// Étape 5 : ne croire que le serveur, et le système quand il dit que personne n'écoute.
#include "talk.h"

#include "process_tree.h"
#include "transcript.h"

#include <string.h>

/** Intervalle entre deux datagrammes de l'étranger bavard, en millisecondes. */
#define STRANGER_PERIOD_MS 40

/** Un client vu endormi autant de fois, son heure passée depuis longtemps, n'enverra plus. */
#define OVERSLEPT_LIMIT 30

static struct postbox *open_stranger(void)
{
    return postbox_open("étranger", "127.0.0.1", "0");
}

// Un client fini alors que le serveur n'avait rien dit a cru quelqu'un d'autre.
static void refuse_credulity(const struct program *client)
{
    static const char text[] = "D'où vient ce datagramme ? Un socket reçoit tout ce qu'on lui "
                               "envoie, de qui que ce soit, tant qu'on ne l'a pas réservé à un "
                               "correspondant ni comparé l'expéditeur.";
    if (client->out.length == 0)
        return;
    bool fooled = memmem(client->out.bytes, client->out.length, "moi", 3) != NULL;
    if (fooled || memmem(client->out.bytes, client->out.length, "midi", 4) == NULL)
        complain_because(text, "le client a pris pour la réponse du serveur ce que disait un "
                               "étranger");
}

LESSON(
    client_ignores_stranger, .step = 5, .points = 0.5, .programs = "client",
    .needs = "client_shows_reply", .defects = "D29",
    .title = "Un étranger répond avant le serveur : il est ignoré",
    .hint = "Ce qui vient d'un étranger est comme s'il n'était pas venu : ni réponse, ni erreur.")
{
    struct postbox *server = open_judge_server();
    struct postbox *stranger = open_stranger();
    // Le même port, mais une autre adresse : les deux doivent être ceux du serveur.
    struct postbox *namesake = postbox_open("homonyme", "127.0.0.2", test_port());
    struct program *client = start_client();
    const struct datagram *question = expect_question(server);
    postbox_answer(stranger, question, "je suis le serveur, croyez-moi");
    postbox_answer(namesake, question, "non, c'est moi");
    postbox_answer(stranger, question, "");
    postbox_answer(server, question, "il est midi");
    pump_until(program_has_ended, client, 20);
    refuse_credulity(client);
    expect_shown(client, "il est midi");
    postbox_expect_nothing_more(server);
}

/** Un étranger qui n'arrête pas de parler, pendant que le client attend le serveur. */
struct chatter {
    struct postbox *server;
    struct postbox *stranger;
    const struct datagram *question;
    const struct program *client;
    double last_ms;      /**< Dernier mot de l'étranger. */
    double overslept_ms; /**< Heure à partir de laquelle un client qui dort est en faute. */
    int overslept;       /**< Nombre de fois où il a été vu dormir après cette heure. */
};

// L'heure passée, un programme juste est réveillé ou attend son tour : il n'est plus endormi.
static bool is_asleep(const struct program *program)
{
    struct activity activity = {.asleep = true};
    process_tree_observe(program->pid, &activity);
    return activity.asleep;
}

static bool question_came_despite_chatter(void *context)
{
    struct chatter *chatter = context;
    if (postbox_has_mail(chatter->server) || chatter->client->ended)
        return true;
    double now_ms = transcript_elapsed_ms();
    if (now_ms - chatter->last_ms < STRANGER_PERIOD_MS)
        return false;
    chatter->last_ms = now_ms;
    if (now_ms > chatter->overslept_ms && is_asleep(chatter->client))
        chatter->overslept++;
    postbox_answer(chatter->stranger, chatter->question, "et moi, et moi");
    return chatter->overslept >= OVERSLEPT_LIMIT;
}

static const struct datagram *expect_again_despite(struct chatter *chatter, int number)
{
    int wait_ms = due_ms(number) - due_ms(number - 1);
    chatter->overslept = 0;
    chatter->overslept_ms = transcript_elapsed_ms() + wait_ms + 400;
    allow_wait_before(number);
    pump_until(question_came_despite_chatter, chatter, 10);
    refuse_credulity(chatter->client);
    if (chatter->overslept >= OVERSLEPT_LIMIT)
        complain_because("Chaque datagramme écarté fait-il repartir l'attente de zéro ? Ce qui "
                         "vient d'un étranger ne change rien à l'heure du prochain envoi.",
                         "tant qu'un étranger parle, l'envoi n° %d ne part pas", number);
    return expect_question_again(chatter->server, number);
}

LESSON(client_keeps_its_timetable, .step = 5, .points = 0.5, .programs = "client",
       .needs = "client_asks", .defects = "D29",
       .title = "Un étranger bavard n'avance ni ne retarde l'heure des envois")
{
    struct chatter chatter = {.server = open_judge_server(), .stranger = open_stranger()};
    struct program *client = start_client();
    chatter.client = client;
    chatter.question = expect_question(chatter.server);
    expect_again_despite(&chatter, 2);
    const struct datagram *third = expect_again_despite(&chatter, 3);
    postbox_answer(chatter.server, third, "il est midi");
    expect_answered(client, "il est midi");
}

// Refusé, un programme juste ne dort jamais : il n'a rien à attendre.
static void expect_immediate_refusal(const char *host)
{
    struct program *client = START("client", host, test_port(), QUESTION);
    pump_set_patience(0.35);
    enum wait_end end = pump_until(program_has_ended, client, 10);
    pump_set_patience(1);
    if (end == WAIT_ASLEEP) {
        struct symptoms symptoms = {
            .end = end,
            .program = client,
            .hint = "Le système sait que personne n'écoute, et peut le dire (ECONNREFUSED) : "
                    "encore faut-il que le socket n'ait qu'un correspondant, et que l'erreur soit "
                    "prise pour ce qu'elle est."};
        complain(&symptoms, "personne n'écoute, et le client attend quand même");
    }
    program_expect_exit(client, 1);
    program_expect_error(client, "client", host, test_port(), "Connection refused");
    program_expect_no_more_output(client);
}

LESSON(client_reports_refusal, .step = 5, .points = 0.5, .programs = "client",
       .needs = "client_asks", .defects = "D31",
       .title = "Personne n'écoute : code 1 et la raison sur stderr, sans attendre",
       .hint = "Un refus n'est ni un silence, ni une réponse : le client n'a plus rien à attendre.")
{
    expect_immediate_refusal("127.0.0.1");
    expect_immediate_refusal("localhost");
}

LESSON(
    client_tries_each_address, .step = 5, .points = 0.25, .programs = "client",
    .needs = "client_shows_reply", .defects = "D31",
    .title = "Un nom à plusieurs adresses : la première refuse, la suivante est essayée aussitôt",
    .hint = "Un nom peut avoir plusieurs adresses : un refus ne vaut que pour celle qui a refusé.")
{
    if (!network_has_ipv6() || !name_has_both_families("localhost"))
        verdict_skip("localhost n'a pas ici une adresse IPv4 et une adresse IPv6");
    static const char *const places[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < 2; i++) {
        struct postbox *server = postbox_open("serveur du juge", places[i], test_port());
        struct program *client = START("client", "localhost", test_port(), QUESTION);
        pump_set_patience(0.35);
        const struct datagram *question = postbox_expect_question(
            server, QUESTION, sizeof QUESTION - 1,
            "Le nom localhost a deux adresses, et personne n'écoute à l'autre : un refus "
            "(ECONNREFUSED) mène à la suivante, sans attendre.");
        pump_set_patience(1);
        postbox_answer(server, question, "il est midi");
        expect_shown(client, "il est midi");
        postbox_close(server);
    }
}

LESSON(client_stops_at_silence, .step = 5, .points = 0.25, .programs = "client",
       .needs = "client_asks", .defects = "D31",
       .title = "Un silence ne mène pas à l'adresse suivante : le client renonce")
{
    if (!network_has_ipv6() || !name_has_both_families("localhost"))
        verdict_skip("localhost n'a pas ici une adresse IPv4 et une adresse IPv6");
    struct postbox *ipv4 = open_judge_server();
    struct postbox *ipv6 = postbox_open("serveur IPv6 du juge", "::1", test_port());
    struct program *client = START("client", "localhost", test_port(), QUESTION);
    struct postbox *mute = postbox_first_with_mail(ipv4, ipv6);
    struct postbox *other = mute == ipv4 ? ipv6 : ipv4;
    expect_question(mute);
    for (int number = 2; number <= SEND_COUNT; number++)
        expect_question_again(mute, number);
    expect_renunciation(client, mute, other);
    program_expect_error(client, "client", "localhost", test_port());
}
