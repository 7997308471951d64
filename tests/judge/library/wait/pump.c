#include "pump.h"

#include "in_flight.h"
#include "lesson.h"
#include "scratch.h"
#include "sleeping_call.h"
#include "transcript.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

// Délais, en secondes. Le facteur de lenteur les multiplie sous valgrind ou un assainisseur.
#define SLEEP_PATIENCE_S 1.0
#define SPIN_PATIENCE_S 0.75
// Un assainisseur calcule pour chaque accès : un thread qui tourne à vide laisse moins à celui qui répond.
#define CHECKED_BUDGET 3
// Jouée de nouveau pour l'expliquer, une leçon attend ce que l'on sait déjà ne pas venir : elle ne juge plus rien.
#define AGAIN_PATIENCE_S 0.3
// Attendre qu'un programme dorme n'exige rien de lui : qui calcule autant ne dormira pas de sitôt.
#define CALM_PATIENCE_S 0.2
#define LATE_PATIENCE_S 30.0
// Éveillé à la plupart des regards, il n'est pas en retard : une machine surchargée lui refuse un processeur. Mais un test
// conclut toujours avant LESSON_TIMEOUT_S.
#define STARVED_PATIENCE_S 60.0
#define OBSERVATION_PERIOD_S 0.05
#define EVENTS_AT_ONCE 256
// Réveillé, puis rendormi au même endroit : combien de fois au moins, et combien de regards pour une seconde de
// patience ; la moitié quand ces réveils sont permis, ou déjà connus. Un regard en retard ne compte que pour un : le
// temps qu'une machine surchargée prend au juge n'accuse personne.
#define IDLE_WAKEUPS 3
#define IDLE_LOOKS 50
#define IDLE_LOOKS_KNOWN 25
// Réveils par seconde que rien ne permet ; un regard qui en a compté tant en vaut plusieurs, sauf quand le programme a
// droit à une longue attente : ses réveils n'en disent pas la fin.
#define FRANTIC_PER_S 200.0
#define FRANTIC_WORTH 5
#define MAX_PLACES 4
// Ce qui reste de son budget à un programme que ce test a déjà vu tourner pour rien, ou que rien n'a encore innocenté.
#define SPIN_AGAIN 0.1
// Un programme qui se manifeste sans cesse (un mot, un somme, un mot…) ne fait pas durer une attente sans fin :
// passé le délai de sécurité, il est jugé sur ce qu'il faisait aux regards : dormir, ou calculer.
#define BUSY_LOOK_PERIOD_S 0.5
#define TOTAL_CPU_S 20.0

static struct source *sources;
static double patience_s = SLEEP_PATIENCE_S;
static bool brief_wakeups_count = true;
static bool flooded;
static unsigned repetitions;
static bool seen_restless;
static bool again;
// Où en était le compte rendu quand une longue attente a été vaine, la première fois : jouée de nouveau, elle le sera.
static size_t vain_from;

/** Ce qu'un programme a le droit de calculer sans rien produire, en secondes ; bien moins, une fois vu le dépasser. */
struct budget {
    double cpu_s;
    bool spent;
};

// Qui tourne à vide quand rien n'est exigé de lui répond peut-être : ce qu'on attend ensuite de lui garde son budget.
static struct budget answering = {.cpu_s = SPIN_PATIENCE_S};
static struct budget calming = {.cpu_s = CALM_PATIENCE_S};
static struct budget *budget = &answering;

void pump_add(struct source *source)
{
    static unsigned arrivals;
    source->rank = ++arrivals;
    source->watched = 0;
    source->next = sources;
    sources = source;
}

static int watching_descriptor(void)
{
    static int descriptor = -1;
    if (descriptor < 0 && (descriptor = epoll_create1(EPOLL_CLOEXEC)) < 0)
        verdict_broken("le juge n'a pas pu surveiller ses descripteurs : %s", strerror(errno));
    return descriptor;
}

