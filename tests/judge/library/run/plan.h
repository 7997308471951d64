/**
 * @file plan.h
 * @brief Quels tests exécuter, dans quel ordre, et ce qu'il est advenu de chacun.
 */
#ifndef HARNESS_PLAN_H
#define HARNESS_PLAN_H

#include "lesson.h"

#include <stdbool.h>
#include <sys/types.h>

/** Où en est un test. */
enum outcome {
    OUTCOME_PENDING, /**< Pas encore exécuté. */
    OUTCOME_RUNNING, /**< En cours. */
    OUTCOME_PASSED,  /**< Réussi. */
    OUTCOME_FAILED,  /**< Raté. */
    OUTCOME_NOT_RUN, /**< Pas exécuté : ce qu'il demande manque. */
    OUTCOME_SKIPPED, /**< Sans objet sur cette machine. */
    OUTCOME_BROKEN,  /**< Le juge n'a pas pu le faire. */
};

/** Un test dans le plan. */
struct entry {
    const struct lesson *lesson; /**< Le test. */
    bool reported;               /**< Demandé, et non seulement nécessaire à un autre. */
    bool auxiliary;       /**< Montré sans avoir été demandé : ses points ne comptent pas. */
    bool selected;        /**< À exécuter. */
    enum outcome outcome; /**< Ce qu'il en est advenu. */
    pid_t runner;         /**< En cours : le processus à qui il a été confié. */
    bool awaited;         /**< Un test qui n'est pas parti attend son verdict. */
    bool alone;           /**< Raté, et cela ne regarde que lui : voir verdict_spare_others(). */
    char reason[512];     /**< Pourquoi, s'il n'a pas été exécuté. */
    char *members;        /**< Membres JSON écrits par le test, ou `NULL`. */
};

/** Tous les tests du lab. */
struct plan {
    struct entry *entries; /**< Dans l'ordre d'affichage. */
    size_t count;          /**< Leur nombre. */
};

/** @brief Dresse le plan de tous les tests du registre. */
void plan_make(struct plan *plan);

/**
 * @brief Choisit ce qui est demandé, et ce dont cela dépend.
 * @param plan    le plan
 * @param step    étape voulue, ou -1 pour toutes
 * @param pattern motif de nom (comme un motif de fichiers), ou `NULL` pour tous
 * @return le nombre de tests demandés
 */
size_t plan_select(struct plan *plan, int step, const char *pattern);

/**
 * @brief Marque la vague suivante : les tests dont tout ce qu'ils demandent a réussi.
 *
 * Ceux dont une demande a manqué sont écartés, avec la raison.
 * @param plan le plan
 * @param wave reçoit, pour chaque entrée, si elle est de cette vague
 * @return le nombre de tests de la vague ; 0 quand tout est dit, ou que le reste attend un test en cours
 */
size_t plan_next_wave(struct plan *plan, bool *wave);

/** @brief Note, de chaque test, si un autre, qui n'est pas parti, attend son verdict. */
void plan_note_awaited(struct plan *plan);

#endif
