#include "cause.h"
#include "cause_bytes.h"
#include "cause_peers.h"
#include "cause_words.h"

#include "datagram.h"
#include "lesson.h"
#include "program_expect.h"
#include "pump.h"
#include "sanitizer_report.h"
#include "sleeping_call.h"
#include "transcript.h"
#include "visible.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

// Le temps qu'un programme sans cesse réveillé a pour être vu endormi, en millisecondes.
#define RESTLESS_LOOK_MS 500.0

static char text[2048];

__attribute__((format(printf, 1, 2))) static const char *say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

static const char *signal_meaning(int signal)
{
    switch (signal) {
    case SIGSEGV:
        return "accès à une adresse mémoire interdite : pointeur non initialisé, mémoire déjà "
               "rendue, variable locale d'une fonction finie, indice hors d'un tableau, pile trop "
               "petite pour les variables locales";
    case SIGABRT:
        return "la bibliothèque a détecté une corruption, ou abort() a été appelé";
    case SIGPIPE:
        return "il a écrit dans un socket que l'autre avait déjà fermé : piège D19 du lab 01";
    case SIGALRM:
        return "il l'avait lui-même demandé, par alarm ou setitimer, et rien ne dit quoi faire "
               "quand il vient";
    case SIGFPE:
        return "division par zéro";
    case SIGKILL:
        return "par le système, mémoire épuisée ? ou par lui-même ?";
    case SIGTERM:
    case SIGINT:
        return "le signal d'arrêt l'a tué au lieu d'être traité";
    case SIGXCPU:
        return "il a dépassé le temps de calcul permis : une boucle ne s'arrête pas";
    case SIGXFSZ:
        return "il a écrit un fichier plus grand que permis : une boucle ne s'arrête pas";
    default:
        return "signal non traité";
    }
}

static void describe_end(const struct program *program, char *where, size_t size)
{
    if (WIFSIGNALED(program->status))
        snprintf(where, size, "tué par SIG%s (%s)", sigabbrev_np(WTERMSIG(program->status)),
                 signal_meaning(WTERMSIG(program->status)));
    else
        snprintf(where, size, "terminé avec le code %d", WEXITSTATUS(program->status));
}

static const char *from_sanitizer(const struct program *program)
{
    static struct finding finding;
    if (sanitizer_read(program, &finding))
        return finding.cause;
    static const char *const marks[] = {"AddressSanitizer", "LeakSanitizer", "runtime error:",
                                        "ThreadSanitizer",  "== Invalid ",   "definitely lost"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *found =
            program->err.bytes != NULL ? strstr(program->err.bytes, marks[i]) : NULL;
        if (found == NULL)
            continue;
        char *line = visible_all(found, strcspn(found, "\n"));
        const char *cause = say("Le vérificateur de mémoire a trouvé : %s. Le détail est dans ce "
                                "que le programme a écrit sur stderr.",
                                line);
        free(line);
        return cause;
    }
    return NULL;
}

static bool is_driver(const struct program *program)
{
    return strcmp(program->which, "framing_driver") == 0;
}

// Ce que le programme d'essai a vu et qui suffit à expliquer l'échec, quoi que demande le test.
static const char *plain_fact_from_driver(const struct program *program)
{
    if (!is_driver(program) || program->out.length == 0)
        return NULL;
    if (strstr(program->out.bytes, "au-delà du tampon") != NULL)
        return "Des octets ont été écrits après la fin de la mémoire donnée à line_reader_init : à "
               "chaque lecture, combien de place y reste-t-il, compte tenu de ce qui y attend déjà "
               "?";
    if (strstr(program->out.bytes, "EINTR") != NULL)
        return "Un appel interrompu par un signal (EINTR) a été pris pour une erreur : rien n'est "
               "perdu, il est à refaire.";
    if (strstr(program->out.bytes, "ENOTSOCK") != NULL)
        return "L'entrée standard n'est pas un socket, et un appel qui ne lit que des sockets l'a "
               "dit "
               "(ENOTSOCK).";
    return NULL;
}

