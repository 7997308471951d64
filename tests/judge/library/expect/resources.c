#include "resources.h"

#include "complain.h"
#include "sockdiag.h"
#include "spawn.h"
#include "transcript.h"
#include "verdict.h"

#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

long resources_allow_descriptors(long wanted)
{
    struct rlimit limits;
    if (getrlimit(RLIMIT_NOFILE, &limits) < 0)
        verdict_broken("getrlimit : %s", strerror(errno));
    if (limits.rlim_cur < (rlim_t)wanted) {
        limits.rlim_cur = limits.rlim_max < (rlim_t)wanted ? limits.rlim_max : (rlim_t)wanted;
        if (setrlimit(RLIMIT_NOFILE, &limits) < 0)
            verdict_broken("setrlimit : %s", strerror(errno));
    }
    return limits.rlim_cur > LONG_MAX ? LONG_MAX : (long)limits.rlim_cur;
}

struct footprint program_footprint(const struct program *program)
{
    struct footprint footprint;
    process_tree_measure(program->pid, &footprint);
    return footprint;
}

/** Une mesure à laquelle revenir. */
struct return_goal {
    const struct program *program;
    int descriptors;
    int threads;
    struct footprint now;
};

static bool footprint_back(void *context)
{
    struct return_goal *goal = context;
    goal->now = program_footprint(goal->program);
    return goal->program->ended ||
           (goal->now.descriptors <= goal->descriptors && goal->now.threads <= goal->threads);
}

// On peut n'attendre les précédents qu'au client suivant.
#define UNAWAITED_ALLOWED 16

/** Des processus finis, que l'on veut voir attendus. */
struct burial {
    const struct program *program;
    int left;
};

static bool children_awaited(void *context)
{
    struct burial *burial = context;
    burial->left = program_footprint(burial->program).unawaited;
    return burial->left <= UNAWAITED_ALLOWED;
}

void program_expect_children_awaited(const struct program *program)
{
    struct burial burial = {.program = program};
    pump_until(children_awaited, &burial, 5);
    if (burial.left > UNAWAITED_ALLOWED)
        complain_because("Un processus fils qui a fini garde son numéro, en « zombie » (ps le "
                         "marque d'un Z), tant que son père n'a pas demandé comment il a fini "
                         "(man 2 waitpid). Le système n'a pas de numéros sans fin : quand il n'y "
                         "en a plus, fork échoue, et plus personne n'est servi.",
                         "%s a laissé %d processus fils finis, que personne n'a attendus",
                         program->actor, burial.left);
}

void program_expect_footprint_back(struct program *program, const struct footprint *before,
                                   int slack, int clients)
{
    program_expect_children_awaited(program);
    struct return_goal goal = {.program = program,
                               .descriptors = before->descriptors + slack,
                               .threads = before->threads + slack};
    enum wait_end end = pump_until(footprint_back, &goal, 5);
    if (program->ended) {
        struct symptoms symptoms = {.end = end, .program = program};
        complain(&symptoms, "%s devrait continuer, et il s'est arrêté", program->actor);
    }
    transcript_note("juge", "·", "%s tient %d descripteurs et %d threads", program->actor,
                    goal.now.descriptors, goal.now.threads);
    if (goal.now.descriptors > goal.descriptors)
        complain_because("Un descripteur reste ouvert après certains clients : tous les chemins, "
                         "erreurs comprises, passent-ils par close ?",
                         "%s tenait %d descripteurs ; %d clients plus tard, tous partis, il en "
                         "tient %d",
                         program->actor, before->descriptors, clients, goal.now.descriptors);
    if (goal.now.threads > goal.threads)
        complain_because("Le thread de certains clients ne finit pas après leur départ : recv qui "
                         "rend 0 ou -1 le fait-il sortir de sa boucle ?",
                         "%s avait %d threads ; %d clients plus tard, tous partis, il en a %d",
                         program->actor, before->threads, clients, goal.now.threads);
}

// Un assainisseur, valgrind, gardent exprès la mémoire rendue.
bool program_owns_its_memory(void)
{
    const char *sanitizer = getenv("SANITIZE");
    return (sanitizer == NULL || *sanitizer == '\0') && !spawn_uses_valgrind();
}

void program_expect_memory_back(const struct program *program, const struct footprint *before,
                                long slack_kib, const char *exchanges)
{
    long now_kib = program_footprint(program).private_kib;
    transcript_note("juge", "·", "mesure %ld Kio de mémoire, puis %ld Kio", before->private_kib,
                    now_kib);
    if (now_kib - before->private_kib <= slack_kib || !program_owns_its_memory())
        return;
    complain_because(
        "Chaque échange laisse quelque chose : ce qui est alloué pour l'un doit être rendu sur "
        "tous les chemins, ou servir au suivant.",
        "après %s, %s occupe %ld Kio de plus", exchanges, program->actor,
        now_kib - before->private_kib);
}

void program_limit_descriptors(struct program *program, int spare)
{
    if (!process_tree_limit_descriptors(program->pid, spare))
        verdict_skip("le système ne permet pas de limiter les descripteurs d'un programme : %s",
                     strerror(errno));
    if (spare == 0)
        transcript_note("juge", "·", "ne laisse plus un seul descripteur à %s", program->actor);
    else
        transcript_note("juge", "·", "ne laisse à %s que %d descripteur%s de plus", program->actor,
                        spare, spare > 1 ? "s" : "");
}

/** Un socket à reconnaître parmi ceux d'un programme. */
struct ownership {
    const struct program *program;
    unsigned long inode;
    bool owned;
    unsigned port;
};

static bool compare_inode(unsigned long inode, void *context)
{
    struct ownership *ownership = context;
    ownership->owned = inode == ownership->inode;
    return !ownership->owned;
}

static bool look_at_listener(const struct socket_view *view, void *context)
{
    struct ownership *ownership = context;
    ownership->inode = view->inode;
    process_tree_visit_sockets(ownership->program->pid, compare_inode, ownership);
    if (ownership->owned)
        ownership->port = view->local_port;
    return !ownership->owned;
}

unsigned program_listening_port(const struct program *program)
{
    struct ownership ownership = {.program = program};
    sockets_visit(IPPROTO_TCP, 1u << TCP_LISTEN, look_at_listener, &ownership);
    return ownership.port;
}
