/**
 * @file early_line.h
 * @brief Une ligne ne part qu'une fois montrée la réponse à la précédente.
 */
#ifndef HARNESS_EARLY_LINE_H
#define HARNESS_EARLY_LINE_H

#include "peer.h"
#include "program.h"

/** @brief Deux lignes sont tapées, la première n'a pas sa réponse : la seconde ne doit pas être partie. */
void refuse_early_line(struct program *client, struct peer *server);

#endif
