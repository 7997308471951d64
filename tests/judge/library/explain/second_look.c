#include "second_look.h"

#include "cause.h"
#include "complain.h"
#include "held_task.h"
#include "inject_mark.h"
#include "lesson.h"
#include "look_as.h"
#include "network.h"
#include "process_tree.h"
#include "process_walk.h"
#include "pump.h"
#include "remove_tree.h"
#include "scratch.h"
#include "spawn.h"
#include "transcript.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Au plus tant de fois ce que la première a pris, et tant de secondes : un test conclut toujours avant LESSON_TIMEOUT_S.
#define TIMES_AS_LONG 4
#define LEAST_S 5
#define KEPT_S 20
// Onze cents clients, huit cents visites, un programme qui écrit sans fin : tracé à chaque appel, un tel récit prend dix fois son temps, et sa ligne est
// celle d'un geste parmi des milliers.
#define MOST_EVENTS 2500

// Ce que le noyau ajoute à SIGTRAP quand l'arrêt est celui d'un appel.
#define CALL_STOP 0x80
// ERESTARTSYS et les suivants : un signal interrompt l'appel, et le programme n'en voit rien, ou EINTR.
#define NEVER_SHOWN 512

static unsigned allowed_seconds(void)
{
    double elapsed = transcript_elapsed_ms() / 1e3;
    double wanted = LEAST_S + TIMES_AS_LONG * elapsed;
    double left = LESSON_TIMEOUT_S - KEPT_S - elapsed;
    return left < 1 ? 0 : (unsigned)(wanted < left ? wanted : left);
}

_Noreturn static void become_second(const char *which, enum sight sight, size_t detail, int out,
                                    const char *scratch)
{
    char kind[16];
    char number[32];
    char again[32];
    snprintf(kind, sizeof kind, "%d", (int)sight);
    snprintf(number, sizeof number, "%zu", detail);
    setenv(SCRATCH_VARIABLE, scratch, 1);
    snprintf(again, sizeof again, "%d %zu", pump_saw_idling(), pump_vain_from());
    setenv(AGAIN_VARIABLE, again, 1);
    // Sans elle, Criterion prendrait ce processus pour l'un des siens.
    unsetenv("BXFI_MAP");
    unsetenv("LD_PRELOAD");
    dup2(out, STDOUT_FILENO);
    alarm(allowed_seconds());
    execl("/proc/self/exe", "judge", "--again", lesson_current()->name, which, kind, number, NULL);
    _exit(127);
}

static size_t read_addresses(int in, struct refusal *refusal, uint64_t calls[MAX_SEEN])
{
    size_t count = 0;
    FILE *lines = fdopen(in, "re");
    if (lines == NULL || fscanf(lines, "%15s %d", refusal->call, &refusal->error) != 2)
        *refusal = (struct refusal){.error = 0};
    while (lines != NULL && count < MAX_SEEN && fscanf(lines, "%" SCNx64, &calls[count]) == 1)
        count++;
    if (lines != NULL)
        fclose(lines);
    return count;
}

size_t second_look(const char *which, enum sight watched, size_t detail, struct refusal *refusal,
                   uint64_t calls[MAX_SEEN])
{
    char scratch[4096];
    int ends[2];
    snprintf(scratch, sizeof scratch, "%s/%s.again", getenv(SCRATCH_VARIABLE),
             lesson_current()->name);
    if (pump_is_flooded() || transcript_mark() > MOST_EVENTS || allowed_seconds() == 0 ||
        mkdir(scratch, 0777) < 0 || pipe2(ends, O_CLOEXEC) < 0)
        return 0;
    spawn_end_all();
    pid_t pid = fork();
    if (pid == 0)
        become_second(which, watched, detail, ends[1], scratch);
    close(ends[1]);
    size_t count = read_addresses(ends[0], refusal, calls);
    process_tree_kill_descendants();
    remove_tree(scratch);
    return pid > 0 ? count : 0;
}

