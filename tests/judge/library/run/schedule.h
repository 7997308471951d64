/**
 * @file schedule.h
 * @brief Mener un plan à son terme, vague après vague.
 */
#ifndef HARNESS_SCHEDULE_H
#define HARNESS_SCHEDULE_H

#include "plan.h"

/**
 * @brief Exécute tous les tests choisis, et note leurs verdicts dans le plan.
 *
 * Une vague part dès que ceux dont elle dépend ont conclu : les autres tests de la précédente, que personne n'attend,
 * finissent pendant ce temps. À la fin, tout descendant encore en vie est tué.
 *
 * @param plan    le plan
 * @param scratch dossier des verdicts
 */
void run_plan(struct plan *plan, const char *scratch);

#endif
