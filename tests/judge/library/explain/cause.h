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
 * Dans l'ordre : un rapport d'assainisseur, une sortie sans fin, la forme des octets, la mort du programme,
 * une boucle folle, ce que le test en sait, l'état de sa sortie, celui de la connexion, l'appel où il dort.
 *
 * @return texte français, ou `NULL` si rien ne se dégage ; valable jusqu'à l'appel suivant
 */
const char *likely_cause(const struct symptoms *symptoms);

#endif
