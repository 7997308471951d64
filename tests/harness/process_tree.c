#include "process_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KILL_ROUNDS 10000

void process_tree_adopt_orphans(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

// Lit un petit fichier de /proc en un seul appel : stdio coûterait une allocation à chaque regard.
static ssize_t read_small(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, size - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length;
}

static void visit_children_of_task(pid_t pid, const char *task, process_visitor *visitor,
                                   void *context)
{
    char path[64];
    char children[65536];
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/children", (int)pid, task);
    if (read_small(path, children, sizeof children) <= 0)
        return;
    for (char *rest = children; isdigit((unsigned char)*rest);) {
        pid_t child = (pid_t)strtol(rest, &rest, 10);
        visitor(child, context);
        rest += strspn(rest, " ");
    }
}

typedef void task_visitor(pid_t pid, const char *task, void *context);

static void visit_tasks(pid_t pid, task_visitor *visitor, void *context)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        if (isdigit((unsigned char)entry->d_name[0]))
            visitor(pid, entry->d_name, context);
    }
    closedir(tasks);
}

struct descent {
    process_visitor *visitor;
    void *context;
};

static void descend(pid_t pid, void *context);

static void descend_task(pid_t pid, const char *task, void *context)
{
    visit_children_of_task(pid, task, descend, context);
}

static void descend(pid_t pid, void *context)
{
    const struct descent *descent = context;
    descent->visitor(pid, descent->context);
    visit_tasks(pid, descend_task, context);
}

void process_tree_visit(pid_t pid, process_visitor *visitor, void *context)
{
    struct descent descent = {visitor, context};
    descend(pid, &descent);
}

static void visit_descendants(process_visitor *visitor, void *context)
{
    struct descent descent = {visitor, context};
    visit_tasks(getpid(), descend_task, &descent);
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
        visit_descendants(freeze, NULL);
        visit_descendants(slay, NULL);
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
    if (read_small(path, line, sizeof line) <= 0)
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
static unsigned long long read_schedule(pid_t pid, const char *task)
{
    char path[64];
    char line[128];
    unsigned long long ran = 0;
    unsigned long long slices = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/schedstat", (int)pid, task);
    if (read_small(path, line, sizeof line) > 0)
        sscanf(line, "%llu %*u %llu", &ran, &slices);
    return ran + slices;
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
    activity->work += ticks + read_schedule(pid, task) + strtoull(task, NULL, 10);
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
        visit_tasks(pid, note_running, &running);
        if (running)
            sched_yield();
    }
}

static void observe_process(pid_t pid, void *context)
{
    struct activity *activity = context;
    activity->processes++;
    visit_tasks(pid, observe_task, activity);
}

void process_tree_observe(pid_t pid, struct activity *activity)
{
    process_tree_visit(pid, observe_process, activity);
}

typedef void descriptor_visitor(pid_t pid, const char *number, void *context);

static void visit_descriptors(pid_t pid, descriptor_visitor *visitor, void *context)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *descriptors = opendir(path);
    if (descriptors == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(descriptors)) != NULL;) {
        if (isdigit((unsigned char)entry->d_name[0]))
            visitor(pid, entry->d_name, context);
    }
    closedir(descriptors);
}

static void count_descriptor(pid_t pid, const char *number, void *context)
{
    (void)pid;
    (void)number;
    struct footprint *footprint = context;
    footprint->descriptors++;
}

static void count_task(pid_t pid, const char *task, void *context)
{
    (void)pid;
    (void)task;
    struct footprint *footprint = context;
    footprint->threads++;
}

