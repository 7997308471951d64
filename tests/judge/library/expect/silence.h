/**
 * @file silence.h
 * @brief Ce qu'un programme fait quand rien ne vient : il attend, en dormant, aussi longtemps qu'il le faut.
 *
 * Un long silence ne s'attend pas : sous la mise à l'épreuve `expire`, ce que le programme borne lui-même expire aussitôt.
 */
#ifndef HARNESS_SILENCE_H
#define HARNESS_SILENCE_H

#include "peer.h"
#include "program.h"

/** La mise à l'épreuve d'un long silence, pour program_inject(). */
#define LONG_SILENCE "expire=120"

/**
 * @brief Laisse passer un long silence : le programme ne doit ni finir, ni lâcher son correspondant, ni s'agiter.
 *
 * @param program le programme, lancé sous ::LONG_SILENCE
 * @param peer    celui qui se tait, ou `NULL` : personne n'est là
 */
void program_expect_patience(struct program *program, const struct peer *peer);

#endif