/** Ce que l'on guette, et ce qui en a été vu. */
struct watch {
    dev_t device;
    ino_t program;
    enum sight sight;
    size_t detail;
    size_t written;            /**< Octets écrits sur stdout. */
    uint64_t kept[MAX_FRAMES]; /**< Le dernier appel qui pourrait être le bon. */
    size_t kept_count;
    uint64_t end[MAX_FRAMES]; /**< Où il finit, à dire avant. */
    size_t end_count;
    pid_t entered;          /**< Le thread du dernier appel commencé… */
    const char *call;       /**< … et ce qu'est cet appel : sa fin ne le dit plus. */
    struct refusal refusal; /**< Ce qui a été refusé, là où « kept » le dit. */
};

static bool runs_program(const struct watch *watch, pid_t task)
{
    char path[32];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)task);
    return stat(path, &status) == 0 && status.st_ino == watch->program &&
           status.st_dev == watch->device;
}

// Un signal que le programme traite, ou ignore, ne le tue pas.
static bool has_default_action(pid_t task, int signal)
{
    char path[32];
    char text[4096];
    unsigned long long mask;
    snprintf(path, sizeof path, "/proc/%d/status", (int)task);
    if (process_read(path, text, sizeof text) <= 0)
        return false;
    static const char *const masks[] = {"SigIgn:", "SigCgt:"};
    for (size_t i = 0; i < 2; i++) {
        const char *line = strstr(text, masks[i]);
        if (line == NULL || sscanf(line + strlen(masks[i]), "%llx", &mask) != 1 ||
            (mask >> (signal - 1) & 1) != 0)
            return false;
    }
    return true;
}

static void tell(const struct watch *watch)
{
    const struct refusal *refusal = &watch->refusal;
    printf("%s %d\n", refusal->error != 0 ? refusal->call : "-", refusal->error);
    for (size_t i = 0; i < watch->end_count; i++)
        printf("%" PRIx64 "\n", watch->end[i]);
    for (size_t i = 0; i < watch->kept_count; i++)
        printf("%" PRIx64 "\n", watch->kept[i]);
    fflush(stdout);
}

static size_t calls_of(pid_t task, uint64_t calls[MAX_FRAMES])
{
    struct frame frame;
    return task_registers(task, &frame) ? call_frames(task, &frame, calls) : 0;
}

// Un refus ne se dit qu'avec sa ligne : celle d'un autre appel prend sa place.
static void keep_calls(struct watch *watch, pid_t task)
{
    watch->refusal.error = 0;
    watch->kept_count = calls_of(task, watch->kept);
}

static bool sees_death(struct watch *watch, pid_t task, int signal)
{
    if (watch->sight != SIGHT_DEATH || (size_t)signal != watch->detail ||
        !runs_program(watch, task) || !has_default_action(task, signal))
        return false;
    keep_calls(watch, task);
    return true;
}

static bool sends(uint64_t number, uint64_t descriptor)
{
    return number == SYS_sendto || number == SYS_sendmsg || number == SYS_sendmmsg ||
           ((number == SYS_write || number == SYS_writev) && descriptor > STDERR_FILENO);
}

static bool receives(uint64_t number, uint64_t descriptor)
{
    return number == SYS_recvfrom || number == SYS_recvmsg || number == SYS_recvmmsg ||
           ((number == SYS_read || number == SYS_readv) && descriptor > STDERR_FILENO);
}

