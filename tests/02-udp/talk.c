#include "talk.h"

#include "process_walk.h"
#include "transcript.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

// Part du temps annoncé qu'un programme juste peut ne pas avoir attendu : horloges arrondies,
// échéance calculée juste avant un envoi que la machine retarde.
#define EARLY_RATIO 0.05
#define EARLY_SLACK_MS 100.0

// Une machine figée un instant peut tarder à réveiller celui dont l'heure est passée : il est vu endormi
// deux fois, ou ne l'est pas.
#define LATE_LOOKS 2
#define TICK_MS 10

void note_interruptions(void)
{
    transcript_note("juge", "·", "fait interrompre (EINTR) un appel sur deux du programme");
    program_inject("eintr=2");
}

void expect_service(const char *name)
{
    struct postbox *client = postbox_client(name);
    postbox_ask(client, "bonjour");
    postbox_expect_reply(client, REPLY);
    postbox_close(client);
}

#define RECEIVED_FROM "received from "
#define LONGEST_ADDRESS 64

// La longueur de l'adresse que montre la prochaine ligne du serveur, ou 0 s'il n'y en a pas encore.
static size_t shown_address_length(const struct output *out)
{
    const char *line = out->length > out->consumed ? out->bytes + out->consumed : "";
    if (strncmp(line, RECEIVED_FROM, strlen(RECEIVED_FROM)) != 0)
        return 0;
    size_t length = strcspn(line + strlen(RECEIVED_FROM), " \n");
    const char *end = line + strlen(RECEIVED_FROM) + length;
    bool whole = *end == ' ' && length > 1 && length <= LONGEST_ADDRESS && end[-1] == ':';
    return whole ? length - 1 : 0;
}

static bool has_shown_address_or_ended(void *context)
{
    const struct program *server = context;
    return server->ended || shown_address_length(&server->out) > 0 ||
           (server->out.length > server->out.consumed &&
            strchr(server->out.bytes + server->out.consumed, '\n') != NULL);
}

#define PLAIN_QUESTION "bonjour"
// Sa longueur n'est le numéro d'aucune erreur que rend une réception.
#define FIRST_QUESTION "mes salutations"

// Du message le plus simple, le texte est mal montré.
static bool text_misshown;

// La longueur de la prochaine ligne du serveur, avec son \n, ou 0 tant qu'elle n'est pas entière.
static size_t shown_line_length(const struct output *out)
{
    size_t length = out->length - out->consumed;
    const char *newline = length > 0 ? memchr(out->bytes + out->consumed, '\n', length) : NULL;
    return newline != NULL ? (size_t)(newline - out->bytes) + 1 - out->consumed : 0;
}

static bool has_shown_line_or_ended(void *context)
{
    const struct program *server = context;
    return server->ended || shown_line_length(&server->out) > 0;
}

// « received from ADDR:PORT: », puis un autre texte que celui du message le plus simple.
static bool shows_another_text(struct program *server, const char *text)
{
    pump_until(has_shown_line_or_ended, server, 20);
    const struct output *out = &server->out;
    size_t before = strlen(RECEIVED_FROM) + shown_address_length(out) + strlen(": ");
    size_t length = shown_line_length(out);
    return shown_address_length(out) > 0 && length > before &&
           (length != before + strlen(text) + 1 ||
            memcmp(out->bytes + out->consumed + before, text, strlen(text)) != 0);
}

struct program *start_showing_server(const char *host, const char *sanitizer)
{
    struct program *server = sanitizer != NULL
                                 ? START_SANITIZED(sanitizer, "server", host, test_port())
                                 : START("server", host, test_port());
    server_expect_bound(server, test_port());
    struct postbox *first = postbox_open("premier client", host, "0");
    postbox_ask(first, FIRST_QUESTION);
    postbox_expect_reply(first, REPLY);
    text_misshown = shows_another_text(server, FIRST_QUESTION);
    expect_received(server, first, FIRST_QUESTION);
    postbox_close(first);
    return server;
}

void note_text_shown(struct program *server)
{
    text_misshown = shows_another_text(server, PLAIN_QUESTION);
}