// Le programme d'essai du juge annonce lui-même ce que les fonctions de framing.c lui ont rendu.
static const char *from_driver(const struct program *program)
{
    if (!is_driver(program) || WIFSIGNALED(program->status) || program->out.length == 0)
        return NULL;
    if (strcmp(program->out.bytes, "tout est envoyé\n") == 0)
        return "Au juge qui l'appelait, send_all a rendu 0 : elle croit avoir tout envoyé.";
    size_t end = program->out.length - (program->out.bytes[program->out.length - 1] == '\n');
    const char *newline = memrchr(program->out.bytes, '\n', end);
    const char *last = newline != NULL ? newline + 1 : program->out.bytes;
    char *shown = visible_short(last, end - (size_t)(last - program->out.bytes));
    const char *cause = say("Le programme d'essai du juge, lié à votre framing.c, a fini en "
                            "annonçant : « %s ».",
                            shown);
    free(shown);
    return cause;
}

// La dernière ligne de stderr : celle qui précède la mort, ou le silence. Une ligne sans fin était encore
// en train de s'écrire, par un thread que la fin du programme a pu couper. À libérer.
static char *last_words(const struct program *program)
{
    size_t length = program->err.length;
    const char *newline = memrchr(program->err.bytes, '\n', length);
    if (newline != NULL)
        length = (size_t)(newline - program->err.bytes) + 1;
    size_t end = length - (program->err.bytes[length - 1] == '\n');
    newline = memrchr(program->err.bytes, '\n', end);
    const char *last = newline != NULL ? newline + 1 : program->err.bytes;
    return visible_short(last, end - (size_t)(last - program->err.bytes));
}

static const char *from_death(const struct program *program)
{
    if (!program->ended)
        return NULL;
    const char *driver = from_driver(program);
    if (driver != NULL)
        return driver;
    char end[256];
    describe_end(program, end, sizeof end);
    if (program->err.length == 0)
        return say("%s s'est arrêté : %s, sans rien dire sur stderr.", program->actor, end);
    char *shown = last_words(program);
    const char *cause =
        say("%s s'est arrêté : %s. Il disait sur stderr : « %s »", program->actor, end, shown);
    free(shown);
    return cause;
}

// Un client qui a fini comme il le devait a écrit autre chose : sa fin n'explique rien.
static bool ended_well(const struct symptoms *symptoms)
{
    const struct program *program = symptoms->program;
    return strcmp(program->which, "client") == 0 && symptoms->on_stdout &&
           symptoms->received_length > 0 && program->ended && WIFEXITED(program->status) &&
           WEXITSTATUS(program->status) == 0;
}

static const char *from_stdout(const struct symptoms *symptoms)
{
    const struct program *program = symptoms->program;
    if (!symptoms->on_stdout || symptoms->expected == NULL)
        return NULL;
    size_t wanted = symptoms->expected_length;
    if (wanted > 0 && symptoms->expected[wanted - 1] == '\n')
        wanted--;
    if (wanted > 0 && program->err.length >= wanted &&
        memmem(program->err.bytes, program->err.length, symptoms->expected, wanted) != NULL)
        return "Le texte est là, mais sur stderr : le contrat le veut sur stdout.";
    if (symptoms->received_length > 0)
        return NULL;
    if (program->out.closed && !program->ended)
        return say("%s a fermé sa sortie standard.", program->actor);
    if (wanted == symptoms->expected_length && !program->ended)
        return "Une question n'a pas de fin de ligne : même vidée ligne par ligne, stdout la garde "
               "en mémoire tant que le programme ne la fait pas partir (man 3 fflush).";
    // Le programme d'essai du juge, lui, fait sortir chaque ligne.
    if (is_driver(program))
        return NULL;
    if (program->out.length == 0 && !program->ended)
        return "Rien n'est encore sorti sur stdout. Quand stdout est un tube et non un terminal, "
               "printf garde le texte en mémoire jusqu'à en avoir plusieurs kilooctets : le "
               "programme doit le faire sortir à chaque ligne (man 3 setvbuf, man 3 fflush).";
    return NULL;
}

// Les premières lignes sont sorties, pas celle-ci : n'a-t-elle pas été écrite, ou n'est-elle pas sortie ?
static const char *from_held_line(const struct symptoms *symptoms)
{
    const struct program *program = symptoms->program;
    if (!symptoms->on_stdout || symptoms->received_length > 0 || program->ended ||
        symptoms->end != WAIT_ASLEEP || program->err.length > 0 || !program_is_server(program) ||
        program->out.length == 0)
        return NULL;
    return "Rien de plus n'est sorti sur stdout. Si le programme a bien écrit cette ligne, il la "
           "garde "
           "encore en mémoire (man 3 fflush, man 3 setvbuf).";
}

