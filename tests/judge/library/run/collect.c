#include "collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *read_whole(const char *path)
{
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return NULL;
    char *text = NULL;
    size_t size = 0;
    ssize_t length = getdelim(&text, &size, '\0', in);
    fclose(in);
    if (length >= 0)
        return text;
    free(text);
    return NULL;
}

static enum outcome outcome_named(const char *status, size_t length)
{
    static const struct {
        const char *name;
        enum outcome outcome;
    } names[] = {{"passed", OUTCOME_PASSED},
                 {"failed", OUTCOME_FAILED},
                 {"skipped", OUTCOME_SKIPPED},
                 {"broken", OUTCOME_BROKEN}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i].name) == length && memcmp(names[i].name, status, length) == 0)
            return names[i].outcome;
    }
    return OUTCOME_BROKEN;
}

// Ce que l'on sait d'un Criterion qui n'a pas fini de lui-même, et sa dernière ligne ; rien s'il a bien fini.
static void describe_end(int status, const char *scratch, char *text, size_t size)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/criterion.log", scratch);
    char *log = read_whole(path);
    size_t length = log != NULL ? strlen(log) : 0;
    while (length > 0 && log[length - 1] == '\n')
        log[--length] = '\0';
    const char *newline = length > 0 ? strrchr(log, '\n') : NULL;
    const char *last = newline != NULL ? newline + 1 : log;
    int used = 0;
    text[0] = '\0';
    if (WIFSIGNALED(status))
        used = snprintf(text, size, " ; Criterion a été tué par SIG%s",
                        sigabbrev_np(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        used = snprintf(text, size, " ; Criterion a fini avec le code %d", WEXITSTATUS(status));
    if (length > 0)
        snprintf(text + used, size - (size_t)used, " ; il a dit : %.120s", last);
    free(log);
}

bool collect_verdict(struct entry *entry, const char *scratch)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", scratch, entry->lesson->name);
    char *text = read_whole(path);
    if (text == NULL)
        return false;
    size_t status = strcspn(text, "\n");
    size_t name = strcspn(text, " \n");
    entry->outcome = outcome_named(text, name);
    entry->alone = name < status;
    entry->members = text + status + (text[status] == '\n');
    char *reason = entry->members + strcspn(entry->members, "\n");
    if (*reason == '\n')
        *reason++ = '\0';
    snprintf(entry->reason, sizeof entry->reason, "%.*s", (int)strcspn(reason, "\n"), reason);
    return true;
}

void note_no_verdict(struct entry *entry, int status, const char *scratch)
{
    char end[256];
    describe_end(status, scratch, end, sizeof end);
    entry->outcome = OUTCOME_BROKEN;
    snprintf(entry->reason, sizeof entry->reason,
             "le processus du test s'est arrêté sans verdict (plantage du juge, ou plus de %d "
             "secondes)%s",
             LESSON_TIMEOUT_S, end);
}
