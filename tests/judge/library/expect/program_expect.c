#include "program_expect.h"

#include "cause_words.h"
#include "complain.h"
#include "error_words.h"
#include "lesson.h"
#include "resources.h"
#include "transcript.h"
#include "visible.h"

#include <ctype.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const char *fresh(const struct output *output)
{
    return output->bytes != NULL ? output->bytes + output->consumed : "";
}

static size_t fresh_length(const struct output *output)
{
    return output->length - output->consumed;
}

// Le contrat admet \xab comme \xAB : la casse d'un chiffre hexadécimal échappé ne compte pas.
static bool same_shown(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (a[i] == b[i])
            continue;
        bool escaped = (i >= 2 && a[i - 1] == 'x' && a[i - 2] == '\\') ||
                       (i >= 3 && a[i - 2] == 'x' && a[i - 3] == '\\');
        if (!escaped || tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]))
            return false;
    }
    return true;
}

/** Du texte attendu sur la sortie standard. */
struct wanted_text {
    const struct program *program;
    const char *bytes;
    size_t length;
};

static bool text_decided(void *context)
{
    const struct wanted_text *wanted = context;
    const struct output *out = &wanted->program->out;
    size_t have = fresh_length(out);
    if (have >= wanted->length || out->closed)
        return true;
    return !same_shown(fresh(out), wanted->bytes, have);
}

static _Noreturn void complain_of_output(const struct wanted_text *wanted, enum wait_end end,
                                         const char *what)
{
    const struct output *out = &wanted->program->out;
    if (end == WAIT_DONE)
        programs_settle();
    const char *text = fresh(out);
    size_t length = fresh_length(out);
    const char *newline = memchr(text, '\n', length);
    if (newline != NULL && length > wanted->length)
        length = (size_t)(newline - text) + 1;
    struct symptoms symptoms = {.end = end,
                                .program = wanted->program,
                                .expected = wanted->bytes,
                                .expected_length = wanted->length,
                                .received = text,
                                .received_length = length,
                                .on_stdout = true};
    complain(&symptoms, "la sortie standard de %s n'est pas celle attendue : %s",
             wanted->program->actor, what);
}

static void expect_text(struct program *program, const char *bytes, size_t length, const char *what)
{
    struct wanted_text wanted = {program, bytes, length};
    enum wait_end end = pump_until(text_decided, &wanted, 20);
    if (fresh_length(&program->out) >= length && same_shown(fresh(&program->out), bytes, length)) {
        program->out.consumed += length;
        return;
    }
    complain_of_output(&wanted, end, what);
}

void program_expect_text(struct program *program, const char *text)
{
    expect_text(program, text, strlen(text), "une invite");
}

void program_expect_line_bytes(struct program *program, const char *bytes, size_t length)
{
    char *line = malloc(length + 1);
    if (line == NULL)
        abort();
    memcpy(line, bytes, length);
    line[length] = '\n';
    expect_text(program, line, length + 1, "une ligne");
    free(line);
}

void program_expect_line(struct program *program, const char *format, ...)
{
    char *line = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    program_expect_line_bytes(program, line, (size_t)length);
    free(line);
}

static void wait_for_end(struct program *program)
{
    enum wait_end end = pump_until(program_has_ended, program, 20);
    pump_now();
    if (program->ended)
        return;
    struct symptoms symptoms = {.end = end, .program = program};
    complain(&symptoms, "%s, lancé par « %s », devrait être terminé et ne l'est pas",
             program->actor, program->command);
}

bool output_is_listed(const char *line, size_t length, bool cut)
{
    for (const char *const *listed = the_lab.server_lines; *listed != NULL; listed++) {
        size_t size = strlen(*listed);
        size_t common = length < size ? length : size;
        bool open = (*listed)[size - 1] == ' ';
        if (memcmp(line, *listed, common) == 0 &&
            (length == size || (length > size && open) || (length < size && cut)))
            return true;
    }
    return false;
}

// Jusqu'à la fin, mot d'adieu compris. Une ligne que la fin du programme a coupée est admise. Ce qu'un
// échec écrit est l'affaire de program_expect_error_words() et de program_expect_no_more_output().
static void expect_listed_output(const struct program *program)
{
    if (!program_is_server(program) || WEXITSTATUS(program->status) != 0)
        return;
    const char *end = program->out.bytes + program->out.length;
    for (const char *line = program->out.bytes; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((newline != NULL ? newline : end) - line);
        if (!output_is_listed(line, length, newline == NULL))
            complain_because(
                "Le contrat énumère tout ce qui paraît sur stdout, du début à la fin du "
                "programme : ni ligne vide, ni message de plus, pas même un adieu.",
                "%s a écrit sur sa sortie standard ce que le contrat ne prévoit pas : "
                "« %s »",
                program->actor, visible_short(line, length));
        line += length + (newline != NULL);
    }
}

