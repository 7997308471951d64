/**
 * @file collect.h
 * @brief Ramasser les verdicts que les tests ont écrits.
 */
#ifndef HARNESS_COLLECT_H
#define HARNESS_COLLECT_H

#include "plan.h"

/**
 * @brief Note le verdict d'un test, s'il l'a écrit.
 * @param entry   le test
 * @param scratch dossier des verdicts
 * @return `false` s'il n'y en a pas encore
 */
bool collect_verdict(struct entry *entry, const char *scratch);

/**
 * @brief Note qu'un test n'a pas rendu de verdict : c'est au compte du juge, jamais de l'étudiant.
 * @param entry   le test
 * @param status  comment Criterion a fini, selon waitpid()
 * @param scratch dossier des verdicts, et du journal de Criterion
 */
void note_no_verdict(struct entry *entry, int status, const char *scratch);

#endif