void spare_others_of_text(struct program *server)
{
    if (shows_another_text(server, PLAIN_QUESTION))
        verdict_spare_others();
}

// Le texte, quel qu'il soit, est admis.
static const char *whatever_is_shown(struct program *server, const char *text)
{
    static char *shown;
    if (!text_misshown)
        return text;
    pump_until(has_shown_line_or_ended, server, 20);
    const struct output *out = &server->out;
    size_t before = strlen(RECEIVED_FROM) + shown_address_length(out) + strlen(": ");
    size_t length = shown_line_length(out);
    if (shown_address_length(out) == 0 || length <= before)
        return text;
    free(shown);
    shown = strndup(out->bytes + out->consumed + before, length - before - 1);
    return shown != NULL ? shown : text;
}

void expect_received(struct program *server, const struct postbox *client, const char *text)
{
    text = whatever_is_shown(server, text);
    pump_until(has_shown_address_or_ended, server, 20);
    size_t length = shown_address_length(&server->out);
    const char *shown =
        length > 0 ? server->out.bytes + server->out.consumed + strlen(RECEIVED_FROM) : "";
    // Les crochets d'une adresse IPv6 se jugent partout : sans eux, on ne sait pas où elle finit.
    bool bracketed = client->family != AF_INET6 || strncmp(shown, "[::1]:", 6) == 0;
    if (length == 0 || !bracketed)
        program_expect_line(server, RECEIVED_FROM "%s: %s", client->address, text);
    else
        program_expect_line(server, RECEIVED_FROM "%.*s: %s", (int)length, shown, text);
}

void expect_received_from(struct program *server, const struct postbox *client, const char *text)
{
    program_expect_line(server, RECEIVED_FROM "%s: %s", client->address,
                        whatever_is_shown(server, text));
}

struct postbox *open_judge_server(void)
{
    return postbox_open("serveur du juge", "127.0.0.1", test_port());
}

struct program *start_client(void)
{
    postboxes_forget();
    return START("client", "127.0.0.1", test_port(), QUESTION);
}

struct program *start_watched_client(void)
{
    program_inject("spin=200");
    return start_client();
}

#define SECOND_MS 1000

static bool has_come(void *context)
{
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    long gone_ms = moment.tv_nsec / 1000000 - *(const long *)context;
    return gone_ms >= 0 && gone_ms < SECOND_MS / 20;
}

// Un délai compté en secondes entières est juste ou faux selon l'instant où il commence : cet instant est donc choisi.
static void wait_for_phase(long phase_ms)
{
    // Sans programme, l'attente finit d'elle-même.
    while (pump_until(has_come, &phase_ms, 5) != WAIT_DONE)
        continue;
    transcript_note("juge", "·", "lance le client %ld ms après une seconde entière", phase_ms);
}

struct program *start_client_at(long phase_ms)
{
    wait_for_phase(phase_ms);
    return start_client();
}

struct program *start_watched_client_at(long phase_ms)
{
    wait_for_phase(phase_ms);
    return start_watched_client();
}

const struct datagram *expect_question(struct postbox *server)
{
    return postbox_expect_question(server, QUESTION, strlen(QUESTION), NULL);
}

int wait_before_ms(int number)
{
    return 100 << (number - 1);
}

int due_ms(int number)
{
    int due = 0;
    for (int i = 2; i <= number; i++)
        due += wait_before_ms(i);
    return due;
}

static struct activity observe(const struct program *program)
{
    struct activity activity = {.asleep = true};
    process_tree_observe(program->pid, &activity);
    return activity;
}

struct vigil vigil_begin(const struct program *client)
{
    return (struct vigil){client, transcript_elapsed_ms(), observe(client).awake_s};
}

double vigil_slept_ms(const struct vigil *vigil, double now_ms)
{
    struct activity activity = observe(vigil->client);
    // Fini, il n'a plus de temps à lui.
    if (vigil->client->ended || activity.awake_s < vigil->awake_s)
        return 0;
    return now_ms - vigil->since_ms - (activity.awake_s - vigil->awake_s) * 1e3;
}

/** Une attente, et ce qui l'abrège. */
struct wait {
    const struct vigil *vigil;
    double allowed_ms;
    pump_condition *condition;
    void *context;
    double looked_ms;
    int late_looks;
};

