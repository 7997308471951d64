/**
 * @file sandbox.h
 * @brief Juger à travers un bac à sable : le trouver, et retrouver le programme dedans.
 *
 * Le bac à sable est un script, `sandbox/run.sh`, nommé par JUDGE_WRAPPER. Entre le juge et le programme, il
 * met deux processus : bwrap, et le premier processus de l'espace fermé (tests/grading/sandbox/start.c), qui
 * rend compte par un tube. Les verdicts doivent être les mêmes qu'au dehors.
 */
#ifndef HARNESS_SANDBOX_H
#define HARNESS_SANDBOX_H

#include <sys/types.h>

/**
 * Variable d'environnement : mots placés devant chaque programme lancé, séparés par des espaces.
 * C'est ici, et ici seulement, qu'un bac à sable ou valgrind prend place.
 */
#define WRAPPER_VARIABLE "JUDGE_WRAPPER"

/** Variable d'environnement : chemin absolu de `sandbox/run.sh`. Posée par sandbox_find(). */
#define SANDBOX_VARIABLE "JUDGE_SANDBOX"

/** Variable d'environnement : le dossier qui tient lieu de `/etc`. Posée par sandbox_copy_etc(). */
#define ETC_VARIABLE "JUDGE_ETC"

/** Variable d'environnement : sans bac à sable, combien de processus et de threads un programme ne peut pas dépasser. */
#define TASKS_VARIABLE "JUDGE_TASKS"

/** Le descripteur où le premier processus du bac à sable rend compte. */
#define SANDBOX_REPORT 3

/** Le premier des trois descripteurs où le bac à sable reçoit les entrée et sorties du programme. */
#define SANDBOX_STREAMS 4

/**
 * @brief Cherche `sandbox/run.sh` parmi les mots de JUDGE_WRAPPER.
 *
 * S'il y est, SANDBOX_VARIABLE prend son chemin absolu, et JUDGE_WRAPPER disparaît : ce n'est pas un
 * vérificateur comme valgrind, dont on attend le rapport.
 */
void sandbox_find(void);

/** @brief Chemin du bac à sable, ou `NULL` si les programmes sont lancés sans lui. */
const char *sandbox_path(void);

/**
 * @brief Retrouve le programme lancé dans un bac à sable.
 * @param outer le processus lancé par le juge (bwrap)
 * @param init  reçoit le premier processus de l'espace fermé
 * @return son numéro, vu du juge ; @p outer s'il est déjà terminé
 */
pid_t sandbox_find_program(pid_t outer, pid_t *init);

#endif
