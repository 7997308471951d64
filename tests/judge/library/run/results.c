#include "results.h"

#include "json.h"
#include "visible.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void member(FILE *out, const char *name, const char *value)
{
    fprintf(out, "\"%s\":", name);
    json_string(out, value);
    fputc(',', out);
}

static void write_date(FILE *out)
{
    char date[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    member(out, "date", date);
}

static double maximum(const struct plan *plan)
{
    double points = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct entry *entry = &plan->entries[i];
        if (entry->reported && !entry->auxiliary && entry->outcome != OUTCOME_SKIPPED)
            points += entry->lesson->points;
    }
    return points;
}

static double earned(const struct plan *plan)
{
    double points = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct entry *entry = &plan->entries[i];
        if (entry->reported && entry->outcome == OUTCOME_PASSED)
            points += entry->lesson->points;
    }
    return points;
}

bool results_have_problems(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->entries[i].selected && plan->entries[i].outcome == OUTCOME_BROKEN)
            return true;
    }
    return false;
}

static void write_problems(FILE *out, const struct plan *plan)
{
    const char *separator = "";
    fputs("\"problems\":[", out);
    for (size_t i = 0; i < plan->count; i++) {
        const struct entry *entry = &plan->entries[i];
        if (!entry->selected || entry->outcome != OUTCOME_BROKEN)
            continue;
        char text[1024];
        snprintf(text, sizeof text, "%s : %s", entry->lesson->name, entry->reason);
        fputs(separator, out);
        json_string(out, text);
        separator = ",";
    }
    fputs("],", out);
}

// Rend visibles les octets d'un message du compilateur, ligne par ligne.
static char *visible_lines(const char *text)
{
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    if (out == NULL)
        abort();
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = visible_all(text, length);
        fputs(line, out);
        free(line);
        text += length;
        if (*text == '\n')
            fputc(*text++, out);
    }
    fclose(out);
    return result;
}

static char *build_message(const char *programs, const char *program, size_t length)
{
    char path[4200];
    char bytes[16384];
    snprintf(path, sizeof path, "%s/%.*s.error", programs, (int)length, program);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return NULL;
    size_t count = fread(bytes, 1, sizeof bytes - 1, in);
    fclose(in);
    bytes[count] = '\0';
    return visible_lines(bytes);
}

static bool already_listed(const char *seen, const char *program, size_t length)
{
    const char *found = memmem(seen, strlen(seen), program, length);
    return found != NULL;
}

static void write_one_build(FILE *out, const struct run *run, const char *program, size_t length,
                            const char *separator)
{
    char name[64];
    char *message = build_message(run->programs, program, length);
    snprintf(name, sizeof name, "%.*s", (int)length, program);
    fputs(separator, out);
    fputc('{', out);
    member(out, "program", name);
    fprintf(out, "\"ok\":%s,\"message\":", message == NULL ? "true" : "false");
    json_string(out, message);
    fputc('}', out);
    free(message);
}

static void write_builds(FILE *out, const struct plan *plan, const struct run *run)
{
    char seen[512] = "";
    fputs("\"build\":[", out);
    for (size_t i = 0; i < plan->count; i++) {
        const char *program = plan->entries[i].lesson->programs;
        while (program != NULL && *program != '\0') {
            size_t length = strcspn(program, " ");
            if (length > 0 && !already_listed(seen, program, length)) {
                write_one_build(out, run, program, length, seen[0] != '\0' ? "," : "");
                size_t used = strlen(seen);
                snprintf(seen + used, sizeof seen - used, " %.*s", (int)length, program);
            }
            program += length + strspn(program + length, " ");
        }
    }
    fputs("],", out);
}

static void write_steps(FILE *out)
{
    fputs("\"steps\":[", out);
    for (int i = 0; i < MAX_STEPS && the_lab.steps[i] != NULL; i++) {
        fprintf(out, "%s{\"number\":%d,\"title\":", i > 0 ? "," : "", i);
        json_string(out, the_lab.steps[i]);
        fputc('}', out);
    }
    fputs("],", out);
}

