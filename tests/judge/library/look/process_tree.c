#include "process_tree.h"

#include "process_walk.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KILL_ROUNDS 10000

void process_tree_adopt_orphans(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void process_tree_die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Le parent était peut-être déjà mort avant la demande.
    if (getppid() != parent)
        _exit(2);
}

static void freeze(pid_t pid, void *context)
{
    (void)context;
    kill(pid, SIGSTOP);
}

static void slay(pid_t pid, void *context)
{
    (void)context;
    kill(pid, SIGKILL);
}

static bool reap_all(void)
{
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid > 0)
            continue;
        return pid < 0 && errno == ECHILD;
    }
}

// Un processus tué met un instant à disparaître : on recommence jusqu'à n'avoir plus d'enfant.
void process_tree_kill_descendants(void)
{
    const struct timespec pause = {.tv_nsec = 200 * 1000};
    for (int round = 0; round < KILL_ROUNDS && !reap_all(); round++) {
        process_visit_descendants(freeze, NULL);
        process_visit_descendants(slay, NULL);
        if (round > 0)
            nanosleep(&pause, NULL);
    }
}

// Champs de /proc/PID/stat après le nom entre parenthèses : état, puis utime et stime (14 et 15).
static bool read_stat(pid_t pid, const char *task, char *state, unsigned long *ticks)
{
    char path[64];
    char line[1024];
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/stat", (int)pid, task);
    if (process_read(path, line, sizeof line) <= 0)
        return false;
    const char *rest = strrchr(line, ')');
    unsigned long user = 0;
    unsigned long kernel = 0;
    if (rest == NULL || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                               state, &user, &kernel) != 3)
        return false;
    *ticks = user + kernel;
    return true;
}

// schedstat compte les nanosecondes et les passages sur un processeur : un thread réveillé puis
// rendormi entre deux regards s'y voit, ce que l'état seul ne montre pas.
static void observe_schedule(pid_t pid, const char *task, struct activity *activity)
{
    char path[64];
    char line[128];
    unsigned long long ran = 0;
    unsigned long long queued = 0;
    unsigned long long slices = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/schedstat", (int)pid, task);
    if (process_read(path, line, sizeof line) > 0)
        sscanf(line, "%llu %llu %llu", &ran, &queued, &slices);
    activity->work += ran + slices;
    activity->awake_s += (double)(ran + queued) / 1e9;
}

static void observe_task(pid_t pid, const char *task, void *context)
{
    struct activity *activity = context;
    char state = '?';
    unsigned long ticks = 0;
    if (!read_stat(pid, task, &state, &ticks) || state == 'Z' || state == 'X')
        return;
    if (state != 'S' && state != 'T' && state != 't')
        activity->asleep = false;
    activity->cpu_s += (double)ticks / (double)sysconf(_SC_CLK_TCK);
    activity->work += ticks + strtoull(task, NULL, 10);
    observe_schedule(pid, task, activity);
}

static void note_running(pid_t pid, const char *task, void *context)
{
    bool *running = context;
    char state = '?';
    unsigned long ticks = 0;
    if (read_stat(pid, task, &state, &ticks) && strchr("TtZX", state) == NULL)
        *running = true;
}

void process_tree_wait_until_stopped(pid_t pid)
{
    bool running = true;
    while (running) {
        running = false;
        process_visit_tasks(pid, note_running, &running);
        if (running)
            sched_yield();
    }
}

static void observe_process(pid_t pid, void *context)
{
    struct activity *activity = context;
    activity->processes++;
    process_visit_tasks(pid, observe_task, activity);
}

void process_tree_observe(pid_t pid, struct activity *activity)
{
    process_tree_visit(pid, observe_process, activity);
}

static void count_wakeups(pid_t pid, const char *task, void *context)
{
    static const char title[] = "\nvoluntary_ctxt_switches:";
    unsigned long *wakeups = context;
    char path[64];
    char status[4096];
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/status", (int)pid, task);
    if (process_read(path, status, sizeof status) <= 0)
        return;
    const char *count = strstr(status, title);
    if (count != NULL)
        *wakeups += strtoul(count + sizeof title - 1, NULL, 10);
}

static void count_all_wakeups(pid_t pid, void *context)
{
    process_visit_tasks(pid, count_wakeups, context);
}

unsigned long process_tree_wakeups(pid_t pid)
{
    unsigned long wakeups = 0;
    process_tree_visit(pid, count_all_wakeups, &wakeups);
    return wakeups;
}