static long resident_kib(pid_t pid)
{
    char path[32];
    char line[128];
    long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    if (read_small(path, line, sizeof line) > 0)
        sscanf(line, "%*d %ld", &pages);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void measure_process(pid_t pid, void *context)
{
    struct footprint *footprint = context;
    visit_descriptors(pid, count_descriptor, footprint);
    visit_tasks(pid, count_task, footprint);
    footprint->resident_kib += resident_kib(pid);
}

void process_tree_measure(pid_t pid, struct footprint *footprint)
{
    *footprint = (struct footprint){0};
    process_tree_visit(pid, measure_process, footprint);
}

/** Une limite à poser sur chaque processus d'un arbre. */
struct restriction {
    int spare;
    int highest;
    bool refused;
};

static void note_highest(pid_t pid, const char *number, void *context)
{
    (void)pid;
    struct restriction *restriction = context;
    int descriptor = atoi(number);
    if (descriptor > restriction->highest)
        restriction->highest = descriptor;
}

// La limite porte sur le numéro d'un descripteur, pas sur leur nombre. Douce et dure à la fois : un
// programme qui relèverait la sienne n'apprendrait rien.
static void restrict_process(pid_t pid, void *context)
{
    struct restriction *restriction = context;
    restriction->highest = -1;
    visit_descriptors(pid, note_highest, restriction);
    if (restriction->highest < 0)
        return;
    const rlim_t limit = (rlim_t)restriction->highest + 1 + (rlim_t)restriction->spare;
    const struct rlimit limits = {.rlim_cur = limit, .rlim_max = limit};
    if (prlimit(pid, RLIMIT_NOFILE, &limits, NULL) < 0)
        restriction->refused = true;
}

bool process_tree_limit_descriptors(pid_t pid, int spare)
{
    struct restriction restriction = {.spare = spare};
    process_tree_visit(pid, restrict_process, &restriction);
    return !restriction.refused;
}

/** Une visite de sockets en cours. */
struct socket_visit {
    inode_visitor *visitor;
    void *context;
    bool stopped;
};

static void visit_socket(pid_t pid, const char *number, void *context)
{
    struct socket_visit *visit = context;
    char path[64];
    char target[64];
    unsigned long inode = 0;
    snprintf(path, sizeof path, "/proc/%d/fd/%.16s", (int)pid, number);
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    if (!visit->stopped && sscanf(target, "socket:[%lu]", &inode) == 1)
        visit->stopped = !visit->visitor(inode, visit->context);
}

static void visit_process_sockets(pid_t pid, void *context)
{
    visit_descriptors(pid, visit_socket, context);
}

void process_tree_visit_sockets(pid_t pid, inode_visitor *visitor, void *context)
{
    struct socket_visit visit = {visitor, context, false};
    process_tree_visit(pid, visit_process_sockets, &visit);
}

struct call_name {
    long number;
    const char *name;
    bool has_descriptor;
};

static const struct call_name call_names[] = {
    {SYS_read, "read", true},
    {SYS_write, "write", true},
    {SYS_recvfrom, "recv", true},
    {SYS_recvmsg, "recvmsg", true},
    {SYS_sendto, "send", true},
    {SYS_sendmsg, "sendmsg", true},
    {SYS_accept, "accept", true},
    {SYS_accept4, "accept", true},
    {SYS_connect, "connect", true},
    {SYS_ppoll, "poll", false},
    {SYS_pselect6, "select", false},
    {SYS_epoll_pwait, "epoll_wait", true},
#ifdef SYS_poll
    {SYS_poll, "poll", false},
    {SYS_select, "select", false},
    {SYS_epoll_wait, "epoll_wait", true},
    {SYS_pause, "pause", false},
#endif
    {SYS_futex, "futex", false},
    {SYS_wait4, "wait", false},
    {SYS_nanosleep, "sleep", false},
    {SYS_clock_nanosleep, "sleep", false},
    {SYS_rt_sigsuspend, "sigsuspend", false},
    {SYS_rt_sigtimedwait, "sigwait", false},
};

// Un numéro ne dit rien à qui n'a pas compté : entrée standard, socket, tube ?
static const char *kind_of_descriptor(pid_t pid, unsigned long number)
{
    char path[64];
    char target[32];
    if (number == 0)
        return "l'entrée standard";
    snprintf(path, sizeof path, "/proc/%d/fd/%lu", (int)pid, number);
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    if (strncmp(target, "socket:", strlen("socket:")) == 0)
        return "un socket";
    return strncmp(target, "pipe:", strlen("pipe:")) == 0 ? "un tube" : "un fichier";
}

static const struct call_name *find_call(pid_t pid, const char *task, unsigned long *first)
{
    char path[64];
    char line[256];
    long number = -1;
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/syscall", (int)pid, task);
    if (read_small(path, line, sizeof line) <= 0 || sscanf(line, "%ld %lx", &number, first) != 2)
        return NULL;
    for (size_t i = 0; i < sizeof call_names / sizeof call_names[0]; i++) {
        if (call_names[i].number == number)
            return &call_names[i];
    }
    return NULL;
}

/** Combien de threads dorment dans chaque appel, le premier thread non compris. */
struct sleepers {
    int counts[sizeof call_names / sizeof call_names[0]];
};

static void count_sleeper(pid_t pid, const char *task, void *context)
{
    struct sleepers *sleepers = context;
    unsigned long first = 0;
    if (strtol(task, NULL, 10) == pid)
        return;
    const struct call_name *call = find_call(pid, task, &first);
    if (call != NULL)
        sleepers->counts[call - call_names]++;
}

static void describe_other_threads(pid_t pid, char *text, size_t size)
{
    struct sleepers sleepers = {0};
    size_t used = 0;
    text[0] = '\0';
    visit_tasks(pid, count_sleeper, &sleepers);
    for (size_t i = 0; i < sizeof call_names / sizeof call_names[0] && used < size; i++) {
        if (sleepers.counts[i] > 0)
            used += (size_t)snprintf(text + used, size - used, "%s%d dans %s",
                                     used == 0 ? " ; ses autres threads : " : ", ",
                                     sleepers.counts[i], call_names[i].name);
    }
}

void process_tree_sleeping_call(pid_t pid, char *text, unsigned size)
{
    char main_thread[16];
    char others[160];
    unsigned long first = 0;
    text[0] = '\0';
    snprintf(main_thread, sizeof main_thread, "%d", (int)pid);
    const struct call_name *call = find_call(pid, main_thread, &first);
    if (call == NULL)
        return;
    describe_other_threads(pid, others, sizeof others);
    if (call->has_descriptor)
        snprintf(text, size, "%s (descripteur %lu, %s)%s", call->name, first,
                 kind_of_descriptor(pid, first), others);
    else if (call->number == SYS_futex)
        snprintf(text, size, "futex (un verrou, une condition ou pthread_join)%s", others);
    else
        snprintf(text, size, "%s%s", call->name, others);
}