// getaddrinfo ouvre des sockets à elle, et en connecte : socket et connect n'en sont pas. Le noyau n'a qu'un appel pour
// recv et recvfrom, pour send et sendto : l'adresse les distingue.
static const char *refusable_call(uint64_t number, const uint64_t *arguments)
{
    static const struct {
        uint64_t number;
        const char *name;
    } names[] = {{SYS_bind, "bind"},
                 {SYS_listen, "listen"},
                 {SYS_accept4, "accept"},
#ifdef SYS_accept
                 {SYS_accept, "accept"},
#endif
#ifdef SYS_poll
                 {SYS_poll, "poll"},
#endif
#ifdef SYS_select
                 {SYS_select, "select"},
#endif
                 {SYS_ppoll, "poll"},
                 {SYS_pselect6, "select"},
                 {SYS_setsockopt, "setsockopt"},
                 {SYS_getsockname, "getsockname"},
                 {SYS_getpeername, "getpeername"},
                 {SYS_shutdown, "shutdown"},
                 {SYS_recvmsg, "recvmsg"},
                 {SYS_recvmmsg, "recvmmsg"},
                 {SYS_sendmsg, "sendmsg"},
                 {SYS_sendmmsg, "sendmmsg"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].number == number)
            return names[i].name;
    }
    if (number == SYS_recvfrom)
        return arguments[4] != 0 ? "recvfrom" : "recv";
    if (number == SYS_sendto)
        return arguments[4] != 0 ? "sendto" : "send";
    if (arguments[0] <= STDERR_FILENO)
        return NULL;
    return number == SYS_read ? "read" : number == SYS_write ? "write" : NULL;
}

static bool prepares(uint64_t number)
{
    return number == SYS_bind || number == SYS_connect;
}

static bool is_in_sight(const struct watch *watch, uint64_t number, uint64_t descriptor)
{
    switch (watch->sight) {
    case SIGHT_SEND:
        return sends(number, descriptor);
    case SIGHT_CALL:
        return sends(number, descriptor) || receives(number, descriptor) || prepares(number);
    case SIGHT_FAULT:
        return number == SYS_close && (int)descriptor == INJECT_FAULT_MARK;
    case SIGHT_END:
        return number == SYS_write && descriptor == STDERR_FILENO && watch->refusal.error == 0;
    default:
        return false;
    }
}

// Ce qui n'est qu'à refaire n'est pas un refus ; et ce qui a réussi depuis montre qu'il n'était rien.
static void see_result(struct watch *watch, pid_t task, bool failed, int64_t result)
{
    int error = failed ? (int)-result : 0;
    if ((watch->sight != SIGHT_END && watch->sight != SIGHT_CALL) || task != watch->entered ||
        watch->call == NULL || error == EAGAIN || error == EINTR || error == EINPROGRESS ||
        error >= NEVER_SHOWN)
        return;
    if (error == 0 && (strcmp(watch->call, "poll") == 0 || strcmp(watch->call, "select") == 0))
        return;
    if (error == 0) {
        watch->refusal.error = 0;
        return;
    }
    keep_calls(watch, task);
    watch->refusal.error = error;
    snprintf(watch->refusal.call, sizeof watch->refusal.call, "%s", watch->call);
}

// Au début d'un appel, ou à sa fin ; vrai quand c'est celui que l'on guettait.
static bool sees_call(struct watch *watch, pid_t task)
{
    struct __ptrace_syscall_info call;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, task, (void *)sizeof call, &call) <= 0 ||
        !runs_program(watch, task))
        return false;
    if (call.op == PTRACE_SYSCALL_INFO_EXIT)
        see_result(watch, task, call.exit.is_error != 0, call.exit.rval);
    if (call.op != PTRACE_SYSCALL_INFO_ENTRY)
        return false;
    uint64_t number = call.entry.nr;
    const uint64_t *arguments = call.entry.args;
    watch->entered = task;
    watch->call = refusable_call(number, arguments);
    if (is_in_sight(watch, number, arguments[0]))
        keep_calls(watch, task);
    // Qui écoute a fini de s'ouvrir : l'endroit où il attend ensuite en dit plus.
    if (watch->sight == SIGHT_CALL && number == SYS_listen)
        watch->kept_count = 0;
    if (watch->sight == SIGHT_OUTPUT && number == SYS_write && arguments[0] == STDOUT_FILENO) {
        watch->written += arguments[2];
        if (watch->written > watch->detail)
            keep_calls(watch, task);
        return watch->written > watch->detail;
    }
    if (watch->sight != SIGHT_END || number != SYS_exit_group)
        return false;
    if (watch->refusal.error == 0)
        watch->end_count = calls_of(task, watch->end);
    return true;
}