static bool came_or_overslept(void *context)
{
    struct wait *wait = context;
    if (wait->condition(wait->context) || wait->late_looks >= LATE_LOOKS)
        return true;
    double now_ms = transcript_elapsed_ms();
    if (now_ms - wait->vigil->since_ms <= wait->allowed_ms || now_ms - wait->looked_ms < TICK_MS)
        return false;
    wait->looked_ms = now_ms;
    bool late = observe(wait->vigil->client).asleep &&
                vigil_slept_ms(wait->vigil, now_ms) > wait->allowed_ms;
    wait->late_looks = late ? wait->late_looks + 1 : 0;
    return wait->late_looks >= LATE_LOOKS;
}

enum wait_end vigil_wait(const struct vigil *vigil, double allowed_ms, pump_condition *condition,
                         void *context)
{
    struct wait wait = {.vigil = vigil,
                        .allowed_ms = allowed_ms * pump_slowness(),
                        .condition = condition,
                        .context = context};
    // Le sommeil est compté ici : la pompe n'a pas à conclure avant.
    pump_set_patience(allowed_ms / 1e3 + 1);
    enum wait_end end = pump_until(came_or_overslept, &wait, TICK_MS);
    pump_set_patience(1);
    if (end == WAIT_DONE && !condition(context))
        return WAIT_ASLEEP;
    return end;
}

#define REFUSED_SETTING                                                                                \
    "Un réglage a été refusé par le système : l'appel a rendu -1 (EDOM ou EINVAL), et le délai " \
    "est resté celui d'avant. Son résultat est-il regardé ? Dans une struct timeval, tv_usec ne "   \
    "va pas jusqu'à une seconde."

// Une fois le programme fini, ses marques ne se lisent plus.
static bool seen_refused_setting;

// Une boîte qui a envoyé sans que rien lui soit venu.
static bool stranger_has_spoken(void)
{
    const struct postbox *box = postbox_last_opened();
    while (box != NULL && (box->count > 0 || box->asked_count == 0))
        box = box->next;
    return box != NULL;
}

// Une attente que la machine elle-même a pu allonger d'autant n'a « presque rien duré » : le quart de la première.
#define BARELY_MS 50

// Ce que le test fait subir passe avant ce que l'attente a duré, qui dépend aussi de la machine.
static const char *cause_of_haste(double last_wait_ms, int number)
{
    if (seen_refused_setting)
        return REFUSED_SETTING;
    if (number == 2 && program_is_injected("eintr="))
        return "La première attente dure 200 ms. Un appel interrompu (EINTR) l'a-t-il écourtée ? "
               "À la reprise, il en reste ce qui n'est pas écoulé : l'heure rendue est-elle bien "
               "en millisecondes ?";
    if (number == 2 && program_is_injected("damaged="))
        return "La première attente dure 200 ms. Une réponse jetée en route (EAGAIN) l'a-t-elle "
               "écourtée ? Rien n'est venu : il en reste ce qui n'est pas écoulé.";
    if (number == 2 && stranger_has_spoken())
        return "La première attente dure 200 ms. Un datagramme qui n'était pas la réponse "
               "l'a-t-il écourtée ?";
    if (last_wait_ms < BARELY_MS && number > SEND_COUNT)
        return "Le dernier envoi a droit, lui aussi, à son attente : 1600 ms.";
    if (last_wait_ms < BARELY_MS && number > 2)
        return "Cette attente n'a presque rien duré. Un délai que l'appel récrit (la struct "
               "timeval de select) est-il redonné tel qu'il en est revenu ?";
    if (last_wait_ms < BARELY_MS)
        return "Il n'attend presque pas. L'attente est-elle donnée dans la bonne unité (des "
               "millisecondes pour poll, des secondes et des microsecondes dans une struct "
               "timeval) ? Un appel interrompu (EINTR) est-il pris pour la fin de l'attente ?";
    if (number > 2)
        return "Chaque attente dure deux fois la précédente : 200, 400, 800, 1600 ms.";
    return "La première attente dure 200 ms. Quelque chose l'a-t-il écourtée : un appel "
           "interrompu, un datagramme qui n'était pas la réponse ?";
}

