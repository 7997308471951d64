// Étape 4 : un datagramme se perd, une réponse tarde ; le client redemande, puis renonce.
// Les tests qui attendent ne dépendent que des premiers, pour attendre tous en même temps.
#include "nuisance.h"

#include "transcript.h"

#include <signal.h>
#include <string.h>

LESSON(client_asks_again, .step = 4, .points = 1, .programs = "client", .needs = "client_asks",
       .defects = "D28", .title = "La première question se perd : elle est renvoyée après 200 ms",
       .hint = "Tant que rien ne vient, la même question repart, entière : quatre envois en tout.")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_watched_client_at(0);
    expect_question(server);
    postbox_answer(server, expect_question_again(server, 2), "il est midi");
    expect_answered(client, "il est midi");
    expect_no_more_question(server);
}

LESSON(client_doubles_its_wait, .step = 4, .points = 0.75, .programs = "client",
       .needs = "client_asks", .defects = "D28",
       .title = "Les deux premières se perdent : la seconde attente est deux fois plus longue",
       .hint = "Tant que rien ne vient, la même question repart, entière : quatre envois en tout.")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_watched_client();
    expect_question(server);
    expect_question_again(server, 2);
    postbox_answer(server, expect_question_again(server, 3), "il est midi");
    expect_answered(client, "il est midi");
    expect_no_more_question(server);
}

LESSON(
    client_gives_up, .step = 4, .points = 1, .programs = "client", .needs = "client_asks",
    .defects = "D28",
    .title = "Toutes se perdent : quatre envois, l'attente doublant, puis un message et le code 1",
    .hint = "Quatre envois en tout, puis le client dit sur stderr qu'il renonce.")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_watched_client();
    expect_question(server);
    for (int number = 2; number <= SEND_COUNT; number++)
        expect_question_again(server, number);
    expect_renunciation(client, server, NULL);
    program_expect_error(client, "client", "127.0.0.1", test_port());
}

// Bien avant son heure : ce n'est pas le silence qui a fait partir cet envoi.
static bool came_before_its_time(const struct postbox *server, size_t number)
{
    if (server->count < number || !server->received[number - 1]->dated)
        return false;
    return server->received[number - 1]->arrived_ms - server->received[number - 2]->arrived_ms <
           0.7 * wait_before_ms((int)number);
}

// Perdue, une réponse l'est de deux façons : personne n'est plus là pour la lire, ou elle est lue et écartée.
static const char *cause_of_lost_late_reply(const struct datagram *question)
{
    const struct reception origin = reception_at(question->from);
    if ((origin.open || origin.reserved) && origin.unread == 0)
        return "Elle est arrivée là d'où la question est partie, le client y écoute encore, et il "
               "l'a lue : qu'est-ce qui la lui fait écarter ?";
    return "La réponse est allée là d'où la première question est partie : le client y "
           "écoute-t-il encore, une fois la question renvoyée ?";
}

LESSON(
    client_shows_one_reply, .step = 4, .points = 0.75, .programs = "client", .needs = "client_asks",
    .defects = "D33",
    .title = "Une réponse en retard est une réponse ; venue deux fois, elle est montrée une fois")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_watched_client_at(950);
    const struct datagram *first = expect_question(server);
    expect_question_again(server, 2);
    // La réponse à la première question arrive après la seconde.
    postbox_answer(server, first, "il était midi");
    enum wait_end end = pump_until(program_has_ended, client, 20);
    if (end == WAIT_ASLEEP && came_before_its_time(server, 3))
        complain_because("Elle est à peine arrivée que la question est repartie : qu'est-ce qui la "
                         "fait écarter, et prendre pour un silence ?",
                         "une réponse à la première question, venue après la seconde, ne suffit "
                         "pas au client");
    if (end == WAIT_ASLEEP)
        complain_because(cause_of_lost_late_reply(first),
                         "une réponse à la première question, venue après la seconde, est perdue");
    expect_answered(client, "il était midi");
    expect_no_more_question(server);

    // La réponse à la seconde, elle, ne concerne pas la question suivante.
    client = start_client();
    const struct datagram *next = expect_question(server);
    postbox_answer(server, first, "il était midi");
    postbox_answer(server, next, "il est une heure");
    postbox_answer(server, next, "il est une heure");
    pump_until(program_has_ended, client, 20);
    if (memmem(client->out.bytes, client->out.length, "midi", 4) != NULL)
        complain_because("Une réponse en retard revient là d'où sa question est partie : qu'est-ce "
                         "qui y distingue cette question de la précédente ?",
                         "le client a pris pour sa réponse celle d'une question d'avant");
    expect_answered(client, "il est une heure");
}

/** Appels au bout desquels les interruptions d'eintr=2 reviennent au même rang. */
#define INTERRUPTION_CYCLE 5

// Selon le rang où elle commence, c'est l'envoi, l'attente ou la réception que l'interruption trouve.
static void expect_answer_at_each_phase(struct postbox *server)
{
    for (int phase = 0; phase < INTERRUPTION_CYCLE; phase++) {
        char settings[32];
        snprintf(settings, sizeof settings, "eintr=2,phase=%d", phase);
        program_inject(settings);
        struct program *client = start_client();
        postbox_answer(server, expect_question(server), "il est midi");
        expect_answered(client, "il est midi");
    }
}

static void interrupt(struct nuisance *nuisance)
{
    spawn_signal(&nuisance->client->spawned, SIGWINCH);
}

/** Qui a dormi autant avant sa première question en a envoyé une autre, ou le croit : une attente l'a précédée. */
#define LATE_QUESTION_MS 150

