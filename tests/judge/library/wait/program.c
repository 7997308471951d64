#include "program.h"

#include "lesson.h"
#include "sandbox_guard.h"
#include "spawn.h"
#include "transcript.h"
#include "verdict.h"
#include "visible.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Le plus long dialogue d'un test fait moins d'un mégaoctet, même tout échappé en \xHH.
#define FLOOD_LIMIT (8u << 20)
#define REPEATED_LIMIT (2u << 20)
// Combien de lignes d'avant font reconnaître celle que l'on redit.
#define RECENT_LINES 8

static struct program *programs;

struct program *program_first(void)
{
    return programs;
}

// « server_thread » est encore le serveur, compilé autrement.
static bool is_named(const char *which, const char *name)
{
    size_t length = strlen(name);
    return strncmp(which, name, length) == 0 && (which[length] == '\0' || which[length] == '_');
}

struct program *program_named(const char *which)
{
    for (struct program *program = programs; program != NULL; program = program->next) {
        if (is_named(program->which, which))
            return program;
    }
    return NULL;
}

bool program_has_ended(void *program)
{
    return ((const struct program *)program)->ended;
}

static void close_source(struct source *source)
{
    pump_remove(source);
    if (source->fd >= 0)
        close(source->fd);
    source->fd = -1;
}

static void append(struct output *output, const char *bytes, size_t length)
{
    char *grown = realloc(output->bytes, output->length + length + 1);
    if (grown == NULL)
        verdict_broken("mémoire insuffisante");
    output->bytes = grown;
    memcpy(output->bytes + output->length, bytes, length);
    output->length += length;
    output->bytes[output->length] = '\0';
}

static const char *line_before(const char *start, const char *end)
{
    const char *newline = end > start ? memrchr(start, '\n', (size_t)(end - start)) : NULL;
    return newline != NULL ? newline + 1 : start;
}

// La dernière ligne, entière ou non, est le début de l'une de celles qui la précèdent.
static bool says_again(const struct output *output)
{
    const char *end = output->bytes + output->length;
    const char *last = line_before(output->bytes, end - 1);
    size_t length = (size_t)(end - last);
    const char *line = last;
    for (int i = 0; i < RECENT_LINES && line > output->bytes; i++) {
        const char *after = line;
        line = line_before(output->bytes, after - 1);
        if ((size_t)(after - line) >= length && memcmp(line, last, length) == 0)
            return true;
    }
    return false;
}

static void collect(struct source *source, short revents)
{
    (void)revents;
    struct program *program = source->owner;
    bool is_out = source == &program->out.source;
    struct output *output = is_out ? &program->out : &program->err;
    char bytes[65536];
    ssize_t count = read(source->fd, bytes, sizeof bytes);
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) {
        output->closed = true;
        close_source(source);
        return;
    }
    append(output, bytes, (size_t)count);
    bool again = says_again(output);
    output->repeated = again ? output->repeated + (size_t)count : 0;
    if (again)
        pump_note_repetition();
    transcript_lines(program->actor, is_out ? ">" : "!", is_out ? "affiche" : "écrit sur stderr",
                     bytes, (size_t)count);
    if (output->length <= FLOOD_LIMIT && output->repeated <= REPEATED_LIMIT)
        return;
    source->events = 0;
    pump_note_flood();
}

static bool all_asleep(void *context)
{
    (void)context;
    struct activity activity = {.asleep = true};
    pump_observe(&activity);
    return activity.asleep;
}

bool programs_wait_until_asleep(void)
{
    return pump_until_asleep(all_asleep, NULL, 1);
}

// Les deux sorties fermées à la fois : il est presque toujours en train de mourir.
static bool none_dying(void *context)
{
    (void)context;
    for (const struct program *program = programs; program != NULL; program = program->next) {
        if (program->out.closed && program->err.closed && !program->ended)
            return false;
    }
    return true;
}

void programs_settle(void)
{
    programs_wait_until_asleep();
    programs_bury();
}

void programs_bury(void)
{
    pump_now();
    pump_set_patience(0.2);
    pump_until(none_dying, NULL, 1);
}

bool program_has_died(const struct program *program)
{
    if (!program->ended || !WIFSIGNALED(program->status))
        return false;
    int killer = WTERMSIG(program->status);
    if (program->slain && killer == SIGKILL)
        return false;
    return killer != SIGTERM && killer != SIGINT && sandbox_limit_reached() == NULL;
}

static void note_end(const struct program *program)
{
    if (WIFSIGNALED(program->status))
        transcript_note(program->actor, "·", "est tué par le signal SIG%s",
                        sigabbrev_np(WTERMSIG(program->status)));
    else
        transcript_note(program->actor, "·", "se termine avec le code %d",
                        WEXITSTATUS(program->status));
}

// Ce que le programme a écrit avant de finir se lit avant sa fin. Un descendant peut encore tenir
// le tube et y écrire : on ne lit que ce qu'un tube contient.
static void drain(struct source *source)
{
    for (int i = 0; i < 2 && source->fd >= 0; i++)
        collect(source, POLLIN);
}