static bool is_stop(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void resume(const struct watch *watch, pid_t task, int signal)
{
    bool stops_at_calls = watch->sight != SIGHT_DEATH && runs_program(watch, task);
    ptrace(stops_at_calls ? PTRACE_SYSCALL : PTRACE_CONT, task, NULL, (void *)(long)signal);
}

// Un arrêt : vrai quand ce que l'on guettait est vu. Tout ce qui arrive à la leçon et à ses programmes leur arrive comme
// sans nous.
static bool look_at_stop(struct watch *watch, pid_t task, int status)
{
    int signal = WSTOPSIG(status);
    int event = status >> 16;
    if (signal == (SIGTRAP | CALL_STOP)) {
        if (sees_call(watch, task))
            return true;
        signal = 0;
    } else if (event == PTRACE_EVENT_STOP && is_stop(signal)) {
        ptrace(PTRACE_LISTEN, task, NULL, NULL);
        return false;
    } else if (event == PTRACE_EVENT_EXEC) {
        watch->written = 0;
    } else if (event == 0 && sees_death(watch, task, signal)) {
        return true;
    }
    resume(watch, task, event == 0 ? signal : 0);
    return false;
}

static void follow(struct watch *watch, pid_t lesson)
{
    int status;
    for (pid_t task; (task = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
        if (task == lesson && !WIFSTOPPED(status))
            break;
        if (task > 0 && WIFSTOPPED(status) && look_at_stop(watch, task, status))
            break;
    }
    tell(watch);
}

// Le bout où il s'ouvre est fermé d'abord : si le noyau a refusé le suivi, plus personne n'y écrira, et l'attente finit.
_Noreturn static void play(const struct lesson *lesson, const int gate[2])
{
    char byte;
    close(gate[1]);
    if (read(gate[0], &byte, 1) != 1)
        _exit(1);
    close(gate[0]);
    network_isolate();
    lesson_begin(lesson);
    signal(SIGPIPE, SIG_IGN);
    process_tree_adopt_orphans();
    complain_find_causes_with(likely_cause);
    transcript_begin();
    int idling = 0;
    size_t vain = 0;
    const char *again = getenv(AGAIN_VARIABLE);
    if (again != NULL)
        sscanf(again, "%d %zu", &idling, &vain);
    pump_play_again(idling != 0, vain);
    lesson->body();
    _exit(0);
}

static const struct lesson *lesson_named(const char *name)
{
    const struct lesson *lesson = lesson_first();
    while (lesson != NULL && strcmp(lesson->name, name) != 0)
        lesson = lesson->next;
    return lesson;
}

static bool find_program(const char *which, struct watch *watch)
{
    char path[4200];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", getenv(PROGRAMS_VARIABLE), which);
    if (stat(path, &status) < 0)
        return false;
    watch->device = status.st_dev;
    watch->program = status.st_ino;
    return true;
}

int second_look_main(char **words)
{
    int gate[2];
    const struct lesson *lesson = lesson_named(words[0]);
    static struct watch watch;
    watch.sight = (enum sight)atoi(words[2]);
    watch.detail = strtoul(words[3], NULL, 10);
    if (lesson == NULL || !find_program(words[1], &watch) || pipe2(gate, O_CLOEXEC) < 0)
        return 2;
    // Là où les programmes sont un autre utilisateur, le juge a changé celui de ses fichiers, et le noyau ne laisse plus
    // suivre ce qui en naît ; qui joue la leçon redevient fermé en lançant le programme.
    prctl(PR_SET_DUMPABLE, 1);
    pid_t pid = fork();
    if (pid == 0)
        play(lesson, gate);
    const long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (pid < 0 || ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) < 0)
        return 2;
    look_as_program();
    ssize_t opened = write(gate[1], "", 1);
    if (opened == 1)
        follow(&watch, pid);
    return 0;
}