// elapsed_ms : depuis le premier envoi ; last_wait_ms : depuis le précédent.
static void refuse_haste(double elapsed_ms, double last_wait_ms, int number)
{
    double due = due_ms(number);
    double slack = due * EARLY_RATIO > EARLY_SLACK_MS ? due * EARLY_RATIO : EARLY_SLACK_MS;
    if (elapsed_ms >= due - slack)
        return;
    if (number > SEND_COUNT)
        complain_because(cause_of_haste(last_wait_ms, number),
                         "le client renonce %.0f ms après son premier envoi ; il doit y passer "
                         "%.0f ms",
                         elapsed_ms, due);
    complain_because(cause_of_haste(last_wait_ms, number),
                     "l'envoi n° %d part %.0f ms après le premier ; il doit partir après %.0f ms",
                     number, elapsed_ms, due);
}

// La date de chaque envoi est celle du noyau : un juge retardé ne se trompe pas d'intervalle.
void check_not_too_early(const struct postbox *server, int number)
{
    const struct datagram *first = server->received[0];
    const struct datagram *previous = server->received[number - 2];
    const struct datagram *again = server->received[number - 1];
    if (!first->dated || !previous->dated || !again->dated)
        return;
    double elapsed_ms = again->arrived_ms - first->arrived_ms;
    transcript_note("juge", "·", "envoi n° %d : %.0f ms après le premier", number, elapsed_ms);
    refuse_haste(elapsed_ms, again->arrived_ms - previous->arrived_ms, number);
}

// Retenu par le juge : il redemandait sans fin ce qu'il savait déjà.
void refuse_spin(const struct program *client)
{
    if (!program_has_mark(client, "spin"))
        return;
    complain_because(
        stranger_has_spoken()
            ? "Il redemande sans fin ce qu'il sait déjà. Un datagramme écarté est à lire quand "
              "même : seulement regardé (MSG_PEEK), il attend encore, et l'appel qui surveille le "
              "redit aussitôt."
            : "Il regarde sans fin si une réponse est là. C'est au système d'éveiller celui qui "
              "attend : quel appel peut dormir jusqu'à une réponse, ou jusqu'à l'heure du "
              "prochain envoi ?",
        "le client occupe un processeur au lieu d'attendre la réponse");
}

static const char *cause_of_missed_alarm(const struct program *client)
{
    if (!process_catches(client->pid, SIGALRM))
        return NULL;
    return "Un signal d'alarme (SIGALRM) doit finir l'attente, et le programme le traite. Mais "
           "l'appel où "
           "il dort a-t-il été interrompu (EINTR), ou repris aussitôt (man 7 signal, SA_RESTART) ? "
           "Et "
           "que fait signal() à ce sujet (man 2 signal) ?";
}

// Ce que l'on sait de l'attente manquée, par le noyau ou par le programme lui-même.
static void refuse_known_mistake(const struct program *client, const char *summary)
{
    const char *cause =
        program_has_mark(client, "refused") ? REFUSED_SETTING : cause_of_missed_alarm(client);
    if (cause != NULL)
        complain_because(cause, "%s", summary);
}

static _Noreturn void complain_of_absence(enum wait_end end, int number)
{
    char summary[128];
    snprintf(summary, sizeof summary, "l'envoi n° %d de la question n'est pas venu%s", number,
             end == WAIT_ASLEEP ? " à son heure" : "");
    refuse_spin(program_first());
    if (end == WAIT_ASLEEP)
        refuse_known_mistake(program_first(), summary);
    char hint[512];
    snprintf(hint, sizeof hint,
             "Après %d ms de silence la question doit repartir, et le client attend encore. Un "
             "datagramme se perd sans que personne le dise : qui ne redemande pas peut attendre "
             "pour toujours. Et s'il y a un délai, est-il dans la bonne unité ?",
             wait_before_ms(number));
    struct symptoms symptoms = {.end = end, .program = program_first(), .hint = hint};
    complain(&symptoms, "%s", summary);
}