// 0, 1 et 2 sont des codes du contrat : le mauvais a été choisi. Un autre est un accident.
static void complain_of_code(const struct program *program, const char *wanted)
{
    int status = program->status;
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 2)
        return;
    char said[512] = "";
    if (program->err.length > 0) {
        char *shown = visible_short(program->err.bytes, strcspn(program->err.bytes, "\n"));
        snprintf(said, sizeof said, " Il disait sur stderr : « %s ».", shown);
        free(shown);
    }
    // Un serveur à qui l'on a demandé de finir, et qui a fini : seul son code est faux.
    const char *question =
        program_is_server(program) && strcmp(wanted, "0") == 0
            ? "Il s'est arrêté comme demandé : un arrêt demandé n'est pas une erreur."
            : lesson_question();
    char cause[2048];
    snprintf(
        cause, sizeof cause,
        "Le code de retour dit à qui a lancé le programme ce qui s'est passé : 0, tout s'est "
        "bien passé ; 1, une erreur du système ou du réseau ; 2, une mauvaise utilisation.%s %s",
        said, question != NULL ? question : "");
    complain_because(cause,
                     "%s, lancé par « %s », devait finir avec le code %s, et a fini avec le "
                     "code %d",
                     program->actor, program->command, wanted, WEXITSTATUS(status));
}

void program_expect_end(struct program *program)
{
    wait_for_end(program);
}

void program_expect_exit_either(struct program *program, int code, int other)
{
    wait_for_end(program);
    int status = program->status;
    if (WIFEXITED(status) && (WEXITSTATUS(status) == code || WEXITSTATUS(status) == other)) {
        expect_listed_output(program);
        return;
    }
    char wanted[32];
    snprintf(wanted, sizeof wanted, code == other ? "%d" : "%d ou %d", code, other);
    complain_of_code(program, wanted);
    struct symptoms symptoms = {.program = program};
    complain(&symptoms, "%s, lancé par « %s », devait finir avec le code %s, et ne l'a pas fait",
             program->actor, program->command, wanted);
}

void program_expect_exit(struct program *program, int code)
{
    program_expect_exit_either(program, code, code);
}

static void expect_rest(struct program *program, const char *tolerated)
{
    pump_now();
    const char *rest = fresh(&program->out);
    size_t length = fresh_length(&program->out);
    if (length == 0 || (length == strlen(tolerated) && memcmp(rest, tolerated, length) == 0))
        return;
    struct symptoms symptoms = {.program = program,
                                .expected = "",
                                .received = rest,
                                .received_length = length,
                                .on_stdout = true};
    complain(&symptoms, "%s a écrit sur sa sortie standard ce que le contrat ne prévoit pas",
             program->actor);
}

void program_expect_no_more_output(struct program *program)
{
    expect_rest(program, "");
}

void program_expect_at_most_newline(struct program *program)
{
    expect_rest(program, "\n");
}

void program_expect_at_most(struct program *program, const char *text)
{
    expect_rest(program, text);
}

static size_t count_lines(const struct output *output)
{
    size_t lines = 0;
    for (size_t i = 0; i < output->length; i++)
        lines += output->bytes[i] == '\n';
    return lines + (output->length > 0 && output->bytes[output->length - 1] != '\n');
}

static bool something_said(void *context)
{
    const struct program *program = context;
    return program->err.length > 0 || program->err.closed;
}

// Ce qui est sorti sur stdout est peut-être le message que l'on attend sur stderr.
static bool spoke_on_stdout(const struct program *program)
{
    const char *text = fresh(&program->out);
    size_t length = fresh_length(&program->out);
    if (length == 0 || !program_is_server(program))
        return length > 0;
    for (const char *newline; (newline = memchr(text, '\n', length)) != NULL;) {
        if (!output_is_listed(text, (size_t)(newline - text), false))
            return true;
        length -= (size_t)(newline - text) + 1;
        text = newline + 1;
    }
    return length > 0;
}

static const char *cause_of_silence(const struct program *program)
{
    return spoke_on_stdout(program)
               ? "Une erreur se dit sur stderr, en une ligne : qui, quoi, où, pourquoi. Sur "
                 "stdout, un autre programme la prendrait pour un résultat."
               : "Une erreur se dit sur stderr, en une ligne : qui, quoi, où, pourquoi.";
}

void program_expect_some_error(struct program *program)
{
    enum wait_end end = pump_until(something_said, program, 20);
    if (program->err.length > 0)
        return;
    bool killed = program->ended && WIFSIGNALED(program->status);
    if (!killed && end != WAIT_SPINNING && end != WAIT_FLOODED)
        complain_because(cause_of_silence(program),
                         "%s, lancé par « %s », n'a rien dit de l'erreur sur stderr",
                         program->actor, program->command);
    struct symptoms symptoms = {.end = end, .program = program};
    complain(&symptoms, "%s n'a rien dit de l'erreur sur stderr", program->actor);
}

static bool mentions(const struct program *program, const char *word)
{
    return error_says(program->err.bytes, word);
}

// Une raison est donnée, et c'est celle d'un autre appel.
static const char *cause_from_reason(const struct program *program, const char *word)
{
    static char cause[384];
    const int wanted[] = {error_number(word), -1};
    const char *other = wanted[0] > 0 ? error_other_reason(program->err.bytes, wanted) : NULL;
    if (other == NULL)
        return NULL;
    snprintf(cause, sizeof cause,
             "La raison donnée, « %s », n'est pas celle de l'appel qui a échoué. errno est à tous "
             "les "
             "appels : le suivant, même réussi, peut le changer. Où est-il lu, et qu'y a-t-il "
             "entre l'échec et cet endroit ?",
             other);
    return cause;
}

