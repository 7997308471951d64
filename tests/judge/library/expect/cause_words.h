/**
 * @file cause_words.h
 * @brief La cause probable d'un échec, lue dans ce que le programme a dit lui-même sur stderr.
 */
#ifndef HARNESS_CAUSE_WORDS_H
#define HARNESS_CAUSE_WORDS_H

#include "program.h"

/**
 * @brief Reconnaît une erreur du système dont la raison, seule, n'apprend pas d'où elle vient.
 *
 * @return la question à se poser, ou `NULL` si rien n'est reconnu
 */
const char *cause_from_words(const struct program *program);

#endif