const struct datagram *expect_question_again(struct postbox *server, int number)
{
    const struct vigil vigil = vigil_begin(program_first());
    enum wait_end end =
        vigil_wait(&vigil, wait_before_ms(number) + LATE_SLACK_MS, postbox_has_mail, server);
    if (end != WAIT_DONE)
        complain_of_absence(end, number);
    const struct datagram *again =
        postbox_expect_question(server, QUESTION, strlen(QUESTION), NULL);
    check_not_too_early(server, number);
    return again;
}

#define CROSSED_MS 100

// Une machine arrêtée un moment retient le juge aussi : à son heure, la question repart avant que la réponse, en retard, ne soit lue.
static bool crossed_the_reply(const struct postbox *server, size_t number)
{
    const struct datagram *first = server->received[0];
    const struct datagram *again = server->received[number - 1];
    return first->dated && again->dated &&
           again->arrived_ms - first->arrived_ms >= due_ms((int)number) - EARLY_SLACK_MS &&
           again->arrived_ms < server->asked_ms + CROSSED_MS;
}

void expect_no_more_question(struct postbox *server)
{
    pump_now();
    while (server->count > server->taken && server->taken < SEND_COUNT &&
           crossed_the_reply(server, server->taken + 1))
        server->taken++;
    postbox_expect_nothing_more(server);
}

static bool has_spoken_or_ended(void *program)
{
    const struct program *client = program;
    return client->out.length > 0 || client->ended;
}

// Lue et écartée, ou jamais lue : la file d'attente du socket qui a posé la question le dit.
static bool reply_is_unread(void)
{
    for (const struct postbox *box = postbox_last_opened(); box != NULL; box = box->next) {
        if (box->count > 0 && reception_at(box->received[box->count - 1]->from).unread > 0)
            return true;
    }
    return false;
}

#define UNREAD_REPLY                                                                                \
    "La réponse attend encore, non lue, dans la file d'attente du socket : l'appel où le client " \
    "dort ne le regarde pas. Un appel qui surveille (poll, select) ne voit que ce qu'on lui a "     \
    "dit de surveiller ; qui dort sans écouter n'entend rien."

// La réponse est dans le socket du client : s'il dort, c'est qu'il n'en veut pas, ou pas encore.
static void refuse_deafness(struct program *client, const char *text)
{
    if (pump_until(has_spoken_or_ended, client, 20) != WAIT_ASLEEP)
        return;
    struct symptoms symptoms = {
        .end = WAIT_ASLEEP,
        .program = client,
        .hint =
            reply_is_unread() ? UNREAD_REPLY
            : *text == '\0'
                ? "Une réponse vide est une réponse : recevoir 0 octet n'est ni une erreur, ni la "
                  "fin de quoi que ce soit."
                : "Qu'est-ce qui peut lui faire écarter cette réponse : sa longueur, ou la "
                  "comparaison de son expéditeur avec le serveur ?"};
    complain(&symptoms, "la réponse est partie vers le client, et il ne la montre pas");
}

#define HEADING "Server Says\n"
#define PLAIN_REPLY "il est midi"

// Il a bien fini, « Server Says » dit, puis une ligne, et c'en est une autre.
static bool shows_another_reply(struct program *client, const char *text)
{
    pump_until(program_has_ended, client, 20);
    pump_now();
    const struct output *out = &client->out;
    const size_t before = strlen(HEADING);
    if (!client->ended || !WIFEXITED(client->status) || WEXITSTATUS(client->status) != 0 ||
        out->length <= before || memcmp(out->bytes, HEADING, before) != 0)
        return false;
    const char *line = out->bytes + before;
    const size_t length = out->length - before - 1;
    return memchr(line, '\n', length + 1) == line + length &&
           (length != strlen(text) || memcmp(line, text, length) != 0);
}

static bool reply_is_judged_here;

void spare_others_of_reply(void)
{
    reply_is_judged_here = true;
}

// La réponse est mal montrée : la plus simple l'est-elle aussi ? Un autre client le dira.
bool every_reply_is_misshown(struct program *client, const char *text)
{
    if (reply_is_judged_here || !shows_another_reply(client, text))
        return false;
    // Ce que ce test fait subir n'est pas pour celui-là.
    const char *settings = program_injection();
    program_inject(NULL);
    struct postbox *server = postbox_open("serveur d'à côté", "127.0.0.1", other_port());
    struct program *other = START("client", "127.0.0.1", other_port(), QUESTION);
    postbox_answer(server, expect_question(server), PLAIN_REPLY);
    bool misshown = shows_another_reply(other, PLAIN_REPLY);
    postbox_close(server);
    program_inject(settings);
    return misshown;
}

