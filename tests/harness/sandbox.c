#include "sandbox.h"

#include "process_tree.h"
#include "program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char script[] = "sandbox/run.sh";

static bool names_sandbox(const char *word)
{
    size_t length = strlen(word);
    return length >= strlen(script) && strcmp(word + length - strlen(script), script) == 0;
}

void sandbox_find(void)
{
    const char *wrapper = getenv(WRAPPER_VARIABLE);
    char words[4096];
    unsetenv(SANDBOX_VARIABLE);
    snprintf(words, sizeof words, "%s", wrapper != NULL ? wrapper : "");
    for (char *rest = words, *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
        char *absolute = names_sandbox(word) ? realpath(word, NULL) : NULL;
        if (absolute == NULL)
            continue;
        setenv(SANDBOX_VARIABLE, absolute, 1);
        unsetenv(WRAPPER_VARIABLE);
        free(absolute);
        return;
    }
}

const char *sandbox_path(void)
{
    return getenv(SANDBOX_VARIABLE);
}

/** La recherche du programme parmi les descendants de bwrap. */
struct search {
    struct stat wanted;
    int rank;    /**< Combien de processus visités : bwrap, puis le premier du bac à sable. */
    pid_t init;  /**< Le premier processus du bac à sable. */
    pid_t child; /**< Le premier qu'il a lancé. */
    pid_t found; /**< Le premier dont l'exécutable est le programme. */
};

static void consider(pid_t pid, void *context)
{
    struct search *search = context;
    struct stat status;
    char path[32];
    search->rank++;
    if (search->rank == 2)
        search->init = pid;
    if (search->rank == 3)
        search->child = pid;
    if (search->rank < 3 || search->found != 0)
        return;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    if (stat(path, &status) == 0 && status.st_dev == search->wanted.st_dev &&
        status.st_ino == search->wanted.st_ino)
        search->found = pid;
}

// Un programme qui se serait déjà remplacé par un autre (exec) est le premier enfant.
pid_t sandbox_find_program(pid_t outer, const char *path, pid_t *init)
{
    struct search search = {0};
    if (stat(path, &search.wanted) == 0)
        process_tree_visit(outer, consider, &search);
    *init = search.init;
    if (search.found != 0)
        return search.found;
    return search.child != 0 ? search.child : outer;
}
