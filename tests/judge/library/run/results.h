/**
 * @file results.h
 * @brief Le fichier de résultats : les données du juge, dont sont faits tous les rapports.
 */
#ifndef HARNESS_RESULTS_H
#define HARNESS_RESULTS_H

#include "plan.h"

#include <stdio.h>

/** Ce qui entoure les tests dans un fichier de résultats. */
struct run {
    const char *work;     /**< Le travail jugé, tel qu'il a été nommé. */
    const char *sources;  /**< L'empreinte de chaque source jugée, telle que la donne sha256sum. */
    bool isolated;        /**< Chaque test a eu son réseau. */
    double duration_ms;   /**< Durée totale. */
    const char *programs; /**< Dossier des programmes. */
    bool conceal;         /**< Taire le contenu des tests réservés. */
};

/** @brief Écrit le fichier de résultats en JSON. */
void results_write(FILE *out, const struct plan *plan, const struct run *run);

/** @brief Dit si le juge a été en défaut quelque part. */
bool results_have_problems(const struct plan *plan);

#endif
