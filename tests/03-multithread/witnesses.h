/**
 * @file witnesses.h
 * @brief Les clients d'un test des courses : seul ce que ThreadSanitizer en a vu y est jugé.
 *
 * Ce que le serveur dit à chacun se juge ailleurs : un client qu'il quitte à tort, par le hasard des threads, ne compte
 * plus. Un serveur qui ne leur fait rien dire du tout, lui, n'est pas éprouvé : cela reste un échec.
 */
#ifndef MULTITHREAD_WITNESSES_H
#define MULTITHREAD_WITNESSES_H

#include "judge.h"

/** @brief Comme gather(). */
void gather_witnesses(struct peer **clients, int first, int count);

/** @brief Comme exchange(), quelle que soit la réponse. */
void witness_exchange(struct peer *client, const char *text);

/** @brief Comme leave(), quoi que le serveur envoie encore. */
void witness_leave(struct peer *client, int manner);

/** @brief Le rapport de ThreadSanitizer est vide, et le serveur est toujours là. */
void expect_no_race_so_far(struct program *server);

#endif
