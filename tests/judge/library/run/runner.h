/**
 * @file runner.h
 * @brief Exécuter une vague de tests avec Criterion, et ramasser les verdicts.
 */
#ifndef HARNESS_RUNNER_H
#define HARNESS_RUNNER_H

#include "plan.h"

/**
 * @brief Exécute les tests marqués, en parallèle, chacun dans son processus.
 *
 * Criterion tourne dans un processus fils : quoi qu'il lui arrive, celui-ci reste pour le dire, et
 * pour tuer ce qui aurait survécu. Un test sans verdict est mis au compte du juge, jamais de
 * l'étudiant.
 *
 * @param plan    le plan, où les verdicts sont notés
 * @param wave    les tests à exécuter
 * @param scratch dossier des verdicts
 */
void run_wave(struct plan *plan, const bool *wave, const char *scratch);

#endif