// accept a échoué, et le programme a cru tenir un client : il annonce encore celui d'avant.
static const char *from_phantom_client(const struct program *program)
{
    static const char title[] = "client connected from ";
    const char *last = NULL;
    if (program->out.length == 0 || !program_is_server(program))
        return NULL;
    for (const char *at = program->out.bytes; (at = strstr(at, title)) != NULL; at++) {
        size_t length = strcspn(at, "\n") + 1;
        if (last != NULL && strncmp(last, at, length) == 0)
            return "Le même client est annoncé deux fois, sans être revenu : que rend accept, et "
                   "le "
                   "socket d'écoute qu'on lui donne est-il encore ouvert ?";
        last = at;
    }
    return NULL;
}

static const char *from_connection(const struct symptoms *symptoms)
{
    const struct peer *peer = symptoms->peer;
    if (peer == NULL)
        return NULL;
    if (peer->error == ECONNRESET && peer_is_answered(peer))
        return "Le programme a coupé la connexion net (RST), alors qu'il avait tout lu : c'est ce "
               "que fait close quand l'option SO_LINGER est réglée à zéro, et ce qui était en "
               "route "
               "est perdu (man 7 socket).";
    if (peer->error == ECONNRESET)
        return "Le programme a fermé la connexion avant cela, en laissant des octets non lus : "
               "elle "
               "a été coupée net (RST).";
    // Une autre ligne est venue, entière : la fermeture qui la suit n'explique rien.
    if (peer->ended && symptoms->received_length > 0 &&
        memchr(symptoms->received, '\n', symptoms->received_length) != NULL)
        return NULL;
    if (peer->ended)
        return "Le programme a fermé la connexion avant cela.";
    const char *queues = cause_from_queues(peer);
    return queues != NULL ? queues : cause_from_kept_reply(symptoms);
}

// Ce que le programme a dit lui-même est souvent le meilleur indice.
static const char *with_words(const char *cause, const struct program *program)
{
    if (program->ended || program->err.length == 0)
        return cause;
    char *shown = last_words(program);
    static char both[sizeof text + 512];
    snprintf(both, sizeof both, "%s Il a dit sur stderr : « %s »", cause, shown);
    free(shown);
    return both;
}

// Il se réveille de temps en temps, sans que rien ne change : où est-il, la plupart du temps ? Un seul
// regard peut tomber sur un réveil, qui dure tant que d'autres occupent les processeurs.
static const char *from_restless(const struct program *program)
{
    char call[256] = "";
    double end_ms = transcript_elapsed_ms() + RESTLESS_LOOK_MS * pump_slowness();
    while (!program->ended && call[0] == '\0' && transcript_elapsed_ms() < end_ms)
        process_tree_sleeping_call(program->pid, call, sizeof call);
    if (call[0] == '\0')
        return NULL;
    return say(
        "%s se réveille et se rendort sans que rien ne change. Au moment où le juge renonce, "
        "il dort dans l'appel %s : qu'attend-il, et qui le lui donnera ?",
        program->actor, call);
}

static const char *from_sleep(const struct symptoms *symptoms)
{
    const struct program *program = symptoms->program;
    // Entre datagrammes, il n'y a pas de fin de flux.
    if (symptoms->end == WAIT_SPINNING && postbox_last_opened() != NULL)
        return say(
            "%s occupe un processeur sans rien produire : une boucle recommence-t-elle "
            "aussitôt après un appel qui rend -1 ? errno dit alors s'il est utile d'insister.",
            program->actor);
    if (symptoms->end == WAIT_SPINNING)
        return say("%s occupe un processeur sans rien produire : une boucle recommence-t-elle "
                   "après une erreur ou une fin de flux (recv qui rend 0 ou -1) ?",
                   program->actor);
    if (symptoms->end == WAIT_FLOODED)
        return with_words(say("%s écrit sans fin : une boucle ne s'arrête pas.", program->actor),
                          program);
    if (symptoms->end == WAIT_RESTLESS || symptoms->end == WAIT_LATE)
        return from_restless(program);
    if (symptoms->end != WAIT_ASLEEP)
        return NULL;
    char call[256];
    process_tree_sleeping_call(program->pid, call, sizeof call);
    if (call[0] == '\0')
        return say("%s ne fait plus rien : il attend.", program->actor);
    return say("%s dort dans l'appel %s : qu'attend-il à cet endroit ?", program->actor, call);
}