static void reap(struct source *source, short revents)
{
    (void)revents;
    struct program *program = source->owner;
    if (!spawn_ended(&program->spawned, &program->status))
        return;
    program->ended = true;
    drain(&program->out.source);
    drain(&program->err.source);
    if (sandbox_limit_reached() != NULL)
        transcript_note("juge", "·", "arrête %s : il a atteint une limite du bac à sable",
                        program->actor);
    note_end(program);
    pump_remove(source);
    source->fd = -1;
    spawn_forget(&program->spawned);
}

static void feed_input(struct source *source, short revents)
{
    struct program *program = source->owner;
    ssize_t count = write(source->fd, program->pending, program->pending_length);
    if (count < 0 && (errno == EINTR || errno == EAGAIN) && (revents & POLLERR) == 0)
        return;
    if (count < 0) {
        program->pending_length = 0;
        close_source(source);
        return;
    }
    memmove(program->pending, program->pending + count, program->pending_length - (size_t)count);
    program->pending_length -= (size_t)count;
    if (program->pending_length > 0)
        return;
    source->events = 0;
    if (program->input_ending)
        close_source(source);
}

static void watch(struct source *source, int fd, short events,
                  void (*ready)(struct source *, short), struct program *program)
{
    *source = (struct source){.fd = fd, .events = events, .ready = ready, .owner = program};
    pump_add(source);
}

const char *program_actor(const char *which)
{
    if (is_named(which, "server"))
        return "votre serveur";
    if (is_named(which, "client"))
        return "votre client";
    if (strstr(which, "_driver") != NULL)
        return "votre framing.c";
    char *actor = NULL;
    int length = (int)strcspn(which, "_");
    return asprintf(&actor, "votre %.*s", length, which) < 0 ? "votre programme" : actor;
}

bool program_is_server(const struct program *program)
{
    return is_named(program->which, "server");
}

static void note_start(struct program *program, const char *const *words)
{
    char *line = program->command;
    const size_t size = sizeof program->command;
    snprintf(line, size, "./");
    for (size_t used = 2; *words != NULL && used < size; words++) {
        char *shown = visible_short(*words, strlen(*words));
        const char *space = words[1] != NULL ? " " : "";
        const char *quote = *shown == '\0' || strpbrk(shown, " '\"$\\*") != NULL ? "'" : "";
        used += (size_t)snprintf(line + used, size - used, "%s%s%s%s", quote, shown, quote, space);
        free(shown);
    }
    transcript_note(program->actor, "·", "démarre : %s", line);
}

struct program *program_start(const char *const *words)
{
    const char *which = words[0];
    struct program *program = calloc(1, sizeof *program);
    if (program == NULL)
        verdict_broken("mémoire insuffisante");
    program->which = which;
    program->actor = program_actor(which);
    note_start(program, words);
    struct spawned *spawned = &program->spawned;
    if (!spawn(which, program->actor, words + 1, spawned))
        verdict_broken("impossible de lancer %s : %s", which, spawn_failure());

    program->pid = spawned->pid;
    watch(&program->out.source, spawned->out, POLLIN, collect, program);
    watch(&program->err.source, spawned->err, POLLIN, collect, program);
    watch(&program->input, spawned->in, 0, feed_input, program);
    watch(&program->life, spawned->life, POLLIN, reap, program);
    program->life.pid = program->pid;
    program->next = programs;
    programs = program;
    return program;
}

void program_type_bytes(struct program *program, const void *bytes, size_t length)
{
    transcript_bytes("juge", "·", "tape", bytes, length);
    if (program->input.fd < 0)
        return;
    program->pending = realloc(program->pending, program->pending_length + length + 1);
    if (program->pending == NULL)
        verdict_broken("mémoire insuffisante");
    memcpy(program->pending + program->pending_length, bytes, length);
    program->pending_length += length;
    program->input.events = POLLOUT;
}

void program_type(struct program *program, const char *text)
{
    program_type_bytes(program, text, strlen(text));
}

void program_end_input(struct program *program)
{
    transcript_note("juge", "·", "ferme l'entrée standard (fin de fichier)");
    program->input_ending = true;
    if (program->pending_length == 0)
        close_source(&program->input);
}

void program_signal(struct program *program, int signal)
{
    transcript_note("juge", "·", "envoie SIG%s à %s", sigabbrev_np(signal), program->actor);
    if (program->ended)
        return;
    program->slain |= signal == SIGKILL;
    spawn_signal(&program->spawned, signal);
}

bool program_has_mark(const struct program *program, const char *name)
{
    // Par le programme lui-même : dans un bac à sable, son dossier ne se voit que de là.
    char mark[64];
    snprintf(mark, sizeof mark, "/proc/%d/cwd/judge-%s", (int)program->pid, name);
    return access(mark, F_OK) == 0;
}
