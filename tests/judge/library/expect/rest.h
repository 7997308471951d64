/**
 * @file rest.h
 * @brief Un programme qui n'a rien à faire dort.
 */
#ifndef HARNESS_REST_H
#define HARNESS_REST_H

#include "program.h"

/** Depuis combien de regards un programme dort sans s'être réveillé. */
struct quiet {
    unsigned long wakeups; /**< Ses réveils, au dernier regard. */
    int looks;             /**< Regards de suite qui n'en ont pas vu de nouveau. */
};

/**
 * @brief Regarde une fois si le programme dort encore.
 *
 * @param program       le programme
 * @param[in,out] quiet ce qu'ont vu les regards d'avant
 * @return `true` quand il dort depuis assez de regards, sans un réveil : plus rien n'expire
 */
bool program_stays_asleep(const struct program *program, struct quiet *quiet);

/**
 * @brief Vérifie que le programme dort, et ne se réveille pas sans cesse.
 *
 * Jusqu'à cinquante réveils par seconde sont permis ; à partir de deux cents, il est accusé. Ce sont ceux que compte le
 * noyau : une machine surchargée les espace, et n'accuse personne.
 *
 * @param program   le programme
 * @param situation ce qu'il attend, pour le message : « que personne ne sollicite »
 */
void program_expect_rest(struct program *program, const char *situation);

/**
 * @brief Vérifie que le programme attend en dormant, et non en tournant sur lui-même.
 *
 * S'endormir de temps en temps ne suffit pas : il faut le voir dormir, muet, à chacun de plusieurs
 * regards de suite. Celui qui tourne est reconnu au temps de calcul qu'il a pris, jamais à la montre.
 *
 * @param program   le programme
 * @param situation ce qu'il est en train d'attendre, pour le message
 */
void program_expect_calm(struct program *program, const char *situation);

/**
 * @brief Attend que le programme ait fini ce qu'il pouvait faire, et dorme.
 *
 * Sert à savoir qu'il est bloqué là où le test veut l'amener, avant d'aller plus loin.
 */
void program_wait_until_calm(struct program *program);

#endif
