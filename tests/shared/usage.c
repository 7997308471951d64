#include "usage.h"

#include "lesson.h"
#include "program_expect.h"
#include "transcript.h"

#include <stdio.h>

const char *const *bad_ports(void)
{
    static char followed[16], positive[16], indented[16];
    static const char *const ports[] = {
        followed, "-1",     "0",      "65536", "70000",
        "",       positive, indented, "0x50",  "99999999999999999999",
        NULL,
    };
    snprintf(followed, sizeof followed, "%ux", the_lab.default_port);
    snprintf(positive, sizeof positive, "+%u", the_lab.default_port);
    snprintf(indented, sizeof indented, " %u", the_lab.default_port);
    return ports;
}

// Vingt refus justes cacheraient, dans le récit, celui qui manque : chacun y tient en une ligne.
void expect_usage_refused(const char *const *words)
{
    size_t mark = transcript_mark();
    struct program *program = program_start(words);
    program_expect_exit(program, 2);
    program_expect_some_error(program);
    program_expect_no_more_output(program);
    transcript_replace(mark, program->actor, "·", "refuse bien « %s »", program->command);
}
