#include "spawn.h"

#include "injection.h"
#include "lesson.h"
#include "look_as.h"
#include "process_tree.h"
#include "remove_tree.h"
#include "sandbox.h"
#include "sandbox_guard.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS 512
#define MAX_ARGUMENTS 64
#define MAX_VARIABLES 20

/** Ce qu'il faut pour remplacer le processus par le programme à juger. */
struct command {
    char path[4096];                      /**< Chemin du programme. */
    char wrapper[32768];                  /**< Copie découpée de JUDGE_WRAPPER, ou de bwrap. */
    char save[4200];                      /**< Où le bac à sable écrira sa commande, ou rien. */
    const char *words[MAX_WORDS];         /**< argv complet. */
    char variables[MAX_VARIABLES][4200];  /**< L'environnement, en texte. */
    char *environment[MAX_VARIABLES + 1]; /**< L'environnement, pour execve. */
    char directory[4096];                 /**< Dossier de travail jetable. */
    bool fixed_addresses;                 /**< Pas d'adresses au hasard : voir become(). */
    bool sandboxed;                       /**< Le descripteur 3 reste ouvert : un compte rendu. */
    rlim_t tasks;                         /**< La limite de processus, ou RLIM_INFINITY. */
};

// La valeur par laquelle personality() dit sans rien changer.
#define PERSONALITY_AS_IS 0xffffffffUL

static char failure[600];

static const char *variable_or(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : otherwise;
}

static void working_directory(char *path, size_t size)
{
    const struct lesson *lesson = lesson_current();
    snprintf(path, size, "%s/%s.d", variable_or(SCRATCH_VARIABLE, "."),
             lesson != NULL ? lesson->name : "probe");
}

static void add_variable(struct command *command, size_t *count, const char *name,
                         const char *value)
{
    snprintf(command->variables[*count], sizeof command->variables[0], "%s=%s", name, value);
    command->environment[*count] = command->variables[*count];
    *count += 1;
}

static bool is_twin(const char *which, const char *sanitizer)
{
    const char *suffix = strrchr(which, '_');
    return suffix != NULL && strcmp(suffix + 1, sanitizer) == 0;
}

static bool is_sanitized(const char *which)
{
    return is_twin(which, "thread") || is_twin(which, "address") ||
           *variable_or("SANITIZE", "") != '\0';
}

bool spawn_uses_valgrind(void)
{
    return strstr(variable_or(WRAPPER_VARIABLE, ""), "valgrind") != NULL;
}

bool spawn_can_fix_addresses(void)
{
    int usual = personality(PERSONALITY_AS_IS);
    bool possible = personality(ADDR_NO_RANDOMIZE) >= 0;
    personality((unsigned long)usual);
    return possible;
}

// Compilé pour un test des courses, un serveur doit continuer après la première : le dialogue se
// juge ailleurs. Ce qui n'est pas une course (fuites de threads, verrous pris en désordre) aussi.
static const char *thread_options(const char *which)
{
    return is_twin(which, "thread")
               ? "exitcode=66:atexit_sleep_ms=0:halt_on_error=0:report_bugs=1:report_thread_leaks=0"
                 ":detect_deadlocks=0:report_signal_unsafe=0:report_destroy_locked=0"
               : "exitcode=66:atexit_sleep_ms=0:halt_on_error=1:second_deadlock_stack=1";
}

// Les rapports des assainisseurs doivent sortir sur stderr, avec un code de retour reconnaissable.
static void prepare_environment(struct command *command, const char *which)
{
    size_t count = 0;
    add_variable(command, &count, "PATH", "/usr/local/bin:/usr/bin:/bin");
    add_variable(command, &count, "LC_ALL", "C.UTF-8");
    add_variable(command, &count, "HOME", command->directory);
    add_variable(command, &count, "TMPDIR", command->directory);
    // Ce que malloc donne, et ce que free reprend, est rempli : le verdict ne dépend pas de ce qui y était.
    add_variable(command, &count, "MALLOC_PERTURB_", "165");
    // Une seule réserve pour tous les threads : ce qu'un débordement abîme est toujours la même chose.
    add_variable(command, &count, "MALLOC_ARENA_MAX", "1");
    add_variable(command, &count, "ASAN_OPTIONS",
                 "exitcode=66:detect_leaks=1:verify_asan_link_order=0:abort_on_error=0");
    // Où chercher ce qui n'est pas perdu, leak_watch.c le dit.
    if (is_twin(which, "address"))
        add_variable(command, &count, "LSAN_OPTIONS", "use_globals=0");
    add_variable(command, &count, "UBSAN_OPTIONS",
                 "exitcode=66:halt_on_error=1:print_stacktrace=1");
    add_variable(command, &count, "TSAN_OPTIONS", thread_options(which));
    if (command->sandboxed) {
        char report[8];
        snprintf(report, sizeof report, "%d", SANDBOX_REPORT);
        add_variable(command, &count, "JUDGE_REPORT", report);
        add_variable(command, &count, "SANITIZE", variable_or("SANITIZE", ""));
        add_variable(command, &count, ETC_VARIABLE, variable_or(ETC_VARIABLE, ""));
        if (command->save[0] != '\0')
            add_variable(command, &count, "JUDGE_SAVE", command->save);
    }
    // Ce qui enferme le programme ne doit pas la subir : il la posera lui-même, dans le programme seul.
    const char *injection = program_injection();
    if (injection != NULL) {
        bool enclosed = command->sandboxed || getenv(CLOSED_VARIABLE) != NULL;
        add_variable(command, &count, enclosed ? "JUDGE_PRELOAD" : "LD_PRELOAD",
                     variable_or("JUDGE_INJECT_LIBRARY", ""));
        add_variable(command, &count, "JUDGE_INJECT", injection);
    }
    command->environment[count] = NULL;
}

