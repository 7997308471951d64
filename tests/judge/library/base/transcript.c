#include "transcript.h"

#include "json.h"
#include "visible.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Un échec se lit par son début et par sa fin : on garde les deux, et le compte de ce qui manque.
#define HEAD_EVENTS 40
#define TAIL_EVENTS 40
// Ce qui manque au milieu n'est jamais moins que cinq événements : les derniers gardés d'abord sont un peu plus nombreux.
#define SPARE_EVENTS 4
#define KEPT_EVENTS (HEAD_EVENTS + TAIL_EVENTS + SPARE_EVENTS)

// Au-delà, un morceau est annoncé par son nombre d'octets.
#define LONG_PIECE 200

struct event {
    double ms;
    double last_ms; /**< Sa répétition la plus récente. */
    char *actor;
    char *verb;
    char *text;
    char *action; /**< Pour des octets : ce qui en est fait. */
    char *bytes;  /**< Pour des octets : tous ceux du morceau, tant qu'il peut s'allonger. */
    size_t length;
    int repeated; /**< Combien de fois de suite. */
    bool hidden;  /**< Tu par transcript_hide(). */
};

static struct event events[KEPT_EVENTS];
static size_t total;
static struct timespec origin;

static void forget(struct event *event)
{
    free(event->actor);
    free(event->verb);
    free(event->text);
    free(event->action);
    free(event->bytes);
    *event = (struct event){0};
}

void transcript_begin(void)
{
    for (size_t i = 0; i < KEPT_EVENTS; i++)
        forget(&events[i]);
    total = 0;
    clock_gettime(CLOCK_MONOTONIC, &origin);
}

double transcript_elapsed_ms(void)
{
    struct timespec instant;
    clock_gettime(CLOCK_MONOTONIC, &instant);
    return (double)(instant.tv_sec - origin.tv_sec) * 1e3 +
           (double)(instant.tv_nsec - origin.tv_nsec) / 1e6;
}

static struct event *slot(size_t number)
{
    if (number < HEAD_EVENTS)
        return &events[number];
    return &events[HEAD_EVENTS + (number - HEAD_EVENTS) % (TAIL_EVENTS + SPARE_EVENTS)];
}

static struct event *add_event(const char *actor, const char *verb)
{
    struct event *event = slot(total++);
    forget(event);
    event->ms = transcript_elapsed_ms();
    event->actor = strdup(actor);
    event->verb = strdup(verb);
    event->repeated = 1;
    return event;
}

static bool is_like(const struct event *event, const char *actor, const char *verb)
{
    return strcmp(event->actor, actor) == 0 && strcmp(event->verb, verb) == 0;
}

// Cent fois le même geste se lisent mieux en une ligne.
static bool repeats_last(const char *actor, const char *verb, const char *text)
{
    struct event *last = total > 0 ? slot(total - 1) : NULL;
    if (last == NULL || !is_like(last, actor, verb) || strcmp(last->text, text) != 0)
        return false;
    last->repeated++;
    last->last_ms = transcript_elapsed_ms();
    return true;
}

// De même, pour ce qui est venu en plusieurs morceaux. La place d'un événement déjà passé ne lui est pas rendue.
static void fold_pieces(void)
{
    if (total < 2 || total > KEPT_EVENTS)
        return;
    struct event *last = slot(total - 1);
    struct event *before = slot(total - 2);
    if (!is_like(before, last->actor, last->verb) || strcmp(before->text, last->text) != 0)
        return;
    before->repeated++;
    before->last_ms = last->ms;
    forget(last);
    total--;
}

static void add_note(const char *actor, const char *verb, const char *format, va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    if (repeats_last(actor, verb, text))
        free(text);
    else
        add_event(actor, verb)->text = text;
}

void transcript_note(const char *actor, const char *verb, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_note(actor, verb, format, arguments);
    va_end(arguments);
}

size_t transcript_mark(void)
{
    return total;
}

void transcript_replace(size_t mark, const char *actor, const char *verb, const char *format, ...)
{
    if (total > HEAD_EVENTS)
        return;
    while (total > mark)
        forget(&events[--total]);
    va_list arguments;
    va_start(arguments, format);
    add_note(actor, verb, format, arguments);
    va_end(arguments);
}

