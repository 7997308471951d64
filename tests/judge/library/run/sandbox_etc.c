#include "sandbox_etc.h"

#include "network.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Ce que la bibliothèque C lit pour résoudre un nom ou trouver une bibliothèque : les mêmes que dans run.sh.
static const char *const names[] = {"hosts",    "resolv.conf", "nsswitch.conf", "host.conf",
                                    "gai.conf", "services",    "protocols",     "ld.so.cache"};

static bool copy_bytes(int from, int to)
{
    char bytes[65536];
    ssize_t count;
    while ((count = read(from, bytes, sizeof bytes)) > 0) {
        if (write(to, bytes, (size_t)count) != count)
            return false;
    }
    return count == 0;
}

// Un fichier que la machine n'a pas ne manquera pas non plus dans la copie.
static bool copy_file(const char *source, const char *target)
{
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return errno == ENOENT;
    int to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool copied = to >= 0 && copy_bytes(from, to);
    close(from);
    return to >= 0 && close(to) == 0 && copied;
}

// Sur un réseau à lui, un test a sa propre table des noms : voir bring_own_hosts() dans network.c.
static void source_of(const char *name, const char *scratch, char *path, size_t size)
{
    const char *network = getenv(NETWORK_VARIABLE);
    bool own = network == NULL || strcmp(network, "shared") != 0;
    snprintf(path, size, "%s/%s", own && strcmp(name, "hosts") == 0 ? scratch : "/etc", name);
}

void sandbox_copy_etc(const char *scratch)
{
    char folder[4096];
    char source[4096];
    char target[4200];
    if (sandbox_path() == NULL)
        return;
    snprintf(folder, sizeof folder, "%s/etc", scratch);
    if (mkdir(folder, 0755) < 0)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        source_of(names[i], scratch, source, sizeof source);
        snprintf(target, sizeof target, "%s/%s", folder, names[i]);
        if (!copy_file(source, target))
            return;
    }
    setenv(ETC_VARIABLE, folder, 1);
}