// Les constantes d'epoll et de poll ont les mêmes valeurs.
static void watch(struct source *source, short events)
{
    struct epoll_event wanted = {.events = (uint32_t)events, .data.ptr = source};
    int operation = events == 0            ? EPOLL_CTL_DEL
                    : source->watched == 0 ? EPOLL_CTL_ADD
                                           : EPOLL_CTL_MOD;
    if (epoll_ctl(watching_descriptor(), operation, source->fd, &wanted) < 0)
        verdict_broken("le juge n'a pas pu surveiller un descripteur : %s", strerror(errno));
    source->watched = events;
}

void pump_remove(struct source *source)
{
    if (source->watched != 0)
        watch(source, 0);
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

void pump_note_repetition(void)
{
    repetitions++;
}

bool pump_is_flooded(void)
{
    return flooded;
}

void pump_see_idling(void)
{
    answering.spent = true;
}

bool pump_saw_idling(void)
{
    return answering.spent || seen_restless;
}

size_t pump_vain_from(void)
{
    return vain_from;
}

void pump_play_again(bool idling, size_t vain)
{
    again = true;
    vain_from = vain;
    answering.spent = calming.spent = seen_restless = idling;
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

// Chacun change ses événements à sa guise : le noyau l'apprend avant la prochaine attente.
static void watch_what_is_wanted(void)
{
    for (struct source *source = sources; source != NULL; source = source->next) {
        if (source->fd >= 0 && source->events != source->watched)
            watch(source, source->events);
    }
}

// La dernière arrivée d'abord : ce que deux sources disent au même instant est toujours raconté dans le même ordre.
static int compare_arrivals(const void *a, const void *b)
{
    const struct source *first = ((const struct epoll_event *)a)->data.ptr;
    const struct source *second = ((const struct epoll_event *)b)->data.ptr;
    return (first->rank < second->rank) - (first->rank > second->rank);
}

// Rend combien d'événements ont été traités.
static unsigned handle_events(int timeout_ms)
{
    unsigned handled = 0;
    struct epoll_event events[EVENTS_AT_ONCE];
    watch_what_is_wanted();
    int count = epoll_wait(watching_descriptor(), events, EVENTS_AT_ONCE, timeout_ms);
    if (count <= 0)
        return 0;
    qsort(events, (size_t)count, sizeof events[0], compare_arrivals);
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        // Une source servie avant celle-ci a pu la fermer.
        if (source->watched == 0)
            continue;
        source->ready(source, (short)events[i].events);
        handled++;
    }
    // Zéro ferait croire qu'il ne reste rien à recueillir.
    return handled > 0 ? handled : 1;
}

// Redire la même chose n'est pas avancer.
static bool handle_news(int timeout_ms)
{
    repetitions = 0;
    return handle_events(timeout_ms) > repetitions;
}

void pump_now(void)
{
    while (handle_events(0) > 0)
        continue;
}

/** Ce que l'on sait de l'immobilité des programmes pendant une attente. */
struct stillness {
    double since_s;             /**< Rien n'a bougé depuis cet instant. */
    double last_event_s;        /**< Dernier événement visible du dehors. */
    double last_look_s;         /**< Dernier regard sur les processus. */
    double cpu_at_event_s;      /**< Temps de calcul au premier regard après cet événement. */
    bool measured;              /**< Ce premier regard a eu lieu : cpu_at_event_s est connu. */
    struct suspicion suspicion; /**< Il a dépassé son budget : est-ce pour rien ? */
    bool looked;                /**< Un premier regard a eu lieu. */
    double began_s;             /**< Début de l'attente. */
    double cpu_at_first_s;      /**< Temps de calcul au premier regard. */
    int looks;                  /**< Nombre de regards. */
    int asleep_looks;           /**< Combien l'ont vu dormir. */
    int idle_looks;        /**< Combien l'ont vu rendormi où il dormait, moins ceux d'éveil. */
    int idle_wakeups;      /**< Ses réveils pendant ces regards. */
    unsigned long wakeups; /**< Ceux que le noyau comptait au dernier regard d'éveil. */
    double counted_s;      /**< L'instant de ce compte ; 0 : pas encore. */
    unsigned long long places[MAX_PLACES]; /**< Où il dormait. */
    int place_count;                       /**< Combien d'endroits, tous confondus. */
    struct activity seen;                  /**< Ce qu'ils avaient fait au dernier regard. */
};

static void restart(struct stillness *still, bool visible_event)
{
    double now = now_s();
    still->since_s = now;
    if (!visible_event)
        return;
    still->last_event_s = now;
    still->idle_looks = 0;
    // Ce qu'il a calculé pendant que des événements se suivaient ne compte pas.
    still->measured = false;
}

// Où dorment les programmes ; 0 si l'un d'eux ne dort plus.
static unsigned long long sleeping_place(void)
{
    unsigned long long sum = 0;
    for (const struct source *source = sources; source != NULL; source = source->next) {
        unsigned long long place = 1;
        if (source->pid != 0)
            place = process_tree_sleeping_place(source->pid);
        if (place == 0)
            return 0;
        sum += place;
    }
    return sum;
}

static bool is_known_place(struct stillness *still, unsigned long long place)
{
    for (int i = 0; i < MAX_PLACES && i < still->place_count; i++) {
        if (still->places[i] == place)
            return true;
    }
    still->places[still->place_count++ % MAX_PLACES] = place;
    return false;
}

static unsigned long count_wakeups(void)
{
    unsigned long wakeups = 0;
    for (const struct source *source = sources; source != NULL; source = source->next) {
        if (source->pid != 0)
            wakeups += process_tree_wakeups(source->pid);
    }
    return wakeups;
}

// Depuis le compte d'avant, il s'est réveillé plus souvent que rien ne le permet.
static bool is_frantic(struct stillness *still)
{
    unsigned long before = still->wakeups;
    double since_s = still->counted_s;
    still->wakeups = count_wakeups();
    still->counted_s = now_s();
    return since_s > 0 && still->wakeups > before &&
           (double)(still->wakeups - before) > FRANTIC_PER_S * (still->counted_s - since_s);
}

// Il se réveille et se rendort sans que rien n'entre ni ne sorte. Qui avance passe par des endroits nouveaux ; qui
// n'attend rien d'utile revient toujours aux mêmes.
static bool wakes_for_nothing(struct stillness *still, const struct activity *activity, bool woke)
{
    unsigned long long place = activity->asleep && woke ? sleeping_place() : 1;
    if (!activity->asleep || place == 0) {
        still->idle_looks -= still->idle_looks > 0;
        return false;
    }
    if (woke && !is_known_place(still, place))
        still->idle_looks = 0;
    if (still->idle_looks == 0)
        still->idle_wakeups = 0;
    bool hurried = patience_s <= SLEEP_PATIENCE_S;
    still->idle_looks += woke && is_frantic(still) && hurried ? FRANTIC_WORTH : 1;
    still->idle_wakeups += woke;
    double looks = brief_wakeups_count && !seen_restless ? IDLE_LOOKS : IDLE_LOOKS_KNOWN;
    return still->idle_wakeups >= IDLE_WAKEUPS &&
           still->idle_looks > looks * patience_s * pump_slowness();
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
    still->idle_looks = 0;
    return WAIT_DONE;
}

// Une patience plus longue est celle que le contrat donne au programme, tant qu'on ne la sait pas vaine.
static double sleep_patience_s(void)
{
    bool known_vain = vain_from > 0 && transcript_mark() >= vain_from;
    bool hurried = again && (patience_s <= SLEEP_PATIENCE_S || known_vain);
    return hurried && patience_s > AGAIN_PATIENCE_S ? AGAIN_PATIENCE_S : patience_s;
}

static bool is_late(const struct stillness *still, double now)
{
    bool awake = 2 * still->asleep_looks < still->looks;
    double allowed_s = awake ? STARVED_PATIENCE_S : LATE_PATIENCE_S;
    return now - still->last_event_s > allowed_s * pump_slowness() + patience_s;
}

static enum wait_end judge_stillness(struct stillness *still)
{
    double now = now_s();
    if (flooded)
        return WAIT_FLOODED;
    if (is_late(still, now))
        return WAIT_LATE;
    if (now - still->last_look_s < OBSERVATION_PERIOD_S)
        return WAIT_DONE;
    still->last_look_s = now;

    struct activity activity = {.asleep = true};
    pump_observe(&activity);
    bool woke = activity.work != still->seen.work;
    bool moved = !still->looked || (brief_wakeups_count && woke) || !activity.asleep;
    still->seen = activity;
    if (!still->measured)
        still->cpu_at_event_s = activity.cpu_s;
    still->measured = true;
    still->looked = true;
    if (activity.processes == 0) {
        bool long_gone = now - still->last_event_s > 2 * OBSERVATION_PERIOD_S;
        return long_gone ? unless_in_flight(still, WAIT_ENDED) : WAIT_DONE;
    }
    double budget_s = budget->cpu_s * pump_slowness() * (budget->spent ? SPIN_AGAIN : 1) *
                      (brief_wakeups_count ? 1 : CHECKED_BUDGET);
    if (activity.cpu_s - still->cpu_at_event_s > budget_s) {
        if (network_stands_still(&still->suspicion))
            return WAIT_SPINNING;
        still->cpu_at_event_s = activity.cpu_s - budget_s * (1 - SPIN_AGAIN);
    }
    enum wait_end whole = judge_whole_wait(still, &activity);
    if (whole != WAIT_DONE)
        return whole;
    if (wakes_for_nothing(still, &activity, woke))
        return unless_in_flight(still, brief_wakeups_count ? WAIT_RESTLESS : WAIT_ASLEEP);
    if (moved)
        restart(still, false);
    bool long_still = now - still->since_s > sleep_patience_s() * pump_slowness();
    return long_still ? unless_in_flight(still, WAIT_ASLEEP) : WAIT_DONE;
}

// Ce qu'un test a vu de ces programmes, les suivants le savent : une marque dans le dossier jetable. Elle n'abrège que
// les attentes qui n'exigent rien, et aucun verdict n'en dépend.
static void idling_mark(char *path, size_t size)
{
    const char *scratch = getenv(SCRATCH_VARIABLE);
    snprintf(path, size, "%s/idling %s", scratch != NULL ? scratch : ".",
             lesson_current()->programs);
}

static void note_idling(void)
{
    char path[4200];
    idling_mark(path, sizeof path);
    budget->spent = true;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0)
        close(fd);
}

