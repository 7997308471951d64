/**
 * @file student_line.h
 * @brief Où en est le programme de l'étudiant, au moment d'un échec : la ligne de son source.
 *
 * D'un programme qui vit encore, les registres et la pile le disent ; d'un programme mort, une seconde exécution du
 * même test, tracée (second_run.h). Rien n'est cherché tant qu'un test n'a pas échoué, et rien n'est deviné.
 */
#ifndef HARNESS_STUDENT_LINE_H
#define HARNESS_STUDENT_LINE_H

#include "source_line.h"

/** @brief Cherche cette ligne ; `false` si aucune n'est sûre. */
bool student_line(struct source_line *line);

#endif
