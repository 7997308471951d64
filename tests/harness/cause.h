/**
 * @file cause.h
 * @brief La cause probable d'un échec, lue dans ce qui se voit du programme.
 */
#ifndef HARNESS_CAUSE_H
#define HARNESS_CAUSE_H

#include "complain.h"

/**
 * @brief Cherche la cause probable.
 *
 * Dans l'ordre : la mort du programme, un rapport d'assainisseur, la forme des octets, l'état de
 * la connexion, l'appel système où le programme dort.
 *
 * @return texte français, ou `NULL` si rien ne se dégage ; valable jusqu'à l'appel suivant
 */
const char *likely_cause(const struct symptoms *symptoms);

/** @brief Nom français d'une fin de programme : « code 1 », « signal SIGSEGV (…) ». */
void describe_end(const struct program *program, char *text, size_t size);

#endif
