#include "nuisance.h"

#include "transcript.h"

/** Intervalle entre deux dérangements, en millisecondes. */
#define PERIOD_MS 40

static bool question_came(void *context)
{
    struct nuisance *nuisance = context;
    if (postbox_has_mail(nuisance->server) || nuisance->client->ended)
        return true;
    double now_ms = transcript_elapsed_ms();
    if (now_ms - nuisance->last_ms < PERIOD_MS)
        return false;
    nuisance->last_ms = now_ms;
    nuisance->strike(nuisance);
    return false;
}

const struct datagram *expect_again_despite(struct nuisance *nuisance, int number)
{
    const struct vigil vigil = vigil_begin(nuisance->client);
    double allowed_ms = wait_before_ms(number) + LATE_SLACK_MS;
    enum wait_end end = vigil_wait(&vigil, allowed_ms, question_came, nuisance);
    if (nuisance->check != NULL)
        nuisance->check(nuisance->client);
    refuse_spin(nuisance->client);
    if (end == WAIT_ASLEEP)
        complain_because(nuisance->cause, "tant %s, la question ne repart pas", nuisance->what);
    return expect_question_again(nuisance->server, number);
}
