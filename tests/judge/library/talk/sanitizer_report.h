/**
 * @file sanitizer_report.h
 * @brief Lire le rapport d'un assainisseur (ThreadSanitizer, AddressSanitizer, LeakSanitizer, UBSan)
 * et le redire en français, avec le fichier, la ligne et la variable de l'étudiant.
 */
#ifndef HARNESS_SANITIZER_REPORT_H
#define HARNESS_SANITIZER_REPORT_H

#include "program.h"
#include "source_line.h"

/** Ce qu'un assainisseur a trouvé. */
struct finding {
    char summary[512];           /**< Ce qui ne va pas, en une phrase. */
    char cause[1024];            /**< Où, et ce qu'il faut se demander. */
    unsigned long leaked_blocks; /**< D'une fuite, le nombre des morceaux perdus au même endroit. */
    const char *gravity;         /**< Ce qu'il explique des autres échecs : voir struct failure. */
    struct source_line
        line; /**< La première ligne de l'étudiant que le rapport nomme, s'il en nomme une. */
};

/**
 * @brief Lit le premier rapport d'assainisseur que le programme a écrit sur stderr.
 * @return `false` s'il n'y en a pas
 */
bool sanitizer_read(const struct program *program, struct finding *finding);

/** @brief Fait du rapport, dans le compte rendu, un rappel de son début : une fois, la ligne utile d'abord. */
void sanitizer_recall(const struct program *program);

#endif
