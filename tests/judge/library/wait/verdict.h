/**
 * @file verdict.h
 * @brief Conclure un test : réussi, raté avec une explication, sans objet, ou juge en défaut.
 *
 * Un test n'est réussi que si son processus l'a écrit, en entier, dans son fichier : un processus
 * mort en route n'a pas de verdict, et le juge le dit. Chaque conclusion termine d'abord tous les
 * programmes du test.
 */
#ifndef HARNESS_VERDICT_H
#define HARNESS_VERDICT_H

#include "source_line.h"

/** Un échec, tel que l'étudiant le lira. Chaque texte est déjà visible (voir visible.h). */
struct failure {
    const char *summary;  /**< Ce qui n'est pas comme le contrat le dit. */
    const char *expected; /**< Ce qui était attendu, ou `NULL`. */
    const char *received; /**< Ce qui est venu, ou `NULL`. */
    int caret;            /**< Colonne de la première différence dans @ref received, ou -1. */
    const char *cause;    /**< Cause probable, lue dans les symptômes, ou `NULL`. */
    const char *
        gravity; /**< `memory`, `death` ou `race` : ce qui explique les autres échecs ; ou `NULL`. */
    const struct source_line
        *line; /**< La ligne de l'étudiant, si elle est déjà connue, ou `NULL`. */
};

/** Ce qui cherche la ligne de l'étudiant où se passe un échec ; rend `false` si aucune n'est sûre. */
typedef bool line_finder(struct source_line *line);

/** @brief Dit à verdict_fail() qui cherche cette ligne. */
void verdict_find_lines_with(line_finder *finder);

/** Ce qui peut lever un échec : la machine elle-même en est peut-être la cause ; conclut alors par verdict_skip(). */
typedef void failure_doubt(void);

/**
 * @brief Dit à verdict_fail() qui lève le doute, une fois les programmes du test finis.
 *
 * Ce qu'un test demande à la machine s'essaie ainsi quand il a échoué, et ne coûte rien quand il réussit.
 */
void verdict_doubt_with(failure_doubt *doubt);

/** Ce qui suit « failed », dans le statut que lit le juge, quand cet échec ne regarde que ce test. */
#define FAILED_ALONE_SUFFIX " alone"

/** Variable d'environnement : ce test est joué une seconde fois, pour l'expliquer ; il ne conclut rien. */
#define AGAIN_VARIABLE "JUDGE_AGAIN"

/**
 * @brief L'échec qui suit, s'il y en a un, ne regarde que ce test : un seul défaut ne coûte pas ceux qui le demandent.
 *
 * Ceux qui savent s'en passer le disent (lesson.h, `tolerant`) ; les autres ne sont pas essayés, comme d'ordinaire.
 */
void verdict_spare_others(void);

/** @brief Le test est réussi ; dernier geste, fait par lesson_run(). */
void verdict_pass(void);

/** @brief Le test est raté : l'explication est écrite, le test s'arrête. */
_Noreturn void verdict_fail(const struct failure *failure);

/** @brief Le test n'a pas d'objet sur cette machine (par exemple : pas d'IPv6). */
_Noreturn void verdict_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** @brief Le juge lui-même n'a pas pu faire son travail ; l'étudiant n'y est pour rien. */
_Noreturn void verdict_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
