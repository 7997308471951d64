#include "process_holdings.h"

#include "look_as.h"
#include "process_walk.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <unistd.h>

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
    if (process_read(path, line, sizeof line) > 0)
        sscanf(line, "%*d %ld", &pages);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

// Une place demandée et jamais remplie n'est pas résidente : seul VmData la compte (proc_pid_status(5)).
static void read_status(pid_t pid, struct footprint *footprint)
{
    char path[32];
    char text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    if (process_read(path, text, sizeof text) <= 0)
        return;
    const char *field = strstr(text, "\nVmData:");
    footprint->private_kib += field == NULL ? 0 : strtol(field + strlen("\nVmData:"), NULL, 10);
    footprint->unawaited += strstr(text, "\nState:\tZ") != NULL;
}

static void measure_process(pid_t pid, void *context)
{
    struct footprint *footprint = context;
    visit_descriptors(pid, count_descriptor, footprint);
    process_visit_tasks(pid, count_task, footprint);
    footprint->resident_kib += resident_kib(pid);
    read_status(pid, footprint);
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
    act_as_program(true);
    if (prlimit(pid, RLIMIT_NOFILE, &limits, NULL) < 0)
        restriction->refused = true;
    act_as_program(false);
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
    ssize_t length = readlinkat(AT_FDCWD, path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    if (!visit->stopped && sscanf(target, "socket:[%lu]", &inode) == 1)
        visit->stopped = !visit->visitor(inode, visit->context);
}

/** Un protocole cherché parmi les sockets d'un programme. */
struct protocol_search {
    const char *name;
    bool found;
};

static void compare_protocol(pid_t pid, const char *number, void *context)
{
    struct protocol_search *search = context;
    char path[64];
    char name[32];
    snprintf(path, sizeof path, "/proc/%d/fd/%.16s", (int)pid, number);
    ssize_t length = getxattr(path, "system.sockprotoname", name, sizeof name);
    size_t wanted = strlen(search->name);
    if (length >= (ssize_t)wanted && strncmp(name, search->name, wanted) == 0)
        search->found = true;
}

static void search_process(pid_t pid, void *context)
{
    visit_descriptors(pid, compare_protocol, context);
}

bool process_tree_holds_protocol(pid_t pid, const char *name)
{
    struct protocol_search search = {.name = name};
    process_tree_visit(pid, search_process, &search);
    return search.found;
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