// Le script du bac à sable coûte autant que bwrap : sa commande, écrite une fois, sert aux autres tests. Une
// mise à l'épreuve a la sienne, qui ne resservirait pas.
static size_t add_sandbox(struct command *command, const char *which, const char *sandbox)
{
    size_t count = 0;
    ssize_t length = -1;
    command->save[0] = '\0';
    if (program_injection() == NULL) {
        snprintf(command->save, sizeof command->save, "%s/%s.sandbox",
                 variable_or(SCRATCH_VARIABLE, "."), which);
        int fd = open(command->save, O_RDONLY | O_CLOEXEC);
        length = fd >= 0 ? read(fd, command->wrapper, sizeof command->wrapper) : -1;
        if (fd >= 0)
            close(fd);
    }
    if (length > 0 && length < (ssize_t)sizeof command->wrapper) {
        command->save[0] = '\0';
        for (char *word = command->wrapper;
             word < command->wrapper + length && count < MAX_WORDS - MAX_ARGUMENTS;
             word += strlen(word) + 1)
            command->words[count++] = word;
        return count;
    }
    command->words[count++] = "sh";
    command->words[count++] = sandbox;
    command->words[count++] = command->path;
    return count;
}

static size_t add_wrapper(struct command *command, const char *which)
{
    size_t count = 0;
    const char *sandbox = sandbox_path();
    command->sandboxed = sandbox != NULL;
    if (sandbox != NULL)
        return add_sandbox(command, which, sandbox);
    snprintf(command->wrapper, sizeof command->wrapper, "%s", variable_or(WRAPPER_VARIABLE, ""));
    for (char *rest = command->wrapper, *word;
         (word = strtok_r(rest, " ", &rest)) != NULL && count < MAX_WORDS - MAX_ARGUMENTS;)
        command->words[count++] = word;
    command->words[count++] = command->path;
    return count;
}

// Le bac à sable a sa propre limite. Sans lui, celle-ci compte tout ce que fait tourner l'utilisateur : c'est à qui note une
// classe de la choisir. Le juge ne se la donne pas : il doit pouvoir finir, et tuer.
static rlim_t wanted_tasks(bool sandboxed)
{
    unsigned long long wanted = strtoull(variable_or(TASKS_VARIABLE, "0"), NULL, 10);
    return sandboxed || wanted == 0 ? RLIM_INFINITY : (rlim_t)wanted;
}

static void limit_tasks(rlim_t wanted)
{
    struct rlimit tasks;
    if (getrlimit(RLIMIT_NPROC, &tasks) < 0 || wanted >= tasks.rlim_max)
        return;
    tasks.rlim_cur = tasks.rlim_max = wanted;
    setrlimit(RLIMIT_NPROC, &tasks);
}

static void prepare_command(struct command *command, const char *which,
                            const char *const *arguments)
{
    snprintf(command->path, sizeof command->path, "%s/%s", variable_or(PROGRAMS_VARIABLE, "."),
             which);
    size_t count = add_wrapper(command, which);
    while (*arguments != NULL && count < MAX_WORDS - 1)
        command->words[count++] = *arguments++;
    command->words[count] = NULL;
    command->fixed_addresses = is_sanitized(which);
    command->tasks = wanted_tasks(command->sandboxed);
}

static void default_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(unsigned first)
{
    if (syscall(SYS_close_range, first, ~0u, 0) == 0)
        return;
    for (unsigned fd = first; fd < 1024; fd++)
        close((int)fd);
}

