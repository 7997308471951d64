// Étape 5 : ne croire que le serveur, et le système quand il dit que personne n'écoute.
#include "addresses.h"
#include "nuisance.h"

#include "lesson.h"
#include "transcript.h"

#include <string.h>

/** Des adresses IPv6 de plus : la machine n'en a d'ordinaire qu'une sur la boucle locale. */
#define HOME "fd00::1"
#define SAME_START "fd00::2"
#define SAME_END "fd00:1::1"

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

// Trois étrangers ont parlé, du plus lointain au plus proche : celui qui est cru dit ce qui manque.
static void refuse_half_a_comparison(const struct program *client)
{
    if (client->out.length == 0)
        return;
    if (strstr(client->out.bytes, "c'est moi") != NULL)
        complain_because("Il avait le port du serveur, mais pas son adresse : l'expéditeur, c'est "
                         "l'une et l'autre.",
                         "le client a cru un étranger qui avait le même port que le serveur");
    if (strstr(client->out.bytes, "croyez-moi") != NULL)
        complain_because("Il avait l'adresse du serveur, mais pas son port : l'expéditeur, c'est "
                         "l'une et l'autre.",
                         "le client a cru un étranger qui avait la même adresse que le serveur");
}

/** Là où est le serveur, et d'où parlent des étrangers. */
struct place {
    const char *server;
    const char *neighbours[3]; /**< D'autres adresses de la machine, puis `NULL`. */
};

static void expect_strangers_ignored(const struct place *place)
{
    struct postbox *server = postbox_open("serveur du juge", place->server, test_port());
    struct postbox *stranger = postbox_open("étranger", place->server, "0");
    struct program *client = START("client", place->server, test_port(), QUESTION);
    const struct datagram *question = expect_question(server);
    for (const char *const *neighbour = place->neighbours; *neighbour != NULL; neighbour++) {
        postbox_answer(postbox_open("inconnu", *neighbour, "0"), question, "parlez-moi");
        // Le même port, mais une autre adresse : les deux doivent être ceux du serveur.
        postbox_answer(postbox_open("homonyme", *neighbour, test_port()), question,
                       "non, c'est moi");
    }
    postbox_answer(stranger, question, "je suis le serveur, croyez-moi");
    postbox_answer(stranger, question, "");
    postbox_answer(server, question, "il est midi");
    pump_until(program_has_ended, client, 20);
    if (every_reply_is_misshown(client, "il est midi"))
        return;
    refuse_half_a_comparison(client);
    refuse_credulity(client);
    expect_shown(client, "il est midi");
    expect_no_more_question(server);
}

LESSON(
    client_ignores_stranger, .step = 5, .points = 0.5, .programs = "client",
    .needs = "client_shows_reply", .tolerant = true, .defects = "D29",
    .title = "Un étranger répond avant le serveur : il est ignoré, en IPv4 comme en IPv6",
    .hint = "Ce qui vient d'un étranger est comme s'il n'était pas venu : ni réponse, ni erreur.")
{
    static const struct place ipv4 = {.server = "127.0.0.1", .neighbours = {"127.0.0.2"}};
    static const struct place ipv6 = {.server = "::1"};
    // Seize octets : n'en comparer que les premiers, ou les derniers, ne suffit pas.
    static const struct place twins = {.server = HOME, .neighbours = {SAME_START, SAME_END}};
    expect_strangers_ignored(&ipv4);
    if (!network_has_ipv6())
        return;
    bool has_twins = network_add_neighbour(HOME) && network_add_neighbour(SAME_START) &&
                     network_add_neighbour(SAME_END);
    lesson_ask(
        "Une adresse IPv6 se compare comme une adresse IPv4 : le port, et l'adresse entière.");
    expect_strangers_ignored(has_twins ? &twins : &ipv6);
}

static void speak(struct nuisance *nuisance)
{
    postbox_answer(nuisance->stranger, nuisance->question, "et moi, et moi");
}

LESSON(client_keeps_its_timetable, .step = 5, .points = 0.375, .programs = "client",
       .needs = "client_asks", .defects = "D29",
       .title = "Un étranger bavard n'avance ni ne retarde l'heure des envois")
{
    struct nuisance chatter = {
        .server = open_judge_server(),
        .stranger = open_stranger(),
        .strike = speak,
        .check = refuse_credulity,
        .what = "qu'un étranger parle",
        .cause = "Chaque datagramme écarté fait-il repartir l'attente de zéro ? Ce qui vient d'un "
                 "étranger ne change rien à l'heure du prochain envoi."};
    struct program *client = start_watched_client();
    chatter.client = client;
    chatter.question = expect_question(chatter.server);
    expect_again_despite(&chatter, 2);
    const struct datagram *third = expect_again_despite(&chatter, 3);
    postbox_answer(chatter.server, third, "il est midi");
    expect_answered(client, "il est midi");
}

