#include "report.h"

#include "display.h"

#include <stdio.h>
#include <string.h>

static void write_text(const char *text)
{
    print_escaped(stderr, text, strlen(text));
}

// Verrouiller stderr garde la ligne entière quand plusieurs threads écrivent.
static void begin_line(const char *program, const char *action)
{
    flockfile(stderr);
    write_text(program);
    fputs(": ", stderr);
    write_text(action);
}

static void end_line(const char *reason)
{
    fputs(" : ", stderr);
    write_text(reason);
    fputc('\n', stderr);
    fflush(stderr);
    funlockfile(stderr);
}

void report_error(const char *program, const char *action, const char *host, const char *port,
                  const char *reason)
{
    begin_line(program, action);
    if (host != NULL && port != NULL) {
        fputc(' ', stderr);
        print_endpoint(stderr, host, port);
    }
    end_line(reason);
}

void report_peer_error(const char *program, const char *action, const char *peer,
                       const char *reason)
{
    begin_line(program, action);
    fputc(' ', stderr);
    write_text(peer);
    end_line(reason);
}

void report_usage(const char *program, const char *problem, const char *argument)
{
    begin_line(program, problem);
    fputs(" : « ", stderr);
    write_text(argument);
    fputs(" »\n", stderr);
    fflush(stderr);
    funlockfile(stderr);
}
