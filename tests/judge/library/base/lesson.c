#include "lesson.h"

#include <stdlib.h>
#include <string.h>

static struct lesson *registry;
static const struct lesson *current;
static const char *asked_since;

static int compare(const struct lesson *a, const struct lesson *b)
{
    if (a->step != b->step)
        return a->step - b->step;
    int files = strcmp(a->file, b->file);
    return files != 0 ? files : a->line - b->line;
}

void lesson_register(struct lesson *lesson)
{
    struct lesson **place = &registry;
    while (*place != NULL && compare(*place, lesson) < 0)
        place = &(*place)->next;
    lesson->next = *place;
    *place = lesson;
}

struct lesson *lesson_first(void)
{
    return registry;
}

void lesson_begin(const struct lesson *lesson)
{
    current = lesson;
}

const struct lesson *lesson_current(void)
{
    return current;
}

const char *lesson_question(void)
{
    return asked_since != NULL || current == NULL ? asked_since : current->hint;
}

void lesson_ask(const char *question)
{
    asked_since = question;
}

bool lesson_is_private(const struct lesson *lesson)
{
    return strstr(lesson->file, "/private/") != NULL;
}

bool lesson_reveal(void)
{
    const char *asked = getenv("REVEAL");
    return asked != NULL && strcmp(asked, "1") == 0;
}