static void write_outcome(FILE *out, const struct entry *entry)
{
    if (entry->members != NULL) {
        fputs(entry->members, out);
        return;
    }
    fprintf(out, "\"status\":\"%s\",\"reason\":",
            entry->outcome == OUTCOME_BROKEN    ? "broken"
            : entry->outcome == OUTCOME_SKIPPED ? "skipped"
                                                : "not_run");
    json_string(out, entry->reason[0] != '\0' ? entry->reason : NULL);
    fputs(",\"duration_ms\":0,\"failure\":null,\"transcript\":[]", out);
}

// Le rang d'un test parmi les tests réservés du lab : il ne dépend pas de ce qui a été demandé.
static int private_rank(const struct plan *plan, const struct entry *entry)
{
    int rank = 0;
    for (const struct entry *each = plan->entries; each <= entry; each++)
        rank += lesson_is_private(each->lesson);
    return rank;
}

static void write_privacy(FILE *out, const struct plan *plan, const struct entry *entry)
{
    const char *category = entry->lesson->category;
    fprintf(out, "\"private\":true,\"rank\":%d,", private_rank(plan, entry));
    member(out, "category", category != NULL ? category : "réservé");
}

// Ce qui peut être dit d'un test réservé à qui ne doit pas le connaître.
static void write_concealed(FILE *out, const struct plan *plan, const struct entry *entry)
{
    char name[64];
    snprintf(name, sizeof name, "test réservé %d", private_rank(plan, entry));
    fputs("\n{", out);
    write_privacy(out, plan, entry);
    member(out, "name", name);
    member(out, "title", name);
    fprintf(out,
            "\"step\":%d,\"points\":%g,\"defects\":[],\"needs\":[],\"status\":\"not_run\","
            "\"reason\":null,\"duration_ms\":0,\"failure\":null,\"transcript\":[]}",
            entry->lesson->step, entry->lesson->points);
}

static void write_test(FILE *out, const struct plan *plan, const struct entry *entry)
{
    const struct lesson *lesson = entry->lesson;
    fputs("\n{", out);
    if (lesson_is_private(lesson))
        write_privacy(out, plan, entry);
    member(out, "name", lesson->name);
    fprintf(out, "\"step\":%d,", lesson->step);
    member(out, "title", lesson->title);
    fprintf(out, "\"points\":%g,%s\"defects\":", entry->auxiliary ? 0.0 : lesson->points,
            entry->auxiliary ? "\"borrowed\":true," : "");
    json_words(out, lesson->defects);
    fputs(",\"needs\":", out);
    json_words(out, lesson->needs);
    fputs(",\"programs\":", out);
    json_words(out, lesson->programs);
    fputs(",\"sanitizers\":", out);
    json_words(out, lesson->sanitizers);
    fputc(',', out);
    write_outcome(out, entry);
    fputc('}', out);
}

void results_write(FILE *out, const struct plan *plan, const struct run *run)
{
    fputs("{\"format\":1,", out);
    member(out, "lab", the_lab.name);
    member(out, "title", the_lab.title);
    char *work = visible_all(run->work, strlen(run->work));
    member(out, "work", work);
    free(work);
    member(out, "sources", run->sources);
    write_date(out);
    fprintf(out, "\"network\":{\"isolated\":%s,\"note\":", run->isolated ? "true" : "false");
    json_string(out, run->isolated ? ""
                                   : "Réseau commun : cette machine ne permet pas d'isoler chaque "
                                     "test ; des ports libres ont servi.");
    fputs("},", out);
    write_problems(out, plan);
    fprintf(out, "\"duration_ms\":%.0f,\"points\":%g,\"max\":%g,", run->duration_ms, earned(plan),
            maximum(plan));
    write_builds(out, plan, run);
    write_steps(out);
    fputs("\"tests\":[", out);
    const char *separator = "";
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->entries[i].reported)
            continue;
        fputs(separator, out);
        if (run->conceal && lesson_is_private(plan->entries[i].lesson))
            write_concealed(out, plan, &plan->entries[i]);
        else
            write_test(out, plan, &plan->entries[i]);
        separator = ",";
    }
    fputs("\n]}\n", out);
}
