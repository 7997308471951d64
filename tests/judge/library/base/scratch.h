/**
 * @file scratch.h
 * @brief Le dossier jetable du juge : les verdicts, les dossiers de travail, la table des noms.
 */
#ifndef HARNESS_SCRATCH_H
#define HARNESS_SCRATCH_H

#include <stdbool.h>

/** Variable d'environnement : ce dossier, où chaque test écrit son verdict. */
#define SCRATCH_VARIABLE "JUDGE_SCRATCH"

/**
 * @brief Crée ce dossier, y écrit la table des noms des tests, et le dit à ceux qui suivront.
 *
 * Il est dans `TMPDIR`, s'il est donné, sinon dans /tmp.
 * @return `false` si le système refuse, cause dans `errno`
 */
bool scratch_make(void);

/** @brief Son chemin, ou celui qui a été essayé. */
const char *scratch_path(void);

/**
 * @brief Un chemin qui mène au même fichier, sans espace ni deux-points : `LD_PRELOAD` en ferait deux noms.
 * @return ce chemin lui-même s'il n'en a pas, ou si rien de mieux n'est possible
 */
const char *scratch_alias(const char *path);

/** @brief Efface ce dossier, et ce qu'il a fallu pour scratch_alias(). */
void scratch_remove(void);

#endif
