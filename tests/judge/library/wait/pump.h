/**
 * @file pump.h
 * @brief Attendre qu'une chose arrive, ni plus ni moins.
 *
 * Toutes les attentes du juge passent ici. Pendant qu'on attend, ce que les programmes écrivent et
 * ce que les correspondants reçoivent est recueilli au fil de l'eau. L'attente finit dès que la
 * réponse est connue : la chose est arrivée, ou bien elle n'arrivera plus.
 *
 * « N'arrivera plus » se lit dans le programme, pas à la montre : tous ses threads dorment depuis
 * une seconde sans s'être réveillés une seule fois (il attend lui-même quelque chose), ou bien ils se
 * réveillent et se rendorment, tant de fois, aux mêmes endroits, sans que rien n'entre ni ne sorte, ou bien
 * il calcule depuis longtemps sans rien produire. Une machine surchargée retarde un programme, elle ne
 * l'endort pas : aucun programme juste n'est accusé parce qu'elle est lente.
 */
#ifndef HARNESS_PUMP_H
#define HARNESS_PUMP_H

#include "process_tree.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Comment une attente a fini. */
enum wait_end {
    WAIT_DONE,     /**< La chose attendue est arrivée. */
    WAIT_ASLEEP,   /**< Les programmes dorment : ils attendent autre chose. */
    WAIT_RESTLESS, /**< Les programmes se réveillent et se rendorment au même endroit, pour rien. */
    WAIT_SPINNING, /**< Un programme calcule sans rien produire. */
    WAIT_FLOODED,  /**< Un programme écrit sans fin. */
    WAIT_ENDED,    /**< Plus aucun programme ne vit. */
    WAIT_LATE,     /**< Délai de sécurité dépassé. */
};

/** Un descripteur à surveiller et ce qu'il faut faire quand il s'y passe quelque chose. */
struct source {
    int fd;       /**< Descripteur, -1 s'il n'y en a plus. */
    short events; /**< Événements voulus, comme pour poll(). */
    void (*ready)(struct source *source, short revents); /**< Appelée à chaque événement. */
    void *owner;                                         /**< À qui appartient cette source. */
    pid_t pid;           /**< Le programme dont elle dit la vie, et que la pompe observe ; ou 0. */
    struct source *next; /**< Suivante dans la liste de la pompe. */
    unsigned rank;       /**< Son numéro d'arrivée dans la pompe. */
    short watched;       /**< Les événements que le noyau surveille déjà ; 0 : aucun. */
};

/** @brief Surveille une source à partir de maintenant. */
void pump_add(struct source *source);

/** @brief Oublie une source. */
void pump_remove(struct source *source);

/** Condition attendue ; peut être appelée très souvent. */
typedef bool pump_condition(void *context);

/**
 * @brief Attend qu'une condition soit vraie.
 *
 * @param condition ce qu'on attend
 * @param context   passé à @p condition
 * @param tick_ms   intervalle, en millisecondes, entre deux regards quand rien ne bouge : petit
 *                  pour ce que poll() ne signale pas (un port qui s'ouvre)
 */
enum wait_end pump_until(pump_condition *condition, void *context, int tick_ms);

/**
 * @brief Attend que des programmes dorment, sans rien exiger d'eux : qui tourne à vide est vite laissé à lui-même.
 * @return `true` s'ils dorment.
 * @see pump_until()
 */
bool pump_until_asleep(pump_condition *condition, void *context, int tick_ms);

/** @brief Recueille ce qui est déjà là, sans attendre. */
void pump_now(void);

/** @brief Additionne l'activité de tous les programmes vivants du test. */
void pump_observe(struct activity *activity);

/** @brief Un programme a dépassé ce qu'un programme raisonnable écrit : plus aucune attente n'a de sens. */
void pump_note_flood(void);

/** @brief Dit si pump_note_flood() a été appelée. */
bool pump_is_flooded(void);

/** @brief Ce qu'un programme vient d'écrire, il venait déjà de l'écrire : ce n'est pas avancer. */
void pump_note_repetition(void);

/** @brief Le test a vu de lui-même un programme calculer pour rien. */
void pump_see_idling(void);

/** @brief Dit si une attente de ce test a fini devant un programme qui calcule, ou se réveille, pour rien. */
bool pump_saw_idling(void);

/** @brief Où en était le compte rendu quand la dernière longue attente a été vaine ; 0 si aucune ne l'a été. */
size_t pump_vain_from(void);

/**
 * @brief Ce test est joué de nouveau, pour l'expliquer : ses attentes concluent plus vite.
 * @param idling ce qu'avait rendu pump_saw_idling() à la fin de la première exécution
 * @param vain   et pump_vain_from()
 */
void pump_play_again(bool idling, size_t vain);

/**
 * @brief Règle combien de temps un programme endormi est attendu, en secondes (1 au départ).
 *
 * À allonger quand le contrat permet au programme d'attendre lui-même : une retransmission.
 */
void pump_set_patience(double seconds);

/**
 * @brief Tient pour endormi un programme dont un thread se réveille de temps en temps pour rien.
 *
 * ThreadSanitizer en ajoute un, qui regarde l'heure dix fois par seconde. Les programmes du test
 * sont alors endormis quand chaque regard, pendant tout le délai, les a vus dormir.
 */
void pump_ignore_brief_wakeups(void);

/** @brief Facteur de lenteur : 1, ou davantage sous valgrind ou un assainisseur. */
double pump_slowness(void);

#endif
