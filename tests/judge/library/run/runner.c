#include "runner.h"

#include "criterion_files.h"
#include "process_tree.h"

#include <criterion/criterion.h>
#include <criterion/logging.h>
#include <criterion/options.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MINIMUM_JOBS 8

// Criterion 2.4 appelle libgit2 pour montrer des différences dont ce juge ne se sert pas : la
// moitié du coût d'un test. Ces définitions passent devant celles de la bibliothèque.
int git_libgit2_init(void);
int git_libgit2_shutdown(void);

int git_libgit2_init(void)
{
    return 1;
}

int git_libgit2_shutdown(void)
{
    return 0;
}

// Les cœurs à nous : sous Slurm ou « taskset », la machine en a bien d'autres, qui servent ailleurs.
static long own_processors(void)
{
    cpu_set_t own;
    if (sched_getaffinity(0, sizeof own, &own) == 0)
        return CPU_COUNT(&own);
    return sysconf(_SC_NPROCESSORS_ONLN);
}

static size_t wanted_jobs(void)
{
    long processors = own_processors();
    return processors * 2 > MINIMUM_JOBS ? (size_t)processors * 2 : MINIMUM_JOBS;
}

static bool is_in_wave(const struct plan *plan, const bool *wave, const char *name)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (wave[i] && strcmp(plan->entries[i].lesson->name, name) == 0)
            return true;
    }
    return false;
}

static void keep_suite(const struct criterion_suite_set *suite, const struct plan *plan,
                       const bool *wave)
{
    FOREACH_SET(struct criterion_test * test, suite->tests)
    {
        test->data->disabled = !is_in_wave(plan, wave, test->name);
    }
}

// Criterion choisit d'ordinaire par un motif. Un motif fait de tous ces noms, comparé à chacun d'eux,
// prenait à lui seul le quart du temps de calcul du juge.
static void keep_wave(const struct criterion_test_set *tests, const struct plan *plan,
                      const bool *wave)
{
    FOREACH_SET(const struct criterion_suite_set *suite, tests->suites)
    {
        keep_suite(suite, plan, wave);
    }
}

static void redirect_to_log(const char *scratch)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/criterion.log", scratch);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (log < 0)
        return;
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    close(log);
}

_Noreturn static void run_criterion(const struct plan *plan, const bool *wave, const char *scratch,
                                    pid_t parent)
{
    // Les verdicts sont écrits par les tests mêmes : Criterion n'a rien à raconter.
    static struct criterion_logger silent;
    process_tree_die_with(parent);
    redirect_to_log(scratch);
    criterion_files_keep_in(scratch);
    struct criterion_test_set *tests = criterion_initialize();
    criterion_options.logger = &silent;
    criterion_options.jobs = wanted_jobs();
    keep_wave(tests, plan, wave);
    criterion_run_all_tests(tests);
    criterion_finalize(tests);
    exit(0);
}

static size_t wave_size(const struct plan *plan, const bool *wave)
{
    size_t size = 0;
    for (size_t i = 0; i < plan->count; i++)
        size += wave[i];
    return size;
}

// Le filet au-dessus du filet : même Criterion bloqué, le juge conclut. Rend le statut de Criterion.
static int wait_for_criterion(pid_t pid, size_t tests)
{
    int status = 0;
    size_t rounds = (tests + wanted_jobs() - 1) / wanted_jobs();
    int limit_ms = (int)(rounds * LESSON_TIMEOUT_S + 10) * 1000;
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    int result;
    while ((result = poll(&ended, 1, limit_ms)) < 0 && errno == EINTR)
        continue;
    if (result == 0)
        kill(pid, SIGKILL);
    close(pidfd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static char *read_whole(const char *path)
{
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return NULL;
    char *text = NULL;
    size_t size = 0;
    ssize_t length = getdelim(&text, &size, '\0', in);
    fclose(in);
    if (length >= 0)
        return text;
    free(text);
    return NULL;
}

static enum outcome outcome_named(const char *status, size_t length)
{
    static const struct {
        const char *name;
        enum outcome outcome;
    } names[] = {{"passed", OUTCOME_PASSED},
                 {"failed", OUTCOME_FAILED},
                 {"skipped", OUTCOME_SKIPPED},
                 {"broken", OUTCOME_BROKEN}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i].name) == length && memcmp(names[i].name, status, length) == 0)
            return names[i].outcome;
    }
    return OUTCOME_BROKEN;
}

// Ce que l'on sait d'un Criterion qui n'a pas fini de lui-même, et sa dernière ligne ; rien s'il a bien fini.
static void describe_end(int status, const char *scratch, char *text, size_t size)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/criterion.log", scratch);
    char *log = read_whole(path);
    size_t length = log != NULL ? strlen(log) : 0;
    while (length > 0 && log[length - 1] == '\n')
        log[--length] = '\0';
    const char *newline = length > 0 ? strrchr(log, '\n') : NULL;
    const char *last = newline != NULL ? newline + 1 : log;
    int used = 0;
    text[0] = '\0';
    if (WIFSIGNALED(status))
        used = snprintf(text, size, " ; Criterion a été tué par SIG%s",
                        sigabbrev_np(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        used = snprintf(text, size, " ; Criterion a fini avec le code %d", WEXITSTATUS(status));
    if (length > 0)
        snprintf(text + used, size - (size_t)used, " ; il a dit : %.120s", last);
    free(log);
}

static void collect_verdict(struct entry *entry, int status_of_all, const char *scratch)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", scratch, entry->lesson->name);
    char *text = read_whole(path);
    if (text == NULL) {
        entry->outcome = OUTCOME_BROKEN;
        char end[256];
        describe_end(status_of_all, scratch, end, sizeof end);
        snprintf(entry->reason, sizeof entry->reason,
                 "le processus du test s'est arrêté sans verdict (plantage du juge, ou plus de %d "
                 "secondes)%s",
                 LESSON_TIMEOUT_S, end);
        return;
    }
    size_t status = strcspn(text, "\n");
    size_t name = strcspn(text, " \n");
    entry->outcome = outcome_named(text, name);
    entry->alone = name < status;
    entry->members = text + status + (text[status] == '\n');
    char *reason = entry->members + strcspn(entry->members, "\n");
    if (*reason == '\n')
        *reason++ = '\0';
    snprintf(entry->reason, sizeof entry->reason, "%.*s", (int)strcspn(reason, "\n"), reason);
}

void run_wave(struct plan *plan, const bool *wave, const char *scratch)
{
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        run_criterion(plan, wave, scratch, parent);
    int status = 0;
    if (pid > 0) {
        status = wait_for_criterion(pid, wave_size(plan, wave));
        process_tree_kill_descendants();
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (wave[i])
            collect_verdict(&plan->entries[i], status, scratch);
    }
}