static void expect_damaged_reply_ignored(const char *host)
{
    struct postbox *server = postbox_open("serveur du juge", host, test_port());
    struct program *client = START("client", host, test_port(), QUESTION);
    const struct datagram *question = expect_question(server);
    const char *port = strrchr(question->from, ':') + 1;
    postbox_send_damaged(server, host, port);
    programs_wait_until_asleep();
    postbox_answer(server, question, "il est midi");
    // Jetée elle aussi, si le client lit sans attendre : la seconde est la bonne.
    programs_wait_until_asleep();
    if (!client->ended)
        postbox_answer(server, question, "il est midi");
    expect_answered(client, "il est midi");
    // Rien n'est venu, mais l'heure non plus : la question n'a pas à repartir.
    if (server->count > 1)
        check_not_too_early(server, 2);
    postbox_close(server);
}

LESSON(client_survives_damaged_reply, .step = 5, .points = 0.25, .programs = "client",
       .needs = "client_shows_reply", .tolerant = true,
       .title = "Une réponse annoncée, puis jetée pour sa somme de contrôle, n'est pas une réponse",
       .hint = "poll a annoncé une réponse que le noyau a jetée ensuite : la réception rend -1, et "
               "errno dit qu'il n'y a rien (EAGAIN). L'attente, elle, n'est pas finie.")
{
    transcript_note("juge", "·", "abîme en route la première réponse : annoncée, elle est jetée");
    program_inject("damaged=1");
    expect_damaged_reply_ignored("127.0.0.1");
    if (network_has_ipv6())
        expect_damaged_reply_ignored("::1");
}

// Refusé, un programme juste ne dort jamais : il n'a rien à attendre.
static void expect_immediate_refusal(const char *host)
{
    struct program *client = START("client", host, test_port(), QUESTION);
    const struct vigil vigil = vigil_begin(client);
    enum wait_end end = vigil_wait(&vigil, LATE_SLACK_MS, program_has_ended, client);
    if (end == WAIT_ASLEEP && program_has_mark(client, "spin"))
        complain_because(
            "L'attente finit aussitôt, chaque fois : le système a une erreur à dire de ce socket "
            "(POLLERR, dans revents), et personne ne la lui demande. Ce n'est pas POLLIN : quel "
            "appel la prendrait ?",
            "personne n'écoute, et le client redemande sans fin au système ce qu'il sait déjà");
    if (end == WAIT_ASLEEP && program_has_mark(client, "again"))
        complain_because(
            "La même adresse est essayée une seconde fois, d'un autre socket. La liste de "
            "getaddrinfo la contient-elle plusieurs fois, une par sorte de socket (man 3 "
            "getaddrinfo, ai_socktype), ou bien le programme y revient-il ?",
            "personne n'écoute, et la question repart vers la même adresse");
    if (end == WAIT_ASLEEP && program_has_mark(client, "sends"))
        complain_because(
            "Le refus a-t-il été pris pour un silence ? Après lui il n'y a plus rien à "
            "attendre de cette adresse, donc plus rien à lui envoyer.",
            "personne n'écoute, et la question repart vers la même adresse");
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
    const char *const shown = strcmp(host, "::1") == 0 ? "[::1]" : host;
    program_expect_error(client, "client", shown, test_port(), "Connection refused");
    program_expect_no_more_output(client);
}

// Le serveur s'en va pendant l'attente : seul le deuxième envoi est refusé.
static void expect_late_refusal(void)
{
    struct postbox *leaving = open_judge_server();
    struct program *client = start_client_at(0);
    expect_question(leaving);
    postbox_close(leaving);
    const struct vigil vigil = vigil_begin(client);
    enum wait_end end = vigil_wait(&vigil, due_ms(2) + LATE_SLACK_MS, program_has_ended, client);
    if (end == WAIT_ASLEEP)
        complain_because("Un refus vaut à tout moment, fût-il appris après un premier silence.",
                         "le serveur s'en va, le deuxième envoi est refusé, et le client attend "
                         "encore");
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "127.0.0.1", test_port(), "Connection refused");
}

