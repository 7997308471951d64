#include "source_line.h"

#include "lesson.h"
#include "scratch.h"
#include "spawn.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ADDRESSES 64
// Où sont, à côté des sources d'un lab, celles qu'un autre lui prête.
#define LENT "lent/"

static const char *folder(void)
{
    const char *programs = getenv(PROGRAMS_VARIABLE);
    return programs != NULL ? programs : ".";
}

static bool is_plain(const char *name, const char *more)
{
    for (; *name != '\0'; name++) {
        if (!isalnum((unsigned char)*name) && strchr(more, *name) == NULL)
            return false;
    }
    return true;
}

// Les fichiers que le juge a fournis à la place de ceux de l'étudiant : judge.sh les note.
static bool is_given(const char *file)
{
    char path[4200];
    char line[256];
    bool given = false;
    snprintf(path, sizeof path, "%s/../given.txt", folder());
    FILE *in = fopen(path, "re");
    while (in != NULL && !given && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        given = strcmp(line, file) == 0;
    }
    if (in != NULL)
        fclose(in);
    return given;
}

bool source_line_is_own(const char *file)
{
    char path[4300];
    if (*file == '\0' || *file == '.' || !is_plain(file, "_.-+"))
        return false;
    snprintf(path, sizeof path, "%s/../src/%s", folder(), file);
    if (access(path, R_OK) == 0)
        return true;
    snprintf(path, sizeof path, "%s/../src/%s%s", folder(), LENT, file);
    return access(path, R_OK) == 0 && !is_given(file);
}

const char *source_line_skip_folder(const char *name)
{
    return strncmp(name, LENT, strlen(LENT)) == 0 ? name + strlen(LENT) : name;
}

// Les sources jugées sont compilées là : « …/01-tcp/src/server.c:87 ».
static bool read_place(const char *place, struct source_line *line)
{
    char wanted[128];
    snprintf(wanted, sizeof wanted, "/%s/src/", the_lab.name);
    const char *name = strstr(place, wanted);
    if (name == NULL)
        return false;
    name = source_line_skip_folder(name + strlen(wanted));
    size_t length = strcspn(name, ":/");
    if (name[length] != ':' || length >= sizeof line->file)
        return false;
    snprintf(line->file, sizeof line->file, "%.*s", (int)length, name);
    line->number = (unsigned)strtoul(name + length + 1, NULL, 10);
    return line->number > 0 && source_line_is_own(line->file);
}

static bool read_frame(FILE *in, struct source_line *line)
{
    char function[512];
    char place[4400];
    while (fgets(function, sizeof function, in) != NULL) {
        if (strncmp(function, "0x", 2) == 0)
            continue;
        if (fgets(place, sizeof place, in) == NULL)
            return false;
        function[strcspn(function, "\n")] = '\0';
        if (!read_place(place, line))
            continue;
        bool named = strlen(function) < sizeof line->function && is_plain(function, "_");
        snprintf(line->function, sizeof line->function, "%.63s", named ? function : "");
        return true;
    }
    return false;
}

static bool read_answer(FILE *in, struct source_line *line)
{
    struct source_line caller;
    if (!read_frame(in, line))
        return false;
    line->caller[0] = '\0';
    while (read_frame(in, &caller)) {
        if (caller.function[0] == '\0' || strcmp(caller.file, line->file) == 0)
            continue;
        snprintf(line->caller, sizeof line->caller, "%s (%s:%u)", caller.function, caller.file,
                 caller.number);
        break;
    }
    return true;
}

static bool run(char *const *words)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(words[0], words);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && status == 0;
}

// Ce programme est celui d'un étudiant : où l'on compile dans un bac à sable, on le lit dans le même.
static bool ask(const char *program, const char *answer, const uint64_t *calls, size_t count)
{
    static char addresses[MAX_ADDRESSES][24];
    char *words[MAX_ADDRESSES + 9] = {
        "sh",           "-c", "exec ${COMPILE_WRAPPER:-} sh tests/judge/command/lines.sh \"$@\"",
        "lines",        "-o", (char *)answer,
        (char *)program};
    for (size_t i = 0; i < count && i < MAX_ADDRESSES; i++) {
        snprintf(addresses[i], sizeof addresses[i], "0x%" PRIx64, calls[i]);
        words[7 + i] = addresses[i];
    }
    return run(words);
}

bool source_line_find(const char *which, const uint64_t *calls, size_t count,
                      struct source_line *line)
{
    char program[4200];
    char answer[4200];
    const char *scratch = getenv(SCRATCH_VARIABLE);
    if (count == 0)
        return false;
    snprintf(program, sizeof program, "%s/%s", folder(), which);
    snprintf(answer, sizeof answer, "%s/%s.lines", scratch != NULL ? scratch : ".",
             lesson_current()->name);
    FILE *in = ask(program, answer, calls, count) ? fopen(answer, "re") : NULL;
    bool found = in != NULL && read_answer(in, line);
    if (in != NULL)
        fclose(in);
    unlink(answer);
    return found;
}
