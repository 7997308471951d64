/**
 * @file cause_bytes.h
 * @brief La cause probable d'un échec, lue dans la forme des octets attendus et reçus.
 */
#ifndef HARNESS_CAUSE_BYTES_H
#define HARNESS_CAUSE_BYTES_H

#include "complain.h"

/**
 * @brief Compare ce qui est venu à ce qui était attendu : fin de ligne absente, octet nul en trop,
 * message coupé ou répété, port aux octets échangés…
 *
 * @return texte français, ou `NULL` si rien ne se dégage
 */
const char *cause_from_bytes(const struct symptoms *symptoms);

/** @brief Le port montré à la place de celui qui était attendu, ou 0 si la différence est ailleurs. */
unsigned cause_port_shown_instead(const struct symptoms *symptoms);

/**
 * @brief Dit si ce que cause_from_bytes() a rendu explique tout : la question propre au test n'y
 * ajouterait rien, ou parlerait d'autre chose.
 */
bool cause_says_all(const struct symptoms *symptoms);

#endif
