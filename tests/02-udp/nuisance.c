#include "nuisance.h"

#include "process_tree.h"
#include "transcript.h"

/** Intervalle entre deux dérangements, en millisecondes. */
#define PERIOD_MS 40

/** Un client vu endormi autant de fois, son heure passée depuis longtemps, n'enverra plus. */
#define OVERSLEPT_LIMIT 30

// L'heure passée, un programme juste est réveillé ou attend son tour : il n'est plus endormi.
static bool is_asleep(const struct program *program)
{
    struct activity activity = {.asleep = true};
    process_tree_observe(program->pid, &activity);
    return activity.asleep;
}

static bool question_came(void *context)
{
    struct nuisance *nuisance = context;
    if (postbox_has_mail(nuisance->server) || nuisance->client->ended)
        return true;
    double now_ms = transcript_elapsed_ms();
    if (now_ms - nuisance->last_ms < PERIOD_MS)
        return false;
    nuisance->last_ms = now_ms;
    if (now_ms > nuisance->overslept_ms && is_asleep(nuisance->client))
        nuisance->overslept++;
    nuisance->strike(nuisance);
    return nuisance->overslept >= OVERSLEPT_LIMIT;
}

const struct datagram *expect_again_despite(struct nuisance *nuisance, int number)
{
    int wait_ms = due_ms(number) - due_ms(number - 1);
    nuisance->overslept = 0;
    nuisance->overslept_ms = transcript_elapsed_ms() + wait_ms + 400;
    allow_wait_before(number);
    pump_until(question_came, nuisance, 10);
    if (nuisance->check != NULL)
        nuisance->check(nuisance->client);
    if (nuisance->overslept >= OVERSLEPT_LIMIT)
        complain_because(nuisance->cause, "tant %s, la question ne repart pas", nuisance->what);
    return expect_question_again(nuisance->server, number);
}
