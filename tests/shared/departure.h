/**
 * @file departure.h
 * @brief Ce que dit un client dont le serveur est parti.
 */
#ifndef HARNESS_DEPARTURE_H
#define HARNESS_DEPARTURE_H

#include "program.h"

/** @brief Le client a dit, en une ligne, que le serveur est parti ; s'il en donne une raison, elle est vraie. */
void expect_departure_told(struct program *client);

#endif
