#include "settle.h"

#include "complain.h"
#include "program.h"
#include "sandbox.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/** Code de retour par lequel assainisseurs et valgrind disent avoir trouvé une erreur. */
#define CHECKER_EXIT 66

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && *value != '\0';
}

static void stop_server(struct program *program)
{
    if (program->ended || !program_is_server(program))
        return;
    program_signal(program, SIGTERM);
    pump_until(program_has_ended, program, 20);
}

static void refuse_report(const struct program *program)
{
    if (!program->ended || !WIFEXITED(program->status) ||
        WEXITSTATUS(program->status) != CHECKER_EXIT)
        return;
    struct symptoms symptoms = {.program = program};
    complain(&symptoms, "le dialogue est juste, mais %s a une erreur de mémoire", program->actor);
}

void settle_under_checker(void)
{
    if (!is_set("SANITIZE") && !is_set(WRAPPER_VARIABLE))
        return;
    for (struct program *program = program_first(); program != NULL; program = program->next)
        stop_server(program);
    pump_now();
    for (struct program *program = program_first(); program != NULL; program = program->next)
        refuse_report(program);
}
