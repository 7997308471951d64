#include "rest.h"

#include "complain.h"
#include "in_flight.h"
#include "transcript.h"

// Tous les combien regarder si un programme dort, et combien de fois de suite il doit dormir.
#define LOOK_PERIOD_MS 5
#define CALM_LOOKS 10
// Sous une machine chargée, un programme qui avance encore a été vu éveillé bien des fois ; au-delà, il n'avance plus.
#define MOST_LOOKS 1200
// Temps de calcul, en secondes, au-delà duquel un programme qui n'a rien à faire tourne à vide.
#define IDLE_BUDGET_S 0.4
// Ce qu'il en reste à qui l'a déjà fait.
#define IDLE_AGAIN 0.1

// Réveils par seconde qui accusent ; combien au moins en ont été vus, et pendant combien de temps avant de conclure.
#define ACCUSED_PER_S 200.0
#define FEWEST_WAKEUPS 20
#define SURE_MS 1000.0
// Qui n'est ni tranquille, ni réveillé si souvent : au-delà, il est laissé à lui-même.
#define LONGEST_MS (10 * SURE_MS)

#define SPINNING "%s, %s, occupe un processeur entier au lieu d'attendre"
#define RESTLESS "%s, %s, se réveille des centaines de fois par seconde au lieu d'attendre"

/** Une observation en cours. */
struct watch {
    struct program *program;
    double cpu_s;    /**< Temps de calcul au départ. */
    double spent_s;  /**< Temps de calcul depuis. */
    size_t output;   /**< Octets écrits au dernier regard. */
    int calm_looks;  /**< Regards tranquilles à la suite. */
    int looks;       /**< Regards en tout. */
    int asleep;      /**< Combien l'ont vu dormir, même s'il a parlé entre-temps. */
    double budget_s; /**< Au-delà, il tourne ; 0 : peu importe. */
    struct suspicion suspicion;
};

// Qui réessaie après un somme, et le dit chaque fois, n'est jamais muet longtemps ; mais il dort presque toujours.
static bool is_calm(const struct watch *watch)
{
    return watch->calm_looks >= CALM_LOOKS ||
           (watch->looks >= 8 * CALM_LOOKS && 10 * watch->asleep >= 9 * watch->looks);
}

// Au-delà de son budget, il lui en reste un peu tant que des octets entrent ou sortent : il travaille pour quelqu'un.
static bool is_spinning(struct watch *watch)
{
    if (watch->budget_s <= 0 || watch->spent_s <= watch->budget_s)
        return false;
    if (network_stands_still(&watch->suspicion))
        return true;
    watch->cpu_s += watch->budget_s * IDLE_AGAIN;
    return false;
}

static bool calm_or_spinning(void *context)
{
    struct watch *watch = context;
    struct program *program = watch->program;
    struct activity activity = {.asleep = true};
    process_tree_observe(program->pid, &activity);
    size_t output = program->out.length + program->err.length;
    bool calm = activity.asleep && output == watch->output;
    watch->output = output;
    watch->calm_looks = calm ? watch->calm_looks + 1 : 0;
    watch->spent_s = activity.cpu_s - watch->cpu_s;
    watch->looks++;
    watch->asleep += activity.asleep;
    return program->ended || is_spinning(watch) || is_calm(watch);
}

static enum wait_end observe(struct watch *watch)
{
    struct activity activity = {.asleep = true};
    process_tree_observe(watch->program->pid, &activity);
    watch->cpu_s = activity.cpu_s;
    enum wait_end end;
    // Une attente abrégée devant qui se réveille souvent ne prouve rien : il calcule peut-être pour un autre client.
    do
        end = pump_until(calm_or_spinning, watch, LOOK_PERIOD_MS);
    while (watch->budget_s > 0 && end == WAIT_RESTLESS && watch->looks < MOST_LOOKS);
    return end;
}

void program_wait_until_calm(struct program *program)
{
    struct watch watch = {.program = program};
    observe(&watch);
}

