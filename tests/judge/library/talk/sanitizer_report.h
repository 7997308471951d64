/**
 * @file sanitizer_report.h
 * @brief Lire le rapport d'un assainisseur (ThreadSanitizer, AddressSanitizer, LeakSanitizer, UBSan)
 * et le redire en français, avec le fichier, la ligne et la variable de l'étudiant.
 */
#ifndef HARNESS_SANITIZER_REPORT_H
#define HARNESS_SANITIZER_REPORT_H

#include "program.h"

/** Ce qu'un assainisseur a trouvé. */
struct finding {
    char summary[512]; /**< Ce qui ne va pas, en une phrase. */
    char cause[1024];  /**< Où, et ce qu'il faut se demander. */
};

/**
 * @brief Lit le premier rapport d'assainisseur que le programme a écrit sur stderr.
 * @return `false` s'il n'y en a pas
 */
bool sanitizer_read(const struct program *program, struct finding *finding);

/** @brief Rappelle au compte rendu le début de ce rapport, s'il a pu en être coupé. */
void sanitizer_recall(const struct program *program);

#endif
