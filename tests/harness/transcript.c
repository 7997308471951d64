#include "transcript.h"

#include "json.h"
#include "visible.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Un échec se lit par son début et par sa fin : on garde les deux, et le compte de ce qui manque.
#define HEAD_EVENTS 40
#define TAIL_EVENTS 40

struct event {
    double ms;
    char *actor;
    char *verb;
    char *text;
};

static struct event events[HEAD_EVENTS + TAIL_EVENTS];
static size_t total;
static struct timespec origin;

static void forget(struct event *event)
{
    free(event->actor);
    free(event->verb);
    free(event->text);
    *event = (struct event){0};
}

void transcript_begin(void)
{
    for (size_t i = 0; i < HEAD_EVENTS + TAIL_EVENTS; i++)
        forget(&events[i]);
    total = 0;
    clock_gettime(CLOCK_MONOTONIC, &origin);
}

double transcript_elapsed_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - origin.tv_sec) * 1e3 +
           (double)(now.tv_nsec - origin.tv_nsec) / 1e6;
}

static struct event *slot(size_t number)
{
    if (number < HEAD_EVENTS)
        return &events[number];
    return &events[HEAD_EVENTS + (number - HEAD_EVENTS) % TAIL_EVENTS];
}

void transcript_note(const char *actor, const char *verb, const char *format, ...)
{
    struct event *event = slot(total++);
    forget(event);
    event->ms = transcript_elapsed_ms();
    event->actor = strdup(actor);
    event->verb = strdup(verb);
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&event->text, format, arguments) < 0)
        abort();
    va_end(arguments);
}

void transcript_bytes(const char *actor, const char *verb, const char *action, const char *bytes,
                      size_t length)
{
    char *text = visible_short(bytes, length);
    if (length > 200)
        transcript_note(actor, verb, "%s %zu octets : « %s »", action, length, text);
    else
        transcript_note(actor, verb, "%s « %s »", action, text);
    free(text);
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
    size_t skipped = total > HEAD_EVENTS + TAIL_EVENTS ? total - HEAD_EVENTS - TAIL_EVENTS : 0;
    fputc('[', out);
    for (size_t i = 0; i < total; i++) {
        if (i >= HEAD_EVENTS && i < HEAD_EVENTS + skipped)
            continue;
        if (i > 0)
            fputc(',', out);
        const struct event *event = slot(i);
        if (skipped > 0 && i == HEAD_EVENTS + skipped) {
            char text[64];
            snprintf(text, sizeof text, "… %zu événements passés …", skipped);
            write_event(out, event->ms, "juge", "·", text);
            fputc(',', out);
        }
        write_event(out, event->ms, event->actor, event->verb, event->text);
    }
    fputc(']', out);
}
