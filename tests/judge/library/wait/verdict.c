#include "verdict.h"

#include "json.h"
#include "lesson.h"
#include "sandbox_guard.h"
#include "scratch.h"
#include "spawn.h"
#include "transcript.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static line_finder *find_line;
static failure_doubt *lift_doubt;

void verdict_find_lines_with(line_finder *finder)
{
    find_line = finder;
}

void verdict_doubt_with(failure_doubt *doubt)
{
    lift_doubt = doubt;
}

static FILE *open_verdict(char *path, size_t size)
{
    const char *scratch = getenv(SCRATCH_VARIABLE);
    snprintf(path, size, "%s/%s", scratch != NULL ? scratch : ".", lesson_current()->name);
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.part", path);
    return fopen(temporary, "we");
}

// Le nom définitif n'apparaît qu'une fois le fichier entier : pas de demi-verdict.
static void close_verdict(FILE *out, const char *path)
{
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.part", path);
    bool complete = fclose(out) == 0;
    if (!complete || rename(temporary, path) < 0)
        _exit(2);
}

// « advice » renvoie au cours : l'étape, puis les pièges que ce test montre.
static void write_advice(FILE *out)
{
    const struct lesson *lesson = lesson_current();
    char advice[256];
    int length = snprintf(advice, sizeof advice, "NOTES.fr.md, étape %d", lesson->step);
    if (lesson->defects != NULL && length > 0)
        snprintf(advice + length, sizeof advice - (size_t)length, " ; %s %s",
                 strchr(lesson->defects, ' ') != NULL ? "pièges" : "piège", lesson->defects);
    json_string(out, advice);
}

// Une limite atteinte explique tout le reste, et un programme qui l'atteint n'a rien réussi.
static const char *cause_of(const struct failure *failure)
{
    static char cause[600];
    const char *limit = sandbox_limit_reached();
    if (limit == NULL)
        return failure->cause;
    snprintf(cause, sizeof cause, "%s", limit);
    cause[0] = (char)toupper((unsigned char)cause[0]);
    return cause;
}

static void write_line(FILE *out, const struct source_line *line)
{
    if (line == NULL || line->number == 0) {
        fprintf(out, "null,\"sought\":%s", line != NULL && line->sought ? "true" : "false");
        return;
    }
    fputs("{\"what\":", out);
    json_string(out, line->what);
    fputs(",\"file\":", out);
    json_string(out, line->file);
    fprintf(out, ",\"number\":%u,\"function\":", line->number);
    json_string(out, line->function);
    fputs("},\"sought\":true", out);
}

static void write_failure(FILE *out, const struct failure *failure)
{
    if (failure == NULL) {
        fputs("null", out);
        return;
    }
    fputs("{\"summary\":", out);
    json_string(out, failure->summary);
    fputs(",\"expected\":", out);
    json_string(out, failure->expected);
    fputs(",\"received\":", out);
    json_string(out, failure->received);
    fprintf(out, ",\"caret\":%d,\"cause\":", failure->caret);
    json_string(out, cause_of(failure));
    fputs(",\"advice\":", out);
    write_advice(out);
    fputs(",\"gravity\":", out);
    json_string(out, failure->gravity);
    fputs(",\"line\":", out);
    write_line(out, failure->line);
    fputc('}', out);
}

// Ce que les programmes de ce test ont calculé : ils sont tous finis, et comptés.
static double programs_cpu_ms(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static bool others_spared;

void verdict_spare_others(void)
{
    others_spared = true;
}

// Trois lignes : le statut, pour le juge ; les membres JSON du test, pour le résultat ; la raison.
static void write_verdict(const char *status, const char *reason, const struct failure *failure)
{
    double duration = transcript_elapsed_ms();
    spawn_end_all();
    char path[4000];
    FILE *out = open_verdict(path, sizeof path);
    if (out == NULL)
        _exit(2);
    fprintf(out, "%s%s\n\"status\":\"%s\",\"reason\":", status,
            failure != NULL && others_spared ? FAILED_ALONE_SUFFIX : "", status);
    json_string(out, reason);
    fprintf(out, ",\"duration_ms\":%.1f,\"cpu_ms\":%.1f,\"failure\":", duration, programs_cpu_ms());
    write_failure(out, failure);
    fputs(",\"transcript\":", out);
    transcript_write(out);
    fprintf(out, "\n%s\n", reason != NULL ? reason : "");
    close_verdict(out, path);
}

// Jouée de nouveau pour en trouver la ligne, une leçon n'a rien à conclure.
static void leave_if_again(void)
{
    if (getenv(AGAIN_VARIABLE) != NULL)
        _exit(0);
}

void verdict_pass(void)
{
    leave_if_again();
    if (sandbox_limit_reached() != NULL)
        verdict_fail(&(struct failure){
            .summary = "le programme a atteint une limite du bac à sable où il est jugé",
            .caret = -1});
    write_verdict("passed", NULL, NULL);
}

void verdict_fail(const struct failure *failure)
{
    struct source_line line = {.sought = false};
    struct failure whole = *failure;
    leave_if_again();
    sandbox_look();
    if (whole.line == NULL && find_line != NULL && !find_line(&line))
        line.number = 0;
    if (whole.line == NULL)
        whole.line = &line;
    if (lift_doubt != NULL) {
        spawn_end_all();
        lift_doubt();
    }
    write_verdict("failed", NULL, &whole);
    cr_assert_fail("%s", failure->summary);
    abort();
}

// Sans échec à montrer : un statut, et sa raison, qu'elle rend.
static const char *write_reason(const char *status, const char *format, va_list arguments)
{
    leave_if_again();
    static char reason[512];
    vsnprintf(reason, sizeof reason, format, arguments);
    write_verdict(status, reason, NULL);
    return reason;
}

void verdict_skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *reason = write_reason("skipped", format, arguments);
    va_end(arguments);
    cr_skip_test("%s", reason);
    abort();
}

void verdict_broken(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *reason = write_reason("broken", format, arguments);
    va_end(arguments);
    cr_assert_fail("%s", reason);
    abort();
}