// Un signal ne l'a pas encore touché : seul son premier envoi a pu être interrompu.
static struct program *start_and_expect_question(struct nuisance *signals)
{
    static const char interrupted[] =
        "Des appels sont ici interrompus (EINTR) : un envoi interrompu n'a rien envoyé. Est-il à "
        "refaire, ou à attendre comme s'il était parti ?";
    struct program *client = start_client();
    const struct vigil vigil = vigil_begin(client);
    signals->client = client;
    const struct datagram *question =
        postbox_expect_question(signals->server, QUESTION, strlen(QUESTION), interrupted);
    double late_ms = vigil_slept_ms(&vigil, question->arrived_ms);
    if (question->dated && late_ms > LATE_QUESTION_MS) {
        transcript_note("juge", "·", "la première question n'est venue qu'après %.0f ms de sommeil",
                        late_ms);
        signals->cause = interrupted;
    }
    return client;
}

/** Combien de temps, après l'heure de renvoyer la question, le client reste suspendu. */
#define PAST_HOUR_MS 60

static bool is_past(void *context)
{
    return transcript_elapsed_ms() >= *(const double *)context;
}

// Faux si l'envoi de ce rang est parti pendant que l'on attendait de voir le client dormir.
static bool suspend_before(int number, struct postbox *server, struct program *client)
{
    program_wait_until_calm(client);
    program_signal(client, SIGSTOP);
    pump_now();
    if (!postbox_has_mail(server))
        return true;
    program_signal(client, SIGCONT);
    expect_question_again(server, number);
    return false;
}

static _Noreturn void refuse_negative_wait(enum wait_end end, const struct program *client)
{
    static const char summary[] = "suspendu, puis repris après l'heure de renvoyer sa question, le "
                                  "client ne la renvoie pas";
    static const char cause[] =
        "À la reprise, l'heure était passée : ce qui restait à attendre était négatif. Qu'est-ce "
        "qu'une durée négative pour l'appel où il attend (man poll, man select) ?";
    if (client->ended && !program_has_died(client))
        complain_because(cause, summary);
    complain(&(struct symptoms){.end = end, .program = client, .hint = cause}, summary);
}

// Suspendu jusqu'après son heure, puis interrompu : ce qui reste alors à attendre est négatif. Qui ne le voit pas n'y tombe
// d'ordinaire que sur une machine surchargée.
static const struct datagram *expect_again_past_its_hour(int number, struct postbox *server,
                                                         struct program *client)
{
    double hour_ms = transcript_elapsed_ms() + wait_before_ms(number) + PAST_HOUR_MS;
    transcript_note("juge", "·", "laisse passer l'heure de l'envoi n° %d, puis reprend le client",
                    number);
    // Suspendu, il dort : cette attente est celle d'une heure, non d'un programme.
    while (pump_until(is_past, &hour_ms, 10) != WAIT_DONE)
        continue;
    spawn_signal(&client->spawned, SIGWINCH);
    program_signal(client, SIGCONT);
    const struct vigil vigil = vigil_begin(client);
    enum wait_end end = vigil_wait(&vigil, LATE_SLACK_MS, postbox_has_mail, server);
    if (end != WAIT_DONE)
        refuse_negative_wait(end, client);
    return expect_question_again(server, number);
}

static void expect_answer_past_an_hour(void)
{
    struct postbox *server = open_judge_server();
    program_inject("handler=1");
    struct program *client = start_client();
    const struct datagram *question = expect_question(server);
    int number = 2;
    while (number < SEND_COUNT && !suspend_before(number, server, client))
        number++;
    if (number < SEND_COUNT)
        question = expect_again_past_its_hour(number, server, client);
    postbox_answer(server, question, "il est midi");
    expect_answered(client, "il est midi");
}

LESSON(
    client_survives_interruptions, .step = 4, .points = 0.5, .programs = "client",
    .needs = "client_asks", .defects = "D28",
    .title = "Appels interrompus, suspension puis reprise : ni l'attente ni la réponse n'y perdent",
    .hint = "Un appel interrompu (EINTR) n'a rien fait et n'a rien perdu : il est à reprendre, "
            "pour le temps qui reste.")
{
    struct nuisance signals = {
        .server = open_judge_server(),
        .strike = interrupt,
        .what = "que des signaux interrompent le client",
        .cause =
            "Une attente interrompue (EINTR) est-elle reprise pour toute sa durée ? À la "
            "reprise, il n'en reste que ce qui n'est pas encore écoulé, à une horloge qui "
            "avance toujours, même quand le programme dort. Et l'heure rendue est-elle bien en "
            "millisecondes ?"};
    program_inject("eintr=2,handler=1");
    struct program *client = start_and_expect_question(&signals);
    program_signal(client, SIGSTOP);
    program_signal(client, SIGCONT);
    transcript_note("juge", "·", "interrompt le client par SIGWINCH, vingt-cinq fois par seconde");
    expect_again_despite(&signals, 2);
    expect_again_despite(&signals, 3);
    // Une horloge qui revient à zéro chaque seconde n'atteint jamais une heure plus lointaine.
    const struct datagram *again = expect_again_despite(&signals, 4);
    program_signal(client, SIGSTOP);
    postbox_answer(signals.server, again, "il est midi");
    program_signal(client, SIGCONT);
    expect_answered(client, "il est midi");
    expect_answer_at_each_phase(signals.server);
    postbox_close(signals.server);
    expect_answer_past_an_hour();
}