static bool was_seen_idling(void)
{
    char path[4200];
    idling_mark(path, sizeof path);
    return access(path, F_OK) == 0;
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
        if (handle_news(tick_ms)) {
            restart(&still, true);
            if (!flooded && now_s() - still.last_look_s < BUSY_LOOK_PERIOD_S)
                continue;
        }
        // Qui se répète n'avance pas, mais ne calcule pas non plus sans rien produire ; il ne dormira pas pour autant.
        if (repetitions > 0 && budget != &calming)
            still.measured = false;
        enum wait_end end = judge_stillness(&still);
        if (end == WAIT_DONE)
            continue;
        // Un dernier regard : la chose a pu arriver pendant que l'on concluait.
        pump_now();
        if (condition(context))
            return WAIT_DONE;
        if (end == WAIT_SPINNING)
            note_idling();
        if (end == WAIT_ASLEEP && !again && patience_s > SLEEP_PATIENCE_S)
            vain_from = transcript_mark();
        seen_restless |= end == WAIT_RESTLESS;
        return end;
    }
}

bool pump_until_asleep(pump_condition *condition, void *context, int tick_ms)
{
    budget = &calming;
    calming.spent = calming.spent || answering.spent || was_seen_idling();
    enum wait_end end = pump_until(condition, context, tick_ms);
    budget = &answering;
    return end == WAIT_DONE;
}
