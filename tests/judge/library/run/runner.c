#include "runner.h"

#include "criterion_files.h"
#include "process_tree.h"

#include <criterion/criterion.h>
#include <criterion/logging.h>
#include <criterion/options.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

_Noreturn static void run_criterion(const struct plan *plan, const bool *wave, size_t jobs,
                                    const char *scratch)
{
    // Les verdicts sont écrits par les tests mêmes : Criterion n'a rien à raconter.
    static struct criterion_logger silent;
    redirect_to_log(scratch);
    criterion_files_keep_in(scratch);
    struct criterion_test_set *tests = criterion_initialize();
    criterion_options.logger = &silent;
    criterion_options.jobs = jobs;
    keep_wave(tests, plan, wave);
    criterion_run_all_tests(tests);
    criterion_finalize(tests);
    exit(0);
}

pid_t start_wave(const struct plan *plan, const bool *wave, size_t jobs, const char *scratch)
{
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    process_tree_die_with(parent);
    run_criterion(plan, wave, jobs, scratch);
}