// Les bouts de tube peuvent porter les numéros où les placer : on les éloigne d'abord.
//
// bwrap garde ouvertes son entrée et ses sorties : s'il avait celles du programme, on n'en verrait pas la
// fin. Il reçoit donc le compte rendu pour sortie d'erreur, et passe les autres plus loin sans y toucher.
static void place_descriptors(const struct command *command, const int ends[3], int report)
{
    int moved[4];
    int first = command->sandboxed ? SANDBOX_STREAMS : 0;
    for (int i = 0; i < 4; i++)
        moved[i] = fcntl(i < 3 ? ends[i] : report, F_DUPFD_CLOEXEC, 10);
    for (int i = 0; i < 3; i++)
        dup2(moved[i], first + i);
    dup3(moved[3], SANDBOX_REPORT, command->sandboxed ? 0 : O_CLOEXEC);
    if (!command->sandboxed) {
        close_from(SANDBOX_REPORT + 1);
        return;
    }
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(moved[3], STDERR_FILENO);
    close_from(SANDBOX_STREAMS + 3);
}

/** Ce que l'enfant reçoit du juge. */
struct birth {
    const struct command *command;
    int ends[3]; /**< Ses bouts des tubes : entrée, sortie, erreurs. */
    int report;  /**< Le tube où il dit pourquoi il n'a pas pu devenir le programme. */
    pid_t parent;
};

// Dans l'enfant, avant exec : appels sûrs seulement, l'échec remonte par le descripteur 3.
static int become(void *argument)
{
    const struct birth *birth = argument;
    const struct command *command = birth->command;
    const struct rlimit no_core = {0, 0};
    process_tree_die_with(birth->parent);
    setsid();
    setrlimit(RLIMIT_CORE, &no_core);
    limit_tasks(command->tasks);
    // Quand le noyau répartit les adresses sur plus de 28 bits, réglage de plusieurs distributions, le
    // ThreadSanitizer de gcc 12 ne démarre presque jamais, et son AddressSanitizer pas toujours.
    if (command->fixed_addresses)
        personality(ADDR_NO_RANDOMIZE);
    default_signals();
    place_descriptors(command, birth->ends, birth->report);
    if (chdir(command->directory) == 0)
        execvpe(command->words[0], (char *const *)command->words, command->environment);
    int error = errno;
    ssize_t ignored = write(3, &error, sizeof error);
    (void)ignored;
    _exit(127);
}

// Comme posix_spawn : l'enfant se sert de la mémoire du juge, suspendu jusqu'à exec. fork la recopierait chaque fois,
// et les pages touchées ensuite une à une : un dixième du temps de calcul d'un jugement.
static pid_t give_birth(struct birth *birth)
{
    static _Alignas(16) char stack[128 * 1024];
    return clone(become, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, birth);
}

static bool open_pipes(int pipes[4][2])
{
    for (int i = 0; i < 4; i++) {
        if (pipe2(pipes[i], O_CLOEXEC) < 0)
            return false;
    }
    return true;
}

static ssize_t read_report(int report, struct sandbox_report *message)
{
    ssize_t count;
    while ((count = read(report, message, sizeof *message)) < 0 && errno == EINTR)
        continue;
    return count;
}

void spawn_hear_line(int fd, char *said, size_t length, size_t size, int patience_ms)
{
    struct pollfd heard = {.fd = fd, .events = POLLIN};
    ssize_t count = 1;
    while (count > 0 && length < size - 1 && memchr(said, '\n', length) == NULL &&
           poll(&heard, 1, patience_ms) > 0) {
        count = read(fd, said + length, size - 1 - length);
        length += (size_t)(count > 0 ? count : 0);
    }
    said[length] = '\0';
    said[strcspn(said, "\n")] = '\0';
}

// Ce que bwrap, ou run.sh, dit avant de mourir prend la place du premier message.
static void read_failure(int report, const struct sandbox_report *start, size_t length)
{
    char said[512];
    memcpy(said, start, length);
    spawn_hear_line(report, said, length, sizeof said, -1);
    snprintf(failure, sizeof failure, "le bac à sable n'a pas pu être ouvert : %s", said);
}

// Le tube de compte rendu se ferme de lui-même quand exec réussit : read rend alors 0. Un enfant qui
// n'a pas pu exécuter y écrit errno, seul, avant tout message d'un bac à sable.
static bool exec_succeeded(int report, bool sandboxed)
{
    struct sandbox_report message = {0};
    ssize_t count = read_report(report, &message);
    failure[0] = '\0';
    if (count == (ssize_t)sizeof(int))
        errno = message.kind;
    if (!sandboxed)
        return count == 0;
    if (count == (ssize_t)sizeof message && message.kind == REPORT_STARTED)
        return true;
    if (count == (ssize_t)sizeof message && message.kind == REPORT_FAILED)
        errno = message.error;
    else if (count != (ssize_t)sizeof(int))
        read_failure(report, &message, (size_t)(count > 0 ? count : 0));
    return false;
}

