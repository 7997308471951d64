/**
 * @file repetition.h
 * @brief Une ligne qui dit un changement ne se redit pas quand rien n'a changé.
 */
#ifndef HARNESS_REPETITION_H
#define HARNESS_REPETITION_H

#include "program.h"

/**
 * @brief Refuse que le programme ait écrit deux fois de suite, sur stdout, cette même ligne.
 * @param program le programme, qui n'a plus rien à dire
 * @param line    la ligne, sans son `\n`
 */
void refuse_repetition(const struct program *program, const char *line);

#endif
