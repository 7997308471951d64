#include "scratch.h"

#include "remove_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch[256] = "/tmp/judge-XXXXXX";

// Vide tant que l'autre dossier suffit.
static char shelter[32];

// Voir bring_own_hosts() dans network.c.
static void write_hosts(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/hosts", scratch);
    FILE *hosts = fopen(path, "we");
    if (hosts == NULL)
        return;
    fputs("127.0.0.1 localhost\n::1 localhost\n", hosts);
    fclose(hosts);
}

// Tué sans préavis, le juge n'efface rien : qui lui a donné un dossier passager (TMPDIR) l'effacera. Trop long, ce
// nom ne laisserait pas de place à la suite.
bool scratch_make(void)
{
    const char *folder = getenv("TMPDIR");
    if (folder != NULL && folder[0] == '/' && strlen(folder) < sizeof scratch / 2)
        snprintf(scratch, sizeof scratch, "%s/judge-XXXXXX", folder);
    if (mkdtemp(scratch) == NULL)
        return false;
    setenv(SCRATCH_VARIABLE, scratch, 1);
    write_hosts();
    return true;
}

const char *scratch_path(void)
{
    return scratch;
}

static bool separates(const char *path)
{
    return strpbrk(path, " :") != NULL;
}

// Le dossier jetable peut lui-même avoir reçu un tel nom.
const char *scratch_alias(const char *path)
{
    static char alias[sizeof scratch + 16];
    const char *folder = scratch;
    if (!separates(path))
        return path;
    if (separates(scratch)) {
        snprintf(shelter, sizeof shelter, "/tmp/judge-XXXXXX");
        folder = mkdtemp(shelter);
    }
    if (folder == NULL)
        return path;
    snprintf(alias, sizeof alias, "%s/inject.so", folder);
    return symlink(path, alias) == 0 ? alias : path;
}

void scratch_remove(void)
{
    remove_tree(scratch);
    if (shelter[0] != '\0')
        remove_tree(shelter);
}