static const char *cause_of_other_words(const struct program *program, const char *word)
{
    const char *cause = cause_from_words(program);
    if (cause == NULL)
        cause = error_place_mistake(program->err.bytes, word);
    if (cause == NULL)
        cause = cause_from_reason(program, word);
    return cause != NULL
               ? cause
               : "Un message d'erreur dit le programme, ce qui était tenté, sur quelle "
                 "adresse et quel port, et la raison du système (strerror, gai_strerror).";
}

// D'un programme encore là, la suite peut venir : un message s'écrit parfois en plusieurs fois.
static void expect_ended_line(const struct program *program)
{
    const struct output *err = &program->err;
    if (!program->ended || !err->closed || err->bytes[err->length - 1] == '\n')
        return;
    complain_because(
        "Un message d'erreur est une ligne, et une ligne finit par \\n : sans lui, ce que "
        "le terminal affiche ensuite lui est accolé.",
        "le message d'erreur de %s n'a pas de fin de ligne", program->actor);
}

void program_expect_error_words(struct program *program, const char *const *words)
{
    program_expect_some_error(program);
    pump_now();
    if (count_lines(&program->err) != 1)
        complain_because("Le contrat demande une seule ligne par erreur : qui, quoi, où, pourquoi.",
                         "%s a écrit %zu lignes sur stderr au lieu d'une", program->actor,
                         count_lines(&program->err));
    expect_ended_line(program);
    for (; *words != NULL; words++) {
        if (!mentions(program, *words))
            complain_because(cause_of_other_words(program, *words),
                             "le message d'erreur de %s ne contient pas « %s »", program->actor,
                             *words);
    }
}

void program_expect_no_other_reason(const struct program *program, const int *errors)
{
    const char *other = error_other_reason(program->err.bytes, errors);
    if (other == NULL)
        return;
    complain_because(
        "errno ne dit quelque chose qu'après un appel qui a rendu -1, et jusqu'au suivant. Une fin "
        "de flux (recv qui rend 0), une ligne trop longue, ne sont pas l'échec d'un appel : ce que "
        "contient alors errno est plus ancien.",
        "le message d'erreur de %s donne pour raison « %s », qui n'en est pas une ici",
        program->actor, other);
}

void program_expect_resolver_reason(struct program *program)
{
    // Laquelle dépend de la machine et de ce qui était demandé ; aucune n'est un texte de strerror.
    static const int codes[] = {
        EAI_NONAME, EAI_AGAIN,      EAI_FAIL, EAI_FAMILY, EAI_MEMORY, EAI_SERVICE,
#ifdef EAI_NODATA
        EAI_NODATA, EAI_ADDRFAMILY,
#endif
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (mentions(program, gai_strerror(codes[i])))
            return;
    }
    complain_because("La raison d'un échec de getaddrinfo est la valeur qu'elle rend, et non errno "
                     "(man 3 getaddrinfo, man 3 gai_strerror).",
                     "le message d'erreur de %s ne donne pas la raison de getaddrinfo : « %s »",
                     program->actor, visible_short(program->err.bytes, program->err.length));
}

/** Un programme que l'on veut voir endormi, et le travail qu'il avait fait au dernier regard. */
struct slumber {
    const struct program *program;
    unsigned long long work;
    int looks;
};

static bool is_sound_asleep(void *context)
{
    struct slumber *slumber = context;
    struct activity activity = {.asleep = true};
    if (slumber->program->ended)
        return true;
    process_tree_observe(slumber->program->pid, &activity);
    bool still = activity.asleep && activity.work == slumber->work;
    slumber->looks = still ? slumber->looks + 1 : 0;
    slumber->work = activity.work;
    return slumber->looks >= 2;
}

void program_wait_until_asleep(struct program *program)
{
    struct slumber slumber = {.program = program};
    pump_until_asleep(is_sound_asleep, &slumber, 2);
}

void program_expect_alive(struct program *program)
{
    pump_now();
    if (!program->ended)
        return;
    struct symptoms symptoms = {.program = program};
    complain(&symptoms, "%s devrait continuer, et il s'est arrêté", program->actor);
}

/** Un nombre de descripteurs attendu. */
struct descriptor_goal {
    const struct program *program;
    int count;
};

static bool descriptors_back(void *context)
{
    const struct descriptor_goal *goal = context;
    return program_footprint(goal->program).descriptors <= goal->count;
}

void program_expect_descriptors(struct program *program, int count)
{
    struct descriptor_goal goal = {program, count};
    pump_until(descriptors_back, &goal, 5);
    int open = program_footprint(program).descriptors;
    if (open <= count)
        return;
    complain_because("Un descripteur reste ouvert après chaque client : tous les chemins, erreurs "
                     "comprises, passent-ils par close ?",
                     "%s tient %d descripteurs au lieu de %d : il en perd", program->actor, open,
                     count);
}