// Un pare-feu, par exemple. Redemander est permis, tant que la vraie raison est dite à la fin.
static void expect_unsent_question_reported(void)
{
    program_inject("refuse=1000");
    struct postbox *server = open_judge_server();
    struct program *client = start_client();
    struct next_move move = {.client = client, .server = server};
    const struct vigil vigil = vigil_begin(client);
    enum wait_end end =
        vigil_wait(&vigil, due_ms(SEND_COUNT + 1) + LATE_SLACK_MS, sent_or_ended, &move);
    // Envoyée par un appel que le juge ne sait pas refuser.
    if (postbox_has_mail(server))
        return;
    const char *said = client->err.length > 0 ? client->err.bytes : "";
    if (end == WAIT_ASLEEP || (client->ended && strstr(said, "not permitted") == NULL))
        complain_because("Le système a refusé chaque envoi, et l'a dit : un envoi qui rend -1 n'a "
                         "rien envoyé, et errno donne la raison. Son résultat est-il regardé ?",
                         "la question n'est jamais partie, et le client n'en donne pas la raison");
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "127.0.0.1", test_port());
}

LESSON(client_reports_refusal, .step = 5, .points = 0.375, .programs = "client",
       .needs = "client_asks", .defects = "D31",
       .title = "Personne n'écoute, ou l'envoi échoue : code 1 et la raison sur stderr",
       .hint = "Un refus n'est ni un silence, ni une réponse : le client n'a plus rien à attendre.")
{
    program_inject("sends=1,spin=200");
    expect_immediate_refusal("127.0.0.1");
    if (network_has_ipv6())
        expect_immediate_refusal("::1");
    // Ici un envoi par adresse : c'est l'affaire du test suivant.
    program_inject(NULL);
    expect_immediate_refusal("localhost");
    expect_last_refusal_told();
    expect_late_refusal();
    expect_unsent_question_reported();
}

static void refuse_insistence(const struct program *client, struct postbox *server)
{
    struct next_move move = {.client = client, .server = server};
    const struct vigil vigil = vigil_begin(client);
    enum wait_end end = vigil_wait(&vigil, LATE_SLACK_MS, sent_or_ended, &move);
    if (end == WAIT_ASLEEP && program_has_mark(client, "sends"))
        complain_because("L'adresse qui refuse (ECONNREFUSED) refusera encore : que fait le "
                         "programme après ce refus ?",
                         "la question repart sans fin vers une adresse où personne n'écoute");
}

// La première adresse que le client essaie ne convient pas : il n'y a pas là de quoi attendre.
static void expect_address_passed(const char *injection, const char *cause)
{
    struct postbox *ipv4 = postbox_open("serveur du juge", "127.0.0.1", test_port());
    struct postbox *ipv6 = postbox_open("serveur IPv6 du juge", "::1", test_port());
    lesson_ask(cause);
    program_inject(injection);
    struct program *client = START("client", "localhost", test_port(), QUESTION);
    struct postbox *server = postbox_first_with_mail(ipv4, ipv6);
    const struct datagram *question =
        postbox_expect_question(server, QUESTION, sizeof QUESTION - 1, NULL);
    postbox_answer(server, question, "il est midi");
    expect_shown(client, "il est midi");
    postbox_close(ipv4);
    postbox_close(ipv6);
}

LESSON(
    client_tries_each_address, .step = 5, .points = 0.25, .programs = "client",
    .needs = "client_shows_reply", .tolerant = true, .defects = "D31",
    .title = "Un nom à plusieurs adresses : la première refuse, la suivante est essayée aussitôt",
    .hint = "Un nom peut avoir plusieurs adresses : un refus ne vaut que pour celle qui a refusé.")
{
    require_two_addresses();
    static const char *const places[] = {"127.0.0.1", "::1"};
    // Bien plus d'envois qu'un programme juste n'en fait : qui insiste sans fin est retenu.
    program_inject("sends=12");
    for (size_t i = 0; i < 2; i++) {
        struct postbox *server = postbox_open("serveur du juge", places[i], test_port());
        struct program *client = START("client", "localhost", test_port(), QUESTION);
        refuse_insistence(client, server);
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
    expect_address_passed(
        "families=1",
        "Un système peut ne pas avoir une famille d'adresses : socket lui-même échoue alors "
        "(EAFNOSUPPORT). Cette adresse ne convient pas : la suivante est-elle essayée ?");
    expect_address_passed(
        "unreachable=1",
        "Vers une adresse, il peut n'y avoir pas de chemin : le système le dit aussitôt "
        "(ENETUNREACH), et rien n'est parti. Ce n'est ni un refus, ni un silence : l'adresse "
        "suivante est-elle essayée ?");
}

LESSON(client_stops_at_silence, .step = 5, .points = 0.25, .programs = "client",
       .needs = "client_asks", .defects = "D31",
       .title = "Un silence ne mène pas à l'adresse suivante : le client renonce")
{
    require_two_addresses();
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