const char *spawn_failure(void)
{
    return failure[0] != '\0' ? failure : strerror(errno);
}

static void keep_our_ends(int pipes[4][2], struct spawned *spawned)
{
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    close(pipes[3][1]);
    spawned->in = pipes[0][1];
    spawned->out = pipes[1][0];
    spawned->err = pipes[2][0];
    fcntl(spawned->in, F_SETFL, O_NONBLOCK);
    fcntl(spawned->out, F_SETFL, O_NONBLOCK);
    fcntl(spawned->err, F_SETFL, O_NONBLOCK);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static bool is_the_child(int report, struct spawned *spawned)
{
    close(report);
    spawned->report = -1;
    spawned->pid = spawned->child;
    spawned->life = spawned->pidfd = (int)syscall(SYS_pidfd_open, spawned->pid, 0);
    return spawned->pidfd >= 0;
}

// Le noyau dit la fin du programme à l'instant même ; le compte rendu, qui suit, en dit le statut.
static bool find_inside(const char *which, int report, struct spawned *spawned)
{
    pid_t init;
    spawned->report = report;
    spawned->pid = sandbox_find_program(spawned->child, &init);
    spawned->life = spawned->pidfd = (int)syscall(SYS_pidfd_open, spawned->pid, 0);
    if (spawned->pidfd < 0 || spawned->pid == spawned->child) {
        close_if_open(spawned->pidfd);
        spawned->pid = spawned->child;
        spawned->pidfd = (int)syscall(SYS_pidfd_open, spawned->child, 0);
        spawned->life = report;
    }
    sandbox_guard(init, spawned->actor, strchr(which, '_') != NULL);
    return spawned->pidfd >= 0;
}

bool spawn(const char *which, const char *actor, const char *const *arguments,
           struct spawned *spawned)
{
    static struct command command;
    int pipes[4][2];
    spawned->actor = actor;
    look_as_program();
    working_directory(command.directory, sizeof command.directory);
    if (mkdir(command.directory, 0777) < 0 && errno != EEXIST)
        return false;
    prepare_command(&command, which, arguments);
    prepare_environment(&command, which);
    if (!open_pipes(pipes))
        return false;

    struct birth birth = {.command = &command,
                          .ends = {pipes[0][0], pipes[1][1], pipes[2][1]},
                          .report = pipes[3][1],
                          .parent = getpid()};
    spawned->child = give_birth(&birth);
    if (spawned->child < 0)
        return false;
    keep_our_ends(pipes, spawned);
    if (!exec_succeeded(pipes[3][0], command.sandboxed))
        return false;
    return command.sandboxed ? find_inside(which, pipes[3][0], spawned)
                             : is_the_child(pipes[3][0], spawned);
}

bool spawn_ended(const struct spawned *spawned, int *status)
{
    if (spawned->report < 0)
        return waitpid(spawned->child, status, WNOHANG) == spawned->child;
    struct pollfd life = {.fd = spawned->life, .events = POLLIN};
    if (poll(&life, 1, 0) <= 0)
        return false;
    struct sandbox_report message;
    if (read_report(spawned->report, &message) == (ssize_t)sizeof message) {
        sandbox_note_end(spawned->actor, &message);
        *status = message.status;
    } else {
        // Le tube s'est fermé sans un mot : tout le bac à sable a été tué.
        *status = SIGKILL;
    }
    return true;
}

void spawn_signal(const struct spawned *spawned, int signal)
{
    siginfo_t state;
    if (syscall(SYS_pidfd_send_signal, spawned->pidfd, signal, NULL, 0) < 0 || signal != SIGSTOP)
        return;
    if (spawned->pid == spawned->child)
        waitid(P_PID, (id_t)spawned->pid, &state, WSTOPPED | WEXITED | WNOWAIT);
    else
        process_tree_wait_until_stopped(spawned->pid);
}

void spawn_forget(struct spawned *spawned)
{
    close_if_open(spawned->report);
    close_if_open(spawned->pidfd);
    spawned->life = spawned->pidfd = spawned->report = -1;
}

void spawn_end_all(void)
{
    process_tree_kill_descendants();
    sandbox_unguard();
    char path[4096];
    working_directory(path, sizeof path);
    remove_tree(path);
}