void expect_shown(struct program *client, const char *text)
{
    refuse_deafness(client, text);
    if (reply_is_judged_here && shows_another_reply(client, text))
        verdict_spare_others();
    if (every_reply_is_misshown(client, text))
        return;
    program_expect_line(client, "Server Says");
    program_expect_line(client, "%s", text);
    program_expect_exit(client, 0);
    program_expect_no_more_output(client);
}

// Une réponse est là : un programme juste n'a plus rien à attendre, et ne dort plus.
static void refuse_sleep(struct program *client)
{
    const struct vigil vigil = vigil_begin(client);
    enum wait_end end = vigil_wait(&vigil, due_ms(2), program_has_ended, client);
    if (end != WAIT_ASLEEP)
        return;
    struct symptoms symptoms = {
        .end = end,
        .program = client,
        .hint = reply_is_unread()
                    ? UNREAD_REPLY
                    : "L'attente finit dès que la réponse arrive, pas à la fin du délai : qui dort "
                      "sans écouter ne l'entend pas."};
    complain(&symptoms, "la réponse est là, et le client attend encore");
}

void expect_answered(struct program *client, const char *text)
{
    refuse_sleep(client);
    program_expect_exit(client, 0);
    const struct output *out = &client->out;
    const char *found = out->length > 0 ? strstr(out->bytes, text) : NULL;
    if (found == NULL && every_reply_is_misshown(client, text))
        return;
    if (found == NULL)
        complain_because("La réponse est arrivée, le code de retour est bon : il manque le texte.",
                         "le client n'a pas montré la réponse « %s »", text);
    const char *rest = found != NULL ? found + 1 : "";
    if (strstr(rest, text) != NULL)
        complain_because("Deux réponses sont venues pour une seule question : la première finit "
                         "l'attente.",
                         "le client a montré deux réponses");
}

bool sent_or_ended(void *context)
{
    const struct next_move *move = context;
    seen_refused_setting |= !move->client->ended && program_has_mark(move->client, "refused");
    return move->client->ended || postbox_has_mail(move->server) ||
           (move->other != NULL && postbox_has_mail(move->other));
}

void expect_renunciation(struct program *client, struct postbox *server, struct postbox *other)
{
    struct next_move move = {client, server, other};
    const struct vigil vigil = vigil_begin(client);
    enum wait_end end =
        vigil_wait(&vigil, wait_before_ms(SEND_COUNT + 1) + LATE_SLACK_MS, sent_or_ended, &move);
    pump_now();
    if (postbox_has_mail(server))
        complain_because("Quatre envois en tout, le premier compris ; après la dernière attente, "
                         "le client renonce.",
                         "un envoi n° %zu est parti", server->count);
    if (other != NULL && postbox_has_mail(other))
        complain_because("Un silence ne prouve pas que le serveur est absent : il est peut-être "
                         "lent. Seul un refus (ECONNREFUSED) mène à l'adresse suivante.",
                         "après un silence, la question est partie vers une autre adresse, %s",
                         other->address);
    if (end == WAIT_ASLEEP) {
        struct symptoms symptoms = {.end = end,
                                    .program = client,
                                    .hint = "Le quatrième envoi est suivi de 1600 ms d'attente. "
                                            "Ensuite le client n'attend plus : il "
                                            "dit sur stderr qu'il renonce, et finit."};
        complain(&symptoms,
                 "quatre questions sont restées sans réponse, et le client attend encore");
    }
    double now_ms = transcript_elapsed_ms();
    const struct datagram *last = server->received[server->count - 1];
    if (client->ended && server->received[0]->dated && last->dated)
        refuse_haste(now_ms - server->received[0]->arrived_ms, now_ms - last->arrived_ms,
                     SEND_COUNT + 1);
    program_expect_exit(client, 1);
    program_expect_no_more_output(client);
}
