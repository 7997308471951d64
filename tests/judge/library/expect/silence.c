#include "silence.h"

#include "complain.h"
#include "rest.h"
#include "sockdiag.h"
#include "transcript.h"
#include "visible.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_PERIOD_MS 2
// Tant de regards de suite sans un réveil : plus rien n'expire.
#define QUIET_LOOKS 25
// Qui se réveille sans cesse ne sera jamais tranquille : les attentes permises ont toutes expiré avant cela.
#define MOST_LOOKS 400

/** Un programme à qui rien ne vient. */
struct silence {
    const struct program *program;
    const struct peer *peer;
    unsigned long wakeups;
    int quiet_looks;
    int looks;
};

static bool has_left(const struct peer *peer)
{
    return peer != NULL && (peer->ended || peer->error != 0);
}

/** Le bout d'une connexion que tient le programme. */
struct other_end {
    unsigned peer_port;
    bool held;
};

// Un socket fermé n'a plus d'inode, même quand il lui reste des octets à remettre.
static bool look_at_other_end(const struct socket_view *view, void *context)
{
    struct other_end *end = context;
    end->held = view->remote_port == end->peer_port && view->inode != 0;
    return !end->held;
}

// Qui ne lit pas n'apprend pas que sa connexion est fermée.
static bool is_abandoned(const struct peer *peer)
{
    const char *colon = peer != NULL ? strrchr(peer->address, ':') : NULL;
    if (colon == NULL)
        return false;
    struct other_end end = {.peer_port = (unsigned)atoi(colon + 1)};
    sockets_visit(IPPROTO_TCP, 1u << TCP_ESTABLISHED | 1u << TCP_CLOSE_WAIT, look_at_other_end,
                  &end);
    return !end.held;
}

static bool is_over(void *context)
{
    struct silence *silence = context;
    if (silence->program->ended || has_left(silence->peer))
        return true;
    unsigned long wakeups = process_tree_wakeups(silence->program->pid);
    struct activity activity = {.asleep = true};
    process_tree_observe(silence->program->pid, &activity);
    bool quiet = activity.asleep && wakeups == silence->wakeups;
    silence->wakeups = wakeups;
    silence->quiet_looks = quiet ? silence->quiet_looks + 1 : 0;
    return silence->quiet_looks >= QUIET_LOOKS || ++silence->looks >= MOST_LOOKS;
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
    program_expect_rest(program, "à qui rien ne vient");
}
