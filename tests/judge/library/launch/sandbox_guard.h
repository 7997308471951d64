/**
 * @file sandbox_guard.h
 * @brief Veiller aux limites de ce qui tourne dans un bac à sable.
 */
#ifndef HARNESS_SANDBOX_GUARD_H
#define HARNESS_SANDBOX_GUARD_H

#include "sandbox_report.h"

#include <stdbool.h>
#include <sys/types.h>

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