static char *described(const char *action, const char *bytes, size_t length)
{
    char *shown = visible_short(bytes, length);
    char *text = NULL;
    int written = length > LONG_PIECE
                      ? asprintf(&text, "%s %zu octets : « %s »", action, length, shown)
                      : asprintf(&text, "%s « %s »", action, shown);
    if (written < 0)
        abort();
    free(shown);
    return text;
}

// Ce qui a été écrit en plusieurs fois est une seule ligne pour qui lit : on la recolle.
static bool continues_last(const char *actor, const char *verb, const char *action)
{
    if (total == 0)
        return false;
    const struct event *last = slot(total - 1);
    return last->bytes != NULL && last->repeated == 1 && is_like(last, actor, verb) &&
           strcmp(last->action, action) == 0 && last->length > 0 &&
           last->bytes[last->length - 1] != '\n';
}

static void add_bytes(const char *actor, const char *verb, const char *action, const char *bytes,
                      size_t length, bool joined)
{
    bool continued = joined && continues_last(actor, verb, action);
    char *text = continued ? NULL : described(action, bytes, length);
    if (!continued && repeats_last(actor, verb, text)) {
        free(text);
        return;
    }
    struct event *event = continued ? slot(total - 1) : add_event(actor, verb);
    char *grown = realloc(event->bytes, event->length + length + 1);
    if (grown == NULL)
        abort();
    memcpy(grown + event->length, bytes, length);
    event->bytes = grown;
    event->length += length;
    if (event->action == NULL)
        event->action = strdup(action);
    free(event->text);
    event->text = continued ? described(action, event->bytes, event->length) : text;
    if (continued)
        fold_pieces();
}

void transcript_bytes(const char *actor, const char *verb, const char *action, const char *bytes,
                      size_t length)
{
    add_bytes(actor, verb, action, bytes, length, false);
}

void transcript_lines(const char *actor, const char *verb, const char *action, const char *bytes,
                      size_t length)
{
    while (length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        size_t line = newline != NULL ? (size_t)(newline - bytes) + 1 : length;
        add_bytes(actor, verb, action, bytes, line, true);
        bytes += line;
        length -= line;
    }
}

void transcript_recall(const char *where, const char *line, size_t length)
{
    char *shown = visible_short(line, length);
    transcript_note("juge", "·", "relit %s : « %s »", where, shown);
    free(shown);
}

void transcript_hide(const char *actor, const char *verb, const char *text)
{
    for (size_t i = 0; i < KEPT_EVENTS; i++) {
        struct event *event = &events[i];
        if (event->bytes != NULL && event->length > 0 && is_like(event, actor, verb))
            event->hidden = memmem(text, strlen(text), event->bytes, event->length) != NULL;
    }
}

static void write_event(FILE *out, double ms, const char *actor, const char *verb, const char *text)
{
    fprintf(out, "{\"ms\":%.1f,\"actor\":", ms);
    json_string(out, actor);
    fputs(",\"verb\":", out);
    json_string(out, verb);
    fputs(",\"text\":", out);
    json_string(out, text);
    fputc('}', out);
}

void transcript_write(FILE *out)
{
    size_t skipped = total > KEPT_EVENTS ? total - HEAD_EVENTS - TAIL_EVENTS : 0;
    const char *separator = "";
    fputc('[', out);
    for (size_t i = 0; i < total; i++) {
        if (i >= HEAD_EVENTS && i < HEAD_EVENTS + skipped)
            continue;
        const struct event *event = slot(i);
        if (skipped > 0 && i == HEAD_EVENTS + skipped) {
            char text[64];
            snprintf(text, sizeof text, "… %zu événements passés …", skipped);
            fputs(separator, out);
            write_event(out, event->ms, "juge", "·", text);
            separator = ",";
        }
        if (event->hidden)
            continue;
        fputs(separator, out);
        separator = ",";
        char *text = event->text;
        long tenths = (long)(10 * event->last_ms + 0.5);
        if (event->repeated > 1 &&
            asprintf(&text, "%s (%d fois de suite, jusqu'à %ld,%ld ms)", event->text,
                     event->repeated, tenths / 10, tenths % 10) < 0)
            abort();
        write_event(out, event->ms, event->actor, event->verb, text);
        if (text != event->text)
            free(text);
    }
    fputc(']', out);
}
