/**
 * @file runner.h
 * @brief Confier une vague de tests à Criterion.
 */
#ifndef HARNESS_RUNNER_H
#define HARNESS_RUNNER_H

#include "plan.h"

#include <sys/types.h>

/**
 * @brief Lance les tests marqués, en parallèle, chacun dans son processus.
 *
 * Criterion tourne dans un processus fils : quoi qu'il lui arrive, celui-ci reste pour le dire.
 *
 * @param plan    le plan
 * @param wave    les tests à exécuter
 * @param jobs    au plus tant de tests à la fois
 * @param scratch dossier des verdicts
 * @return le processus où tourne Criterion, ou -1 (fork(), `errno`)
 */
pid_t start_wave(const struct plan *plan, const bool *wave, size_t jobs, const char *scratch);

#endif
