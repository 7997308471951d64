#include "process_walk.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Lit un petit fichier de /proc en un seul appel : stdio coûterait une allocation à chaque regard.
ssize_t process_read(const char *path, char *text, size_t size)
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
    if (process_read(path, children, sizeof children) <= 0)
        return;
    for (char *rest = children; isdigit((unsigned char)*rest);) {
        pid_t child = (pid_t)strtol(rest, &rest, 10);
        visitor(child, context);
        rest += strspn(rest, " ");
    }
}

void process_visit_tasks(pid_t pid, task_visitor *visitor, void *context)
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
    process_visit_tasks(pid, descend_task, context);
}

void process_tree_visit(pid_t pid, process_visitor *visitor, void *context)
{
    struct descent descent = {visitor, context};
    descend(pid, &descent);
}

void process_visit_descendants(process_visitor *visitor, void *context)
{
    struct descent descent = {visitor, context};
    process_visit_tasks(getpid(), descend_task, &descent);
}

bool process_catches(pid_t pid, int signal)
{
    char path[64];
    char text[4096];
    unsigned long long caught = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    if (process_read(path, text, sizeof text) <= 0)
        return false;
    const char *field = strstr(text, "SigCgt:");
    return field != NULL && sscanf(field, "SigCgt: %llx", &caught) == 1 &&
           (caught >> (signal - 1) & 1) != 0;
}
