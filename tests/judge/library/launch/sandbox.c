#include "sandbox.h"

#include "process_walk.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Le premier processus en lance un seul, aussitôt : il porte le numéro suivant. S'il n'y est plus, un
// descendant qui lui survit ne doit pas passer pour lui.
#define PROGRAM_NUMBER 2

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
    snprintf(words, sizeof words, "%s", wrapper != NULL ? wrapper : "");
    unsetenv(SANDBOX_VARIABLE);
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
    int rank;    /**< Combien de processus visités : bwrap, puis le premier du bac à sable. */
    pid_t init;  /**< Le premier processus du bac à sable. */
    pid_t found; /**< Le programme. */
};

// Son numéro, vu du bac à sable : le dernier de la ligne NSpid.
static long inner_number(pid_t pid)
{
    char path[32];
    char line[256];
    long number = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    while (status != NULL && number == 0 && fgets(line, sizeof line, status) != NULL) {
        const char *last =
            strncmp(line, "NSpid:", strlen("NSpid:")) == 0 ? strrchr(line, '\t') : NULL;
        if (last != NULL)
            number = strtol(last, NULL, 10);
    }
    if (status != NULL)
        fclose(status);
    return number;
}

static void consider(pid_t pid, void *context)
{
    struct search *search = context;
    search->rank++;
    if (search->rank == 2)
        search->init = pid;
    if (search->rank > 2 && search->found == 0 && inner_number(pid) == PROGRAM_NUMBER)
        search->found = pid;
}

pid_t sandbox_find_program(pid_t outer, pid_t *init)
{
    struct search search = {0};
    process_tree_visit(outer, consider, &search);
    *init = search.init;
    return search.found != 0 ? search.found : outer;
}