// La forme des octets et l'état de la connexion disent quoi ; l'appel où l'on dort dit où.
static const char *with_place(const char *cause, const struct symptoms *symptoms)
{
    if (symptoms->end != WAIT_ASLEEP || symptoms->program->ended)
        return cause;
    char call[256];
    process_tree_sleeping_call(symptoms->program->pid, call, sizeof call);
    if (call[0] == '\0')
        return cause;
    static char both[sizeof text + 384];
    snprintf(both, sizeof both, "%s Pendant ce temps, %s dort dans l'appel %s.", cause,
             symptoms->program->actor, call);
    return both;
}

static const char *followed_by(const char *cause, const char *question)
{
    if (question == NULL || cause == NULL)
        return cause != NULL ? cause : question;
    static char both[sizeof text + 1024];
    const char *stop = strchr(".?!", cause[strlen(cause) - 1]) == NULL ? "." : "";
    snprintf(both, sizeof both, "%s%s %s", cause, stop, question);
    return both;
}

// Quand les symptômes ne montrent qu'un lieu, la question propre au test dit quoi y chercher.
static const char *with_question(const char *cause)
{
    return followed_by(cause, lesson_question());
}

static bool died_of_a_signal(const struct program *program)
{
    return program->ended && WIFSIGNALED(program->status);
}

const char *likely_cause(const struct symptoms *symptoms)
{
    if (symptoms->program == NULL)
        return NULL;
    const char *sanitizer = from_sanitizer(symptoms->program);
    if (sanitizer != NULL)
        return sanitizer;
    const char *fact = plain_fact_from_driver(symptoms->program);
    if (fact != NULL && !died_of_a_signal(symptoms->program))
        return fact;
    if (program_has_died(symptoms->program))
        return from_death(symptoms->program);
    const char *listener = cause_from_closed_listener(symptoms);
    if (listener != NULL)
        return listener;
    const char *phantom = from_phantom_client(symptoms->program);
    if (phantom != NULL)
        return with_place(phantom, symptoms);
    if (pump_is_flooded()) {
        struct symptoms flood = *symptoms;
        flood.end = WAIT_FLOODED;
        return with_question(from_sleep(&flood));
    }
    const char *neighbour = cause_from_neighbours(symptoms);
    if (neighbour != NULL)
        return neighbour;
    const char *bytes = cause_from_bytes(symptoms);
    if (bytes != NULL && !cause_says_all(symptoms) &&
        (symptoms->expected_length == 0 ||
         symptoms->received_length + 1 < symptoms->expected_length))
        return with_question(bytes);
    if (bytes != NULL && !symptoms->program->ended)
        return with_place(bytes, symptoms);
    const char *death = ended_well(symptoms) ? NULL : from_death(symptoms->program);
    if (death != NULL && WIFSIGNALED(symptoms->program->status))
        return death;
    const char *words = cause_from_words(symptoms->program);
    if (death != NULL && bytes == NULL)
        return words != NULL ? followed_by(death, words) : with_question(death);
    if (bytes != NULL)
        return bytes;
    if (symptoms->end == WAIT_SPINNING)
        return from_sleep(symptoms);
    if (symptoms->hint != NULL)
        return with_place(symptoms->hint, symptoms);
    const char *output = from_stdout(symptoms);
    if (output != NULL)
        return with_place(output, symptoms);
    const char *held = from_held_line(symptoms);
    if (held != NULL)
        return with_question(with_place(held, symptoms));
    const char *connection = from_connection(symptoms);
    if (connection != NULL)
        return with_question(with_words(with_place(connection, symptoms), symptoms->program));
    const char *sleep = from_sleep(symptoms);
    return with_question(sleep != NULL ? with_words(sleep, symptoms->program) : NULL);
}
