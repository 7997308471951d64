#include "usage.h"

#include "lesson.h"
#include "program_expect.h"
#include "transcript.h"

#include <stdio.h>
#include <string.h>

const char *const *bad_ports(void)
{
    static char followed[16], spaced[16], positive[16], indented[16];
    static char beyond_int[16], beyond_long[24];
    static const char *const ports[] = {
        followed,
        spaced,
        "-1",
        "0",
        "65536",
        "70000",
        "",
        positive,
        indented,
        "0x50",
        "99999999999999999999",
        beyond_int,
        beyond_long,
        NULL,
    };
    snprintf(followed, sizeof followed, "%ux", the_lab.default_port);
    snprintf(spaced, sizeof spaced, "%u ", the_lab.default_port);
    snprintf(positive, sizeof positive, "+%u", the_lab.default_port);
    snprintf(indented, sizeof indented, " %u", the_lab.default_port);
    // 2³² et 2⁶⁴ de plus : rangés dans un entier trop étroit, ils redeviennent le port.
    snprintf(beyond_int, sizeof beyond_int, "%llu", 4294967296ull + the_lab.default_port);
    snprintf(beyond_long, sizeof beyond_long, "1844674407370%llu",
             9551616ull + the_lab.default_port);
    return ports;
}

static bool is_beyond_int(const char *word)
{
    size_t digits = strspn(word, "0123456789");
    return digits >= 10 && word[digits] == '\0';
}

// Ce qui ne va pas alors n'est pas la forme du mot.
static void ask_about_size(const char *const *words)
{
    for (; *words != NULL; words++) {
        if (is_beyond_int(*words))
            lesson_ask("Un nombre trop grand pour son type y perd ses premiers chiffres : le port "
                       "est-il comparé à 65535 avant d'être rangé dans un int, et pendant qu'il se "
                       "calcule ?");
    }
}

// Vingt refus justes cacheraient, dans le récit, celui qui manque : chacun y tient en une ligne.
void expect_usage_refused(const char *const *words)
{
    size_t mark = transcript_mark();
    const char *question = lesson_question();
    ask_about_size(words);
    struct program *program = program_start(words);
    program_expect_exit(program, 2);
    program_expect_some_error(program);
    program_expect_no_more_output(program);
    transcript_replace(mark, program->actor, "·", "refuse bien « %s »", program->command);
    lesson_ask(question);
}
