#include "pump.h"

#include "in_flight.h"
#include "transcript.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Délais, en secondes. Le facteur de lenteur les multiplie sous valgrind ou un assainisseur.
#define SLEEP_PATIENCE_S 1.0
#define SPIN_PATIENCE_S 1.5
#define LATE_PATIENCE_S 30.0
#define OBSERVATION_PERIOD_S 0.05
#define MAX_SOURCES 4096
// Un programme qui se manifeste sans cesse (un mot, un somme, un mot…) ne fait pas durer une attente sans fin :
// passé le délai de sécurité, il est jugé sur ce qu'il faisait aux regards : dormir, ou calculer.
#define BUSY_LOOK_PERIOD_S 0.5
#define TOTAL_CPU_S 20.0

static struct source *sources;
static double patience_s = SLEEP_PATIENCE_S;
static bool brief_wakeups_count = true;
static bool flooded;

void pump_add(struct source *source)
{
    source->next = sources;
    sources = source;
}

void pump_remove(struct source *source)
{
    for (struct source **place = &sources; *place != NULL; place = &(*place)->next) {
        if (*place == source) {
            *place = source->next;
            return;
        }
    }
}

void pump_observe(struct activity *activity)
{
    for (const struct source *source = sources; source != NULL; source = source->next) {
        if (source->pid != 0)
            process_tree_observe(source->pid, activity);
    }
}

void pump_note_flood(void)
{
    flooded = true;
}

bool pump_is_flooded(void)
{
    return flooded;
}

void pump_set_patience(double seconds)
{
    patience_s = seconds;
}

void pump_ignore_brief_wakeups(void)
{
    brief_wakeups_count = false;
}

double pump_slowness(void)
{
    static double factor;
    if (factor == 0.0) {
        const char *text = getenv("JUDGE_SLOWNESS");
        factor = text != NULL && atof(text) >= 1.0 ? atof(text) : 1.0;
    }
    return factor;
}

static double now_s(void)
{
    return transcript_elapsed_ms() / 1e3;
}

// Rend vrai si un événement a été traité.
static bool handle_events(int timeout_ms)
{
    static struct pollfd polled[MAX_SOURCES];
    static struct source *owners[MAX_SOURCES];
    nfds_t count = 0;
    for (struct source *source = sources; source != NULL && count < MAX_SOURCES;
         source = source->next) {
        if (source->fd < 0 || source->events == 0)
            continue;
        owners[count] = source;
        polled[count++] = (struct pollfd){.fd = source->fd, .events = source->events};
    }
    if (poll(polled, count, timeout_ms) <= 0)
        return false;
    for (nfds_t i = 0; i < count; i++) {
        // Une source servie avant celle-ci a pu la fermer.
        if (polled[i].revents != 0 && owners[i]->fd == polled[i].fd)
            owners[i]->ready(owners[i], polled[i].revents);
    }
    return true;
}

void pump_now(void)
{
    while (handle_events(0))
        continue;
}

/** Ce que l'on sait de l'immobilité des programmes pendant une attente. */
struct stillness {
    double since_s;        /**< Rien n'a bougé depuis cet instant. */
    double last_event_s;   /**< Dernier événement visible du dehors. */
    double last_look_s;    /**< Dernier regard sur les processus. */
    double cpu_at_event_s; /**< Temps de calcul au premier regard après cet événement. */
    bool measured;         /**< Ce premier regard a eu lieu : cpu_at_event_s est connu. */
    bool looked;           /**< Un premier regard a eu lieu. */
    double began_s;        /**< Début de l'attente. */
    double cpu_at_first_s; /**< Temps de calcul au premier regard. */
    int looks;             /**< Nombre de regards. */
    int asleep_looks;      /**< Combien l'ont vu dormir. */
    struct activity seen;  /**< Ce qu'ils avaient fait au dernier regard. */
};

static void restart(struct stillness *still, bool visible_event)
{
    double now = now_s();
    still->since_s = now;
    if (!visible_event)
        return;
    still->last_event_s = now;
    // Ce qu'il a calculé pendant que des événements se suivaient ne compte pas.
    still->measured = false;
}

// Chaque événement remet l'attente à zéro : ceci compte depuis son début.
static enum wait_end judge_whole_wait(struct stillness *still, const struct activity *activity)
{
    if (still->looks++ == 0)
        still->cpu_at_first_s = activity->cpu_s;
    still->asleep_looks += activity->asleep;
    if (activity->cpu_s - still->cpu_at_first_s > TOTAL_CPU_S * pump_slowness())
        return WAIT_SPINNING;
    bool long_ago = now_s() - still->began_s > LATE_PATIENCE_S * pump_slowness() + patience_s;
    return long_ago && 2 * still->asleep_looks > still->looks ? WAIT_LATE : WAIT_DONE;
}

// Rien ne bouge, mais le réseau doit encore quelque chose : l'attente n'est pas celle d'un programme.
static enum wait_end unless_in_flight(struct stillness *still, enum wait_end end)
{
    if (!network_in_flight())
        return end;
    restart(still, false);
    return WAIT_DONE;
}

static enum wait_end judge_stillness(struct stillness *still)
{
    double now = now_s();
    if (flooded)
        return WAIT_FLOODED;
    if (now - still->last_event_s > LATE_PATIENCE_S * pump_slowness() + patience_s)
        return WAIT_LATE;
    if (now - still->last_look_s < OBSERVATION_PERIOD_S)
        return WAIT_DONE;
    still->last_look_s = now;

    struct activity activity = {.asleep = true};
    pump_observe(&activity);
    bool woke = brief_wakeups_count && activity.work != still->seen.work;
    bool moved = !still->looked || woke || !activity.asleep;
    still->seen = activity;
    if (!still->measured)
        still->cpu_at_event_s = activity.cpu_s;
    still->measured = true;
    still->looked = true;
    if (activity.processes == 0) {
        bool long_gone = now - still->last_event_s > 2 * OBSERVATION_PERIOD_S;
        return long_gone ? unless_in_flight(still, WAIT_ENDED) : WAIT_DONE;
    }
    if (activity.cpu_s - still->cpu_at_event_s > SPIN_PATIENCE_S * pump_slowness())
        return WAIT_SPINNING;
    enum wait_end whole = judge_whole_wait(still, &activity);
    if (whole != WAIT_DONE)
        return whole;
    if (moved)
        restart(still, false);
    bool long_still = now - still->since_s > patience_s * pump_slowness();
    return long_still ? unless_in_flight(still, WAIT_ASLEEP) : WAIT_DONE;
}

enum wait_end pump_until(pump_condition *condition, void *context, int tick_ms)
{
    // Regarder deux cents threads coûte plus que ce que l'on attend d'ordinaire : le premier regard
    // n'a lieu que si l'attente dure.
    struct stillness still = {.last_look_s = now_s(), .began_s = now_s()};
    restart(&still, true);
    for (;;) {
        if (condition(context))
            return WAIT_DONE;
        if (handle_events(tick_ms)) {
            restart(&still, true);
            if (!flooded && now_s() - still.last_look_s < BUSY_LOOK_PERIOD_S)
                continue;
        }
        enum wait_end end = judge_stillness(&still);
        if (end == WAIT_DONE)
            continue;
        // Un dernier regard : la chose a pu arriver pendant que l'on concluait.
        pump_now();
        return condition(context) ? WAIT_DONE : end;
    }
}
