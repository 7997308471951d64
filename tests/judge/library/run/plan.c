#include "plan.h"

#include "spawn.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void plan_make(struct plan *plan)
{
    plan->count = 0;
    for (struct lesson *lesson = lesson_first(); lesson != NULL; lesson = lesson->next)
        plan->count++;
    plan->entries = calloc(plan->count + 1, sizeof *plan->entries);
    if (plan->entries == NULL)
        abort();
    size_t i = 0;
    for (struct lesson *lesson = lesson_first(); lesson != NULL; lesson = lesson->next)
        plan->entries[i++].lesson = lesson;
}

static struct entry *find(const struct plan *plan, const char *name, size_t length)
{
    for (size_t i = 0; i < plan->count; i++) {
        const char *candidate = plan->entries[i].lesson->name;
        if (strlen(candidate) == length && memcmp(candidate, name, length) == 0)
            return &plan->entries[i];
    }
    return NULL;
}

// Avance dans une liste de mots : rend le mot courant et sa longueur, ou NULL à la fin.
static const char *next_word(const char **list, size_t *length)
{
    if (*list == NULL)
        return NULL;
    const char *word = *list + strspn(*list, " ");
    *length = strcspn(word, " ");
    *list = word + *length;
    return *length > 0 ? word : NULL;
}

_Noreturn static void refuse_need(const struct lesson *lesson, const char *word, size_t length)
{
    if (lesson_is_private(lesson) && !lesson_reveal())
        fputs("juge : un test réservé demande un test inconnu (REVEAL=1 dit lequel)\n", stderr);
    else
        fprintf(stderr, "%s demande un test inconnu : %.*s\n", lesson->name, (int)length, word);
    exit(2);
}

// Un motif ne trouve pas un test réservé : son nom ne peut pas être deviné lettre à lettre.
static bool is_named(const struct lesson *lesson, const char *pattern)
{
    if (pattern == NULL)
        return true;
    return (!lesson_is_private(lesson) || lesson_reveal()) &&
           fnmatch(pattern, lesson->name, 0) == 0;
}

static void select_with_needs(struct plan *plan, struct entry *entry)
{
    if (entry->selected)
        return;
    entry->selected = true;
    const char *needs = entry->lesson->needs;
    size_t length;
    for (const char *word; (word = next_word(&needs, &length)) != NULL;) {
        struct entry *needed = find(plan, word, length);
        if (needed == NULL) {
            refuse_need(entry->lesson, word, length);
        }
        select_with_needs(plan, needed);
    }
}

size_t plan_select(struct plan *plan, int step, const char *pattern)
{
    size_t reported = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct entry *entry = &plan->entries[i];
        bool step_fits = step < 0 || entry->lesson->step == step;
        if (!step_fits || !is_named(entry->lesson, pattern))
            continue;
        entry->reported = true;
        reported++;
        select_with_needs(plan, entry);
    }
    return reported;
}

static bool program_missing(const char *program, size_t length)
{
    char path[4200];
    const char *directory = getenv(PROGRAMS_VARIABLE);
    snprintf(path, sizeof path, "%s/%.*s", directory != NULL ? directory : ".", (int)length,
             program);
    return access(path, X_OK) < 0;
}

static void set_aside(struct entry *entry)
{
    entry->outcome = OUTCOME_NOT_RUN;
}

// Ce qui manque à un test : un programme qui n'a pas pu être construit.
static bool lacks_program(struct entry *entry)
{
    const char *programs = entry->lesson->programs;
    size_t length;
    for (const char *word; (word = next_word(&programs, &length)) != NULL;) {
        if (!program_missing(word, length))
            continue;
        snprintf(entry->reason, sizeof entry->reason, "%.*s n'a pas pu être construit", (int)length,
                 word);
        set_aside(entry);
        return true;
    }
    return false;
}

static bool is_unsaid(const struct entry *entry)
{
    return entry->outcome == OUTCOME_PENDING || entry->outcome == OUTCOME_RUNNING;
}

static bool is_met(const struct entry *entry, const struct entry *needed)
{
    return needed->outcome == OUTCOME_PASSED || needed->outcome == OUTCOME_SKIPPED ||
           (entry->lesson->tolerant && needed->alone);
}

// Un assainisseur qui ne marche pas ici ne se rattrape pas au test suivant : sa sonde peut pourtant y réussir, par chance.
static bool skip_with(struct entry *entry, const struct entry *needed)
{
    const char *own = entry->lesson->sanitizers;
    const char *its = needed->lesson->sanitizers;
    if (needed->outcome != OUTCOME_SKIPPED || own == NULL || its == NULL || strcmp(own, its) != 0)
        return false;
    entry->outcome = OUTCOME_SKIPPED;
    memcpy(entry->reason, needed->reason, sizeof entry->reason);
    return true;
}

// Rend vrai si tout ce que ce test demande a réussi ; l'écarte si quelque chose a manqué.
static bool is_ready(struct plan *plan, struct entry *entry)
{
    const char *needs = entry->lesson->needs;
    size_t length;
    bool ready = true;
    for (const char *word; (word = next_word(&needs, &length)) != NULL;) {
        const struct entry *needed = find(plan, word, length);
        if (is_unsaid(needed))
            ready = false;
        if (skip_with(entry, needed))
            return false;
        if (is_unsaid(needed) || is_met(entry, needed))
            continue;
        snprintf(entry->reason, sizeof entry->reason, "il faut d'abord « %s » (%s)",
                 needed->lesson->title, needed->lesson->name);
        set_aside(entry);
        return false;
    }
    return ready;
}

static bool is_pending(const struct entry *entry)
{
    return entry->selected && entry->outcome == OUTCOME_PENDING;
}

static size_t mark_ready(struct plan *plan, bool *wave, bool *changed)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct entry *entry = &plan->entries[i];
        wave[i] = is_pending(entry) && !lacks_program(entry) && is_ready(plan, entry);
        count += wave[i];
        *changed |= entry->selected &&
                    (entry->outcome == OUTCOME_NOT_RUN || entry->outcome == OUTCOME_SKIPPED);
    }
    return count;
}

static bool any_pending(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (is_pending(&plan->entries[i]))
            return true;
    }
    return false;
}

size_t plan_next_wave(struct plan *plan, bool *wave)
{
    // Écarter un test peut en écarter d'autres : au plus une passe par test.
    for (size_t pass = 0; pass <= plan->count && any_pending(plan); pass++) {
        bool changed = false;
        size_t count = mark_ready(plan, wave, &changed);
        if (count > 0)
            return count;
        if (!changed)
            break;
    }
    return 0;
}

static void note_needs(struct plan *plan, const struct entry *entry)
{
    const char *needs = entry->lesson->needs;
    size_t length;
    for (const char *word; (word = next_word(&needs, &length)) != NULL;)
        find(plan, word, length)->awaited = true;
}

void plan_note_awaited(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        plan->entries[i].awaited = false;
    for (size_t i = 0; i < plan->count; i++) {
        if (is_pending(&plan->entries[i]))
            note_needs(plan, &plan->entries[i]);
    }
}
