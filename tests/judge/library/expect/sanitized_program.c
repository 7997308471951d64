#include "sanitized_program.h"

#include "complain.h"
#include "lesson.h"
#include "network.h"
#include "program_expect.h"
#include "rest.h"
#include "sanitizer_report.h"
#include "server_expect.h"
#include "spawn.h"
#include "transcript.h"
#include "verdict.h"
#include "visible.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROBE_PATIENCE_MS 20000

// À des adresses tirées au hasard, un assainisseur marche ou non selon le tirage : une seule fois ne dirait rien.
#define PROBES_AT_RANDOM 20

// Le programme et ses arguments : aucun de nos programmes n'en a davantage.
#define MAX_TWIN_WORDS 8

static const char *title_of(const char *sanitizer)
{
    return strcmp(sanitizer, "thread") == 0 ? "ThreadSanitizer" : "AddressSanitizer";
}

static void programs_path(char *path, size_t size, const char *name, const char *suffix)
{
    const char *folder = getenv(PROGRAMS_VARIABLE);
    snprintf(path, size, "%s/%s%s", folder != NULL ? folder : ".", name, suffix);
}

static bool is_built(const char *name)
{
    char path[4200];
    programs_path(path, sizeof path, name, "");
    return access(path, X_OK) == 0;
}

// Un programme vide n'a rien à dire : ce qui se lit est de l'assainisseur, qui parfois le répète sans fin.
static bool ends_silently(const struct spawned *spawned, char *said, size_t size)
{
    struct pollfd waited[] = {{.fd = spawned->life, .events = POLLIN},
                              {.fd = spawned->err, .events = POLLIN}};
    if (poll(waited, 2, PROBE_PATIENCE_MS) <= 0)
        return false;
    if ((waited[1].revents & POLLIN) != 0) {
        spawn_hear_line(spawned->err, said, 0, size, PROBE_PATIENCE_MS);
        return false;
    }
    return poll(waited, 1, PROBE_PATIENCE_MS) > 0;
}

// Ce qu'un programme vide, compilé de même, écrit sur stderr ; et s'il finit bien, sans rien écrire.
static bool probe_runs(const char *probe, char *said, size_t size)
{
    static const char *const no_arguments[] = {NULL};
    struct spawned spawned;
    int status = 1;
    said[0] = '\0';
    if (!spawn(probe, "le programme vide du juge", no_arguments, &spawned))
        return false;
    bool silent = ends_silently(&spawned, said, size);
    if (!silent)
        process_tree_kill_descendants();
    else if (!spawn_ended(&spawned, &status))
        status = 1;
    close(spawned.in);
    close(spawned.out);
    close(spawned.err);
    spawn_forget(&spawned);
    return silent && status == 0;
}

// L'assainisseur du test en cours.
static const char *doubted;

static void skip_without_sanitizer(void)
{
    char probe[32];
    char said[512];
    snprintf(probe, sizeof probe, "probe_%s", doubted);
    for (int left = spawn_can_fix_addresses() ? 1 : PROBES_AT_RANDOM; left > 0; left--) {
        if (!probe_runs(probe, said, sizeof said))
            verdict_skip("%s ne marche pas sur cette machine, même pour un programme vide%s%s",
                         title_of(doubted), said[0] != '\0' ? " : " : "", said);
    }
}

static void require_sanitizer(const char *sanitizer)
{
    char probe[32];
    snprintf(probe, sizeof probe, "probe_%s", sanitizer);
    if (!is_built(probe))
        verdict_skip("ce compilateur n'a pas %s", title_of(sanitizer));
    doubted = sanitizer;
    verdict_doubt_with(skip_without_sanitizer);
    // Sous valgrind, il peut ne rien dire, et ne pas finir : le doute est levé d'abord.
    if (spawn_uses_valgrind())
        skip_without_sanitizer();
}

