#include "probe.h"

#include "network.h"
#include "process_tree.h"
#include "sandbox_guard.h"
#include "spawn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Ce que le programme a écrit, sans jamais attendre plus : il peut en laisser beaucoup, ou rien.
static void copy(int from, int to)
{
    char bytes[65536];
    ssize_t count = read(from, bytes, sizeof bytes);
    ssize_t ignored = count > 0 ? write(to, bytes, (size_t)count) : 0;
    (void)ignored;
}

static int wait_for_end(const struct spawned *spawned)
{
    int status = 0;
    struct pollfd polled[] = {{.fd = spawned->out, .events = POLLIN},
                              {.fd = spawned->err, .events = POLLIN},
                              {.fd = spawned->life, .events = POLLIN}};
    for (;;) {
        if (poll(polled, 3, -1) < 0 && errno != EINTR)
            return -1;
        for (int i = 0; i < 2; i++) {
            if ((polled[i].revents & POLLIN) != 0)
                copy(polled[i].fd, STDOUT_FILENO + i);
            else if (polled[i].revents != 0)
                polled[i].fd = -1;
        }
        if (polled[2].revents == 0 || !spawn_ended(spawned, &status))
            continue;
        copy(spawned->out, STDOUT_FILENO);
        copy(spawned->err, STDERR_FILENO);
        return status;
    }
}

static bool name_folder(char *path, const char **name)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    *name = slash + 1;
    setenv(PROGRAMS_VARIABLE, path, 1);
    return true;
}

int probe_run(char **words)
{
    struct spawned spawned;
    const char *name;
    char path[4096];
    char *absolute = realpath(words[0], path);
    bool isolated = network_isolate();
    if (absolute == NULL || !name_folder(path, &name) ||
        !spawn(name, "le programme", (const char *const *)words + 1, &spawned)) {
        fprintf(stderr, "juge : impossible de lancer %s : %s\n", words[0],
                absolute == NULL ? strerror(errno) : spawn_failure());
        return 2;
    }
    int status = wait_for_end(&spawned);
    process_tree_kill_descendants();
    const char *limit = sandbox_limit_reached();
    dprintf(STDOUT_FILENO, "\n@ isolated=%d status=%d limit=%s\n", isolated, status,
            limit != NULL ? limit : "");
    return 0;
}
