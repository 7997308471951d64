#include "silence.h"

#include "complain.h"
#include "rest.h"
#include "transcript.h"
#include "visible.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_PERIOD_MS 5
// Qui se réveille sans cesse ne sera jamais tranquille : les attentes permises ont toutes expiré avant cela.
#define MOST_LOOKS 160

/** Un programme à qui rien ne vient. */
struct silence {
    const struct program *program;
    const struct peer *peer;
    struct quiet quiet;
    bool calm; /**< Il a dormi sans se réveiller, et dort encore. */
    int looks;
};

static bool has_left(const struct peer *peer)
{
    return peer != NULL && (peer->ended || peer->error != 0);
}

// Qui ne lit pas n'apprend pas que sa connexion est fermée. Un socket fermé n'a plus d'inode, même quand il lui reste des
// octets à remettre.
static bool is_abandoned(const struct peer *peer)
{
    struct socket_view view;
    return peer != NULL && (!peer_other_end(peer, &view) || view.inode == 0);
}

static bool is_over(void *context)
{
    struct silence *silence = context;
    if (silence->program->ended || has_left(silence->peer))
        return true;
    silence->calm = program_stays_asleep(silence->program, &silence->quiet);
    return silence->calm || ++silence->looks >= MOST_LOOKS;
}

static const char *cause_of_impatience(const struct program *program)
{
    static const char cause[] =
        "Un délai que le programme se donne (SO_RCVTIMEO, SO_SNDTIMEO, poll, select, alarm…) a "
        "expiré, et il en a conclu que tout était fini. Se taire n'est pas partir : celui qui se "
        "tait parlera peut-être dans une heure. Un délai qui expire n'est pas une erreur.";
    static char both[sizeof cause + 512];
    if (program->err.length == 0)
        return cause;
    char *said = visible_short(program->err.bytes, strcspn(program->err.bytes, "\n"));
    snprintf(both, sizeof both, "%s Il a dit sur stderr : « %s »", cause, said);
    free(said);
    return both;
}

void program_expect_patience(struct program *program, const struct peer *peer)
{
    struct silence silence = {.program = program, .peer = peer};
    transcript_note("juge", "·", "laisse passer un long silence");
    pump_until(is_over, &silence, LOOK_PERIOD_MS);
    pump_now();
    if (!program->ended && has_left(peer))
        programs_settle();
    if (program->ended)
        complain_because(cause_of_impatience(program),
                         "%s a fini de lui-même, pendant un long silence", program->actor);
    if (has_left(peer) || is_abandoned(peer))
        complain_because(cause_of_impatience(program),
                         "%s a fermé la connexion de « %s », qui ne faisait que se taire",
                         program->actor, peer->name);
    if (!silence.calm)
        program_expect_rest(program, "à qui rien ne vient");
}
