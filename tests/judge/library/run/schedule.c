#include "schedule.h"

#include "collect.h"
#include "process_tree.h"
#include "runner.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MINIMUM_JOBS 8
#define LEAST_JOBS 4

// Un verdict est un fichier : ce qui l'annonce n'est pas un descripteur que poll surveillerait.
#define TICK_MS 5

/** Un Criterion en cours. */
struct wave {
    pid_t pid;
    long long limit_ms; /**< L'heure à laquelle il est tué, sur CLOCK_MONOTONIC. */
};

/** Les vagues en cours, au plus une par test. */
struct schedule {
    struct plan *plan;
    const char *scratch;
    bool *marked; /**< Les tests de la vague qui va partir. */
    struct wave *waves;
    struct pollfd *ended; /**< Pour chacune, de quoi voir qu'elle a fini (pidfd_open(2)). */
    nfds_t running;
};

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

static long long now_ms(void)
{
    struct timespec instant;
    clock_gettime(CLOCK_MONOTONIC, &instant);
    return (long long)instant.tv_sec * 1000 + instant.tv_nsec / 1000000;
}

static size_t count_unfinished(const struct schedule *schedule)
{
    size_t count = 0;
    for (size_t i = 0; i < schedule->plan->count; i++) {
        struct entry *entry = &schedule->plan->entries[i];
        count += entry->outcome == OUTCOME_RUNNING && !collect_verdict(entry, schedule->scratch);
    }
    return count;
}

static void hand_over(struct schedule *schedule, pid_t pid)
{
    for (size_t i = 0; i < schedule->plan->count; i++) {
        struct entry *entry = &schedule->plan->entries[i];
        if (!schedule->marked[i])
            continue;
        entry->outcome = OUTCOME_RUNNING;
        entry->runner = pid;
        if (pid < 0)
            note_no_verdict(entry, 0, schedule->scratch);
    }
    plan_note_awaited(schedule->plan);
}

// Ce qui reste des vagues d'avant attend plus qu'il ne calcule : la nouvelle a toujours quelques places.
static bool start_ready(struct schedule *schedule)
{
    size_t size = plan_next_wave(schedule->plan, schedule->marked);
    if (size == 0)
        return false;
    size_t taken = count_unfinished(schedule);
    size_t jobs = LEAST_JOBS;
    if (taken + jobs < wanted_jobs())
        jobs = wanted_jobs() - taken;
    pid_t pid = start_wave(schedule->plan, schedule->marked, jobs, schedule->scratch);
    hand_over(schedule, pid);
    if (pid < 0)
        return true;
    long long patience_ms = (long long)((size + jobs - 1) / jobs * LESSON_TIMEOUT_S + 10) * 1000;
    schedule->ended[schedule->running] =
        (struct pollfd){.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    schedule->waves[schedule->running++] =
        (struct wave){.pid = pid, .limit_ms = now_ms() + patience_ms};
    return true;
}

static void collect_wave(const struct schedule *schedule, pid_t pid, int status)
{
    for (size_t i = 0; i < schedule->plan->count; i++) {
        struct entry *entry = &schedule->plan->entries[i];
        if (entry->outcome == OUTCOME_RUNNING && entry->runner == pid &&
            !collect_verdict(entry, schedule->scratch))
            note_no_verdict(entry, status, schedule->scratch);
    }
}

static void end_wave(struct schedule *schedule, nfds_t which)
{
    pid_t pid = schedule->waves[which].pid;
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(schedule->ended[which].fd);
    schedule->running--;
    schedule->waves[which] = schedule->waves[schedule->running];
    schedule->ended[which] = schedule->ended[schedule->running];
    collect_wave(schedule, pid, status);
}

// Quelqu'un attend-il encore un verdict qui n'est pas là ?
static bool is_verdict_awaited(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->plan->count; i++) {
        struct entry *entry = &schedule->plan->entries[i];
        if (entry->outcome == OUTCOME_RUNNING && entry->awaited &&
            !collect_verdict(entry, schedule->scratch))
            return true;
    }
    return false;
}

// Le filet au-dessus du filet : même Criterion bloqué, le juge conclut.
static int kill_late_waves(const struct schedule *schedule, int most_ms)
{
    long long now = now_ms();
    int least = most_ms;
    for (nfds_t i = 0; i < schedule->running; i++) {
        long long left = schedule->waves[i].limit_ms - now;
        if (left <= 0)
            kill(schedule->waves[i].pid, SIGKILL);
        else if (left < least)
            least = (int)left;
    }
    return least;
}

static void wait_for_an_end(struct schedule *schedule, int most_ms)
{
    int wait_ms = kill_late_waves(schedule, most_ms);
    if (poll(schedule->ended, schedule->running, wait_ms) <= 0)
        return;
    for (nfds_t i = schedule->running; i-- > 0;) {
        if (schedule->ended[i].revents != 0)
            end_wave(schedule, i);
    }
}

void run_plan(struct plan *plan, const char *scratch)
{
    struct schedule schedule = {
        .plan = plan,
        .scratch = scratch,
        .marked = calloc(plan->count + 1, sizeof *schedule.marked),
        .waves = calloc(plan->count + 1, sizeof *schedule.waves),
        .ended = calloc(plan->count + 1, sizeof *schedule.ended),
    };
    if (schedule.marked == NULL || schedule.waves == NULL || schedule.ended == NULL)
        abort();
    for (;;) {
        while (is_verdict_awaited(&schedule))
            wait_for_an_end(&schedule, TICK_MS);
        if (start_ready(&schedule))
            continue;
        if (schedule.running == 0)
            break;
        wait_for_an_end(&schedule, LESSON_TIMEOUT_S * 1000);
    }
    process_tree_kill_descendants();
    free(schedule.marked);
    free(schedule.waves);
    free(schedule.ended);
}
