/**
 * @file injection.h
 * @brief Ce que le juge fait subir aux programmes, et comment il le raconte.
 */
#ifndef HARNESS_INJECTION_H
#define HARNESS_INJECTION_H

#include <stdbool.h>

/**
 * @brief Fait échouer ou raccourcir des appels système dans les programmes lancés ensuite.
 * @param specification voir inject_preload.c ; `NULL` pour ne plus rien faire
 */
void program_inject(const char *specification);

/** @brief Ce que subiront les programmes lancés ensuite, ou `NULL`. */
const char *program_injection(void);

/** @brief Dit si ce réglage (`eintr=`…) vaut pour les programmes lancés en dernier. */
bool program_is_injected(const char *setting);

#endif
