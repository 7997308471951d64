/**
 * @file spawn.h
 * @brief La seule porte par laquelle un programme étranger est exécuté.
 *
 * Un bac à sable se place ici : voir ::WRAPPER_VARIABLE.
 */
#ifndef HARNESS_SPAWN_H
#define HARNESS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/** Un processus tout juste lancé. */
struct spawned {
    pid_t pid; /**< Son numéro. */
    int pidfd; /**< Son pidfd, lisible quand il est terminé. */
    int in;    /**< Où écrire son entrée standard. */
    int out;   /**< Où lire sa sortie standard. */
    int err;   /**< Où lire sa sortie d'erreur. */
};

/**
 * @brief Lance `DOSSIER/which` avec ses arguments.
 *
 * @param which     nom du programme, cherché dans le dossier JUDGE_PROGRAMS
 * @param arguments ses arguments, terminés par `NULL`
 * @param spawned   reçoit le processus et ses tubes, non bloquants
 * @return `false` si le système refuse, cause dans `errno`
 */
bool spawn(const char *which, const char *const *arguments, struct spawned *spawned);

/** @brief Efface les dossiers de travail des programmes de ce test. */
void spawn_clean(void);

#endif
