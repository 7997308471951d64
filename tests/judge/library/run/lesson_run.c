#include "lesson_run.h"

#include "cause.h"
#include "complain.h"
#include "process_tree.h"
#include "settle.h"
#include "student_line.h"
#include "transcript.h"
#include "verdict.h"

#include <signal.h>

void lesson_run(struct lesson *lesson)
{
    lesson_begin(lesson);
    // Écrire à un programme mort doit rendre EPIPE ici, pas tuer le juge.
    signal(SIGPIPE, SIG_IGN);
    process_tree_adopt_orphans();
    complain_find_causes_with(likely_cause);
    verdict_find_lines_with(student_line);
    transcript_begin();
    lesson->body();
    settle_under_checker();
    verdict_pass();
}