// Conclut, si le programme ne dort pas.
static void refuse_restlessness(struct program *program, const char *cause, const char *situation)
{
    double budget_s = IDLE_BUDGET_S * (pump_saw_idling() ? IDLE_AGAIN : 1) * pump_slowness();
    struct watch watch = {.program = program, .budget_s = budget_s};
    enum wait_end end = observe(&watch);
    if (program->ended) {
        struct symptoms symptoms = {.end = end, .program = program};
        complain(&symptoms, "%s devrait continuer, et il s'est arrêté", program->actor);
    }
    // Sur une machine surchargée, ce sont les regards qui se font rares : l'attente finit de l'avoir vu dormir sans qu'ils
    // soient assez nombreux, ou de n'en avoir rien vu. Ni l'un ni l'autre n'est tourner.
    if (is_calm(&watch) || end == WAIT_ASLEEP || end == WAIT_LATE)
        return;
    if (end != WAIT_RESTLESS)
        pump_see_idling();
    complain_because(cause, end == WAIT_RESTLESS ? RESTLESS : SPINNING, program->actor, situation);
}

void program_expect_calm(struct program *program, const char *situation)
{
    refuse_restlessness(program,
                        "Il recommence sans fin un appel qui échoue aussitôt. Ce qui manque ne "
                        "reviendra pas plus vite : il faut attendre en dormant, un peu, ou qu'un "
                        "client parte.",
                        situation);
}

bool program_stays_asleep(const struct program *program, struct quiet *quiet)
{
    struct activity activity = {.asleep = true};
    unsigned long wakeups = process_tree_wakeups(program->pid);
    process_tree_observe(program->pid, &activity);
    bool still = activity.asleep && wakeups == quiet->wakeups;
    quiet->wakeups = wakeups;
    quiet->looks = still ? quiet->looks + 1 : 0;
    return quiet->looks >= CALM_LOOKS;
}

/** Les réveils d'un programme, depuis un instant. */
struct wakefulness {
    const struct program *program;
    unsigned long start;
    double start_ms;
    struct quiet quiet;
    bool restless; /**< Il s'est réveillé trop souvent, jusqu'à ce regard. */
};

// Une machine surchargée espace ses réveils : ce qu'il demande est alors dans la marque qu'en laisse la mise à l'épreuve.
static bool is_sure(void *context)
{
    struct wakefulness *seen = context;
    double elapsed_ms = transcript_elapsed_ms() - seen->start_ms;
    bool quiet = program_stays_asleep(seen->program, &seen->quiet);
    unsigned long now = seen->quiet.wakeups;
    double count = now > seen->start ? (double)(now - seen->start) : 0;
    bool marked = program_has_mark(seen->program, "restless");
    seen->restless =
        marked || (count >= FEWEST_WAKEUPS && count * 1e3 >= ACCUSED_PER_S * elapsed_ms);
    if (seen->program->ended || marked || elapsed_ms >= LONGEST_MS ||
        (count >= FEWEST_WAKEUPS && elapsed_ms >= SURE_MS))
        return true;
    seen->restless = seen->restless && !quiet;
    return quiet;
}

static const char endless_look[] =
    "Il regarde sans fin si quelque chose est arrivé. C'est au système d'éveiller celui qui "
    "attend : combien de temps cet appel a-t-il le droit de durer quand rien n'arrive, attend-il "
    "bien ce qui manque, et que fait la boucle quand il rend la main pour rien ?";

void program_expect_rest(struct program *program, const char *situation)
{
    unsigned long start = process_tree_wakeups(program->pid);
    struct wakefulness seen = {.program = program,
                               .start = start,
                               .quiet.wakeups = start,
                               .start_ms = transcript_elapsed_ms()};
    refuse_restlessness(program, endless_look, situation);
    // Il a dormi tout du long.
    if (process_tree_wakeups(program->pid) == start)
        return;
    while (!is_sure(&seen))
        pump_until(is_sure, &seen, LOOK_PERIOD_MS);
    if (!seen.restless || program->ended)
        return;
    complain_because(endless_look, RESTLESS, program->actor, situation);
}
