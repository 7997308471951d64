/**
 * @file sandbox.h
 * @brief Juger à travers un bac à sable : le trouver, retrouver le programme dedans, veiller aux limites.
 *
 * Le bac à sable est un script, `sandbox/run.sh`, nommé par JUDGE_WRAPPER. Entre le juge et le programme, il
 * met deux processus : bwrap, et le premier processus de l'espace fermé (tests/grading/sandbox/start.c), qui
 * rend compte par un tube. Les verdicts doivent être les mêmes qu'au dehors.
 */
#ifndef HARNESS_SANDBOX_H
#define HARNESS_SANDBOX_H

#include "sandbox_report.h"

#include <stdbool.h>
#include <stddef.h>
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
 * @brief Copie dans @p scratch ce que les programmes jugés verront de `/etc`.
 *
 * Un seul montage au lieu de huit à chaque programme : bwrap relit à chacun la table de tous les autres, et c'est ce
 * qui lui coûte le plus. Si la copie n'a pas pu être faite, run.sh montre les fichiers un à un.
 */
void sandbox_copy_etc(const char *scratch);

/**
 * @brief Retrouve le programme lancé dans un bac à sable.
 * @param outer le processus lancé par le juge (bwrap)
 * @param init  reçoit le premier processus de l'espace fermé
 * @return son numéro, vu du juge ; @p outer s'il est déjà terminé
 */
pid_t sandbox_find_program(pid_t outer, pid_t *init);

/**
 * @brief Veille aux limites de tout ce qui tourne dans un bac à sable, jusqu'à la fin du test.
 *
 * Mémoire, processus, disque et nombre de fichiers : les limites du système valent pour un processus, celles-ci
 * pour tous ensemble. Qui en atteint une est tué, et sandbox_limit_reached() dit laquelle.
 *
 * @param init      premier processus de l'espace fermé
 * @param actor     le programme, dans les messages ; doit durer autant que le test
 * @param sanitized il est compilé avec un assainisseur, qui prend plus de mémoire
 */
void sandbox_guard(pid_t init, const char *actor, bool sanitized);

/**
 * @brief Met fin à la surveillance : il ne reste aucun programme.
 *
 * Un thread qui finirait avec le processus du test, et que le noyau ferait attendre à cet instant, ferait tourner à
 * vide celui qui recueille le processus : sur une machine chargée, un dixième du temps de calcul du juge.
 */
void sandbox_unguard(void);

/** @brief Compare une fois, tout de suite, ce qui tourne aux limites : pour dire la vraie raison d'un échec. */
void sandbox_look(void);

/** @brief Tient compte de ce que le bac à sable dit du dossier de travail à la fin d'un programme. */
void sandbox_note_end(const char *actor, const struct sandbox_report *message);

/** @brief La limite qui a été atteinte, une phrase en français, ou `NULL`. */
const char *sandbox_limit_reached(void);

#endif