// L'outil compile un programme vide : si l'étudiant ne compile pas avec lui, cela vient du code.
static _Noreturn void complain_not_built(const char *name, const char *sanitizer)
{
    char path[4200];
    char bytes[1024] = "";
    programs_path(path, sizeof path, name, ".error");
    FILE *in = fopen(path, "re");
    if (in != NULL) {
        bytes[fread(bytes, 1, sizeof bytes - 1, in)] = '\0';
        fclose(in);
    }
    char *shown = visible_short(bytes, strcspn(bytes, "\n"));
    char cause[2048];
    snprintf(cause, sizeof cause, "Le compilateur dit : %s", shown);
    complain_because(cause, "%s ne se compile pas avec %s", program_actor(name),
                     title_of(sanitizer));
}

// Qui ne construit que ce qu'un test demande (les mutants) doit savoir tout ce qu'il demande.
static void require_declared(const char *sanitizer)
{
    const char *declared = lesson_current()->sanitizers;
    if (declared == NULL || strstr(declared, sanitizer) == NULL)
        verdict_broken("ce test ne dit pas, dans .sanitizers, qu'il se sert de « %s »", sanitizer);
}

static const char *twin_of(const char *which, const char *sanitizer)
{
    char *name = NULL;
    if (asprintf(&name, "%s_%s", which, sanitizer) < 0)
        verdict_broken("mémoire insuffisante");
    return name;
}

struct program *start_sanitized(const char *sanitizer, const char *const *words)
{
    const char *twin[MAX_TWIN_WORDS + 1] = {twin_of(words[0], sanitizer)};
    for (size_t i = 1; i < MAX_TWIN_WORDS && words[i] != NULL; i++)
        twin[i] = words[i];
    require_declared(sanitizer);
    require_sanitizer(sanitizer);
    if (!is_built(twin[0]))
        complain_not_built(twin[0], sanitizer);
    transcript_note("juge", "·", "compile %s avec %s", program_actor(twin[0]), title_of(sanitizer));
    pump_ignore_brief_wakeups();
    return program_start(twin);
}

struct program *start_sanitized_server(const char *sanitizer)
{
    struct program *server = START_SANITIZED(sanitizer, "server", "127.0.0.1", test_port());
    server_expect_listening(server, test_port());
    return server;
}

void program_stop_and_expect_clean_report(struct program *program)
{
    program_signal(program, SIGTERM);
    program_end_and_expect_clean_report(program);
}

void program_end_and_expect_clean_report(struct program *program)
{
    pump_until(program_has_ended, program, 20);
    pump_now();
    complain_of_report(program);
}

void program_expect_clean_report(struct program *program)
{
    program_wait_until_calm(program);
    pump_now();
    complain_of_report(program);
}

void program_expect_no_overflow(struct program *program)
{
    struct finding finding = {0};
    program_wait_until_calm(program);
    pump_now();
    // Seule une fuite n'explique rien d'autre qu'elle-même.
    if (sanitizer_read(program, &finding) && finding.gravity != NULL)
        complain_of_report(program);
}

// Par le programme lui-même : dans un bac à sable, son dossier ne se voit que de là. S'il en a changé,
// ou si son compilateur n'a pas cet assainisseur, il n'y a rien à demander.
static bool demand_leaks(const struct program *program)
{
    char demand[64];
    snprintf(demand, sizeof demand, "/proc/%d/cwd/judge-leaks", (int)program->pid);
    int fd = open(demand, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool leaks_looked_for(void *context)
{
    const struct program *program = context;
    return program->ended || program_has_mark(program, "leaks-done");
}

static bool look_for_leaks(struct program *program)
{
    program_wait_until_asleep(program);
    if (!demand_leaks(program))
        return false;
    transcript_note("juge", "·", "cherche les fuites de %s, qui vit encore", program->actor);
    pump_until(leaks_looked_for, program, 5);
    pump_now();
    return true;
}

void program_expect_no_leak(struct program *program)
{
    if (look_for_leaks(program))
        complain_of_report(program);
}

void program_expect_no_repeated_leak(struct program *program, unsigned long times)
{
    struct finding finding = {0};
    if (look_for_leaks(program) && sanitizer_read(program, &finding) &&
        finding.leaked_blocks >= times)
        complain_of_report(program);
}
