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

/**
 * @brief Dit si les octets ne diffèrent que par un port dont on sait d'où il vient : tout est dit,
 * même quand le port montré a moins de chiffres que l'autre.
 */
bool cause_is_a_port(const struct symptoms *symptoms);

#endif
