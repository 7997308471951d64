#include "sleeping_call.h"

#include "process_walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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
    {SYS_accept4, "accept", true},
    {SYS_connect, "connect", true},
    {SYS_ppoll, "poll", false},
    {SYS_pselect6, "select", false},
    {SYS_epoll_pwait, "epoll_wait", true},
// Ceux-ci n'ont pas un numéro sur toutes les machines.
#ifdef SYS_accept
    {SYS_accept, "accept", true},
#endif
#ifdef SYS_poll
    {SYS_poll, "poll", false},
    {SYS_epoll_wait, "epoll_wait", true},
    {SYS_pause, "pause", false},
#endif
#ifdef SYS_select
    {SYS_select, "select", false},
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
    ssize_t length = readlinkat(AT_FDCWD, path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    if (strncmp(target, "socket:", strlen("socket:")) == 0)
        return "un socket";
    return strncmp(target, "pipe:", strlen("pipe:")) == 0 ? "un tube" : "un fichier";
}

/** L'appel où dort un thread, tel que le noyau le dit. */
struct sleep {
    long number;
    unsigned long first; /**< Son premier argument. */
    unsigned long fifth;
    unsigned long stack;
    unsigned long instruction;
};

// Faux si ce thread ne dort pas, ou si le noyau ne le dit pas.
static bool read_sleep(pid_t pid, const char *task, struct sleep *sleep)
{
    char path[64];
    char line[256];
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/syscall", (int)pid, task);
    return process_read(path, line, sizeof line) > 0 &&
           sscanf(line, "%ld %lx %*x %*x %*x %lx %*x %lx %lx", &sleep->number, &sleep->first,
                  &sleep->fifth, &sleep->stack, &sleep->instruction) == 5;
}

static const struct call_name *find_call(pid_t pid, const char *task, struct sleep *sleep)
{
    if (!read_sleep(pid, task, sleep))
        return NULL;
    for (size_t i = 0; i < sizeof call_names / sizeof call_names[0]; i++) {
        if (call_names[i].number == sleep->number)
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
    struct sleep sleep;
    if (strtol(task, NULL, 10) == pid)
        return;
    const struct call_name *call = find_call(pid, task, &sleep);
    if (call != NULL)
        sleepers->counts[call - call_names]++;
}

static const char *meaning_of(const struct call_name *call)
{
    return call->number == SYS_futex ? "futex (un verrou, une condition)" : call->name;
}

static void describe_other_threads(pid_t pid, char *text, size_t size)
{
    struct sleepers sleepers = {0};
    size_t used = 0;
    text[0] = '\0';
    process_visit_tasks(pid, count_sleeper, &sleepers);
    for (size_t i = 0; i < sizeof call_names / sizeof call_names[0] && used < size; i++) {
        if (sleepers.counts[i] > 0)
            used += (size_t)snprintf(text + used, size - used, "%s%d dans %s",
                                     used == 0 ? " ; ses autres threads : " : ", ",
                                     sleepers.counts[i], meaning_of(&call_names[i]));
    }
}

// Le noyau n'a qu'un appel pour recv et recvfrom, pour send et sendto : l'adresse les distingue.
static const char *name_in_c(const struct call_name *call, unsigned long address)
{
    if (address != 0 && call->number == SYS_recvfrom)
        return "recvfrom";
    return address != 0 && call->number == SYS_sendto ? "sendto" : call->name;
}

bool task_sleeping_call(pid_t pid, const char *task, struct task_call *call)
{
    struct sleep sleep;
    const struct call_name *found = find_call(pid, task, &sleep);
    if (found == NULL)
        return false;
    *call = (struct task_call){.name = name_in_c(found, sleep.fifth),
                               .descriptor = found->has_descriptor ? (long)sleep.first : -1};
    return true;
}

void process_tree_sleeping_call(pid_t pid, char *text, unsigned size)
{
    char main_thread[16];
    char others[160];
    struct sleep sleep;
    text[0] = '\0';
    snprintf(main_thread, sizeof main_thread, "%d", (int)pid);
    const struct call_name *call = find_call(pid, main_thread, &sleep);
    if (call == NULL)
        return;
    describe_other_threads(pid, others, sizeof others);
    if (call->has_descriptor)
        snprintf(text, size, "%s (descripteur %lu, %s)%s", name_in_c(call, sleep.fifth),
                 sleep.first, kind_of_descriptor(pid, sleep.first), others);
    else if (call->number == SYS_futex)
        snprintf(text, size, "futex (un verrou, une condition ou pthread_join)%s", others);
    else
        snprintf(text, size, "%s%s", call->name, others);
}

/** Où dorment les threads d'un arbre. */
struct places {
    unsigned long long sum;
    bool awake; /**< L'un d'eux ne dort pas. */
};

// Le numéro de l'appel, la pile et l'instruction : ses arguments, eux, peuvent changer (un délai qui diminue).
static void add_place(pid_t pid, const char *task, void *context)
{
    struct places *places = context;
    struct sleep sleep;
    if (!read_sleep(pid, task, &sleep)) {
        places->awake = true;
        return;
    }
    places->sum += (unsigned long long)(sleep.number + 2) * sleep.stack + 31 * sleep.instruction;
}

static void add_places(pid_t pid, void *context)
{
    process_visit_tasks(pid, add_place, context);
}

unsigned long long process_tree_sleeping_place(pid_t pid)
{
    struct places places = {0};
    process_tree_visit(pid, add_places, &places);
    return places.awake ? 0 : places.sum;
}
