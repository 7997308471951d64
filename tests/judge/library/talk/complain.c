#include "complain.h"

#include "sanitizer_report.h"
#include "visible.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static cause_finder *find_cause;
static const struct symptoms *subject;
static struct failure *first;

void complain_find_causes_with(cause_finder *finder)
{
    find_cause = finder;
}

const struct symptoms *complain_subject(void)
{
    return subject;
}

void complain_about(const struct symptoms *symptoms)
{
    subject = symptoms;
}

// Une cause est une phrase : elle peut commencer par « votre serveur ».
static const char *as_sentence(const char *cause)
{
    static char sentence[4096];
    if (cause == NULL)
        return NULL;
    snprintf(sentence, sizeof sentence, "%s", cause);
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    return sentence;
}

// Un programme mort n'a pas fait la suite : c'est dit d'abord, puis ce que le test en a vu.
static void tell_death(struct failure *failure)
{
    static char summary[1536];
    const struct program *dead = program_first();
    while (dead != NULL && !program_has_died(dead))
        dead = dead->next;
    if (dead == NULL)
        return;
    snprintf(summary, sizeof summary, "%s est mort, tué par SIG%s ; ce que le test en a vu : %s",
             dead->actor, sigabbrev_np(WTERMSIG(dead->status)), failure->summary);
    failure->summary = summary;
    failure->cause = as_sentence(find_cause(&(struct symptoms){.program = dead}));
    failure->gravity = "death";
}

// Une course ou un débordement explique tout le reste ; une mort aussi.
void complain_with(struct failure *failure)
{
    // Ce qui arrive pendant ce temps peut être un échec aussi : c'est le premier qui est dit.
    if (first != NULL)
        failure = first;
    else if (!pump_is_flooded()) {
        first = failure;
        programs_bury();
    }
    for (const struct program *program = program_first(); program != NULL; program = program->next)
        complain_of_report(program);
    tell_death(failure);
    verdict_fail(failure);
}

void complain(const struct symptoms *symptoms, const char *format, ...)
{
    char summary[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(summary, sizeof summary, format, arguments);
    va_end(arguments);
    if (first == NULL)
        subject = symptoms;

    struct failure failure = {
        .summary = summary, .caret = -1, .cause = as_sentence(find_cause(symptoms))};
    if (symptoms->expected != NULL) {
        struct visible_difference difference = visible_compare(
            symptoms->expected, symptoms->expected_length,
            symptoms->received != NULL ? symptoms->received : "", symptoms->received_length);
        failure.expected = difference.expected;
        failure.received = difference.received;
        failure.caret = difference.caret;
    }
    complain_with(&failure);
}

void complain_because(const char *cause, const char *format, ...)
{
    char summary[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(summary, sizeof summary, format, arguments);
    va_end(arguments);
    complain_with(&(struct failure){.summary = summary, .caret = -1, .cause = cause});
}

void complain_of_report(const struct program *program)
{
    struct finding finding = {0};
    if (!sanitizer_read(program, &finding))
        return;
    sanitizer_recall(program);
    verdict_fail(&(struct failure){.summary = finding.summary,
                                   .caret = -1,
                                   .cause = finding.cause,
                                   .gravity = finding.gravity,
                                   .line = &finding.line});
}

void complain_no_connection(const struct peer *peer, enum wait_end end)
{
    struct symptoms symptoms = {.end = end, .program = program_named("server"), .peer = peer};
    if (peer->error == ECONNREFUSED)
        complain(&symptoms,
                 "« %s » ne peut pas se connecter : connexion refusée, le serveur "
                 "n'écoute plus",
                 peer->name);
    complain(&symptoms, "la connexion de « %s » ne s'établit pas", peer->name);
}

static const struct program *program_facing(void)
{
    return program_first();
}

void complain_not_sent(const struct peer *peer, enum wait_end end, int error, size_t remaining)
{
    struct symptoms symptoms = {.end = end, .program = program_facing(), .peer = peer};
    programs_settle();
    if (symptoms.program != NULL && symptoms.program->ended)
        complain(&symptoms, "« %s » ne peut plus envoyer : %s n'est plus là", peer->name,
                 symptoms.program->actor);
    if (error == EPIPE || error == ECONNRESET || peer->ended || peer->error != 0)
        complain(&symptoms, "« %s » ne peut plus envoyer : le programme a fermé la connexion",
                 peer->name);
    complain(&symptoms,
             "« %s » n'a pas pu envoyer ses %zu derniers octets : le programme ne les "
             "lit pas",
             peer->name, remaining);
}

void complain_no_client(const char *address, enum wait_end end)
{
    struct symptoms symptoms = {.end = end, .program = program_facing()};
    complain(&symptoms, "aucun client ne s'est connecté au serveur du juge, sur %s", address);
}
