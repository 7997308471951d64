/**
 * @file spawn.h
 * @brief La seule porte par laquelle un programme étranger est exécuté.
 *
 * Un bac à sable se place ici : voir ::WRAPPER_VARIABLE et sandbox.h. Que le programme soit dedans ou
 * dehors, ce qui suit ne change pas.
 */
#ifndef HARNESS_SPAWN_H
#define HARNESS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/** Variable d'environnement : dossier des programmes à juger. */
#define PROGRAMS_VARIABLE "JUDGE_PROGRAMS"

/** Un programme tout juste lancé. */
struct spawned {
    const char *actor; /**< Son nom dans les messages, comme dans spawn(). */
    pid_t pid;         /**< Son numéro, même au fond d'un bac à sable. */
    pid_t child;       /**< L'enfant du juge : lui-même, ou le bac à sable où il est. */
    int pidfd;         /**< Son pidfd. */
    int life; /**< Lisible quand il est terminé : son pidfd, ou, s'il l'était déjà, le compte rendu. */
    int report; /**< Le compte rendu du bac à sable, ou -1. */
    int in;     /**< Où écrire son entrée standard. */
    int out;    /**< Où lire sa sortie standard. */
    int err;    /**< Où lire sa sortie d'erreur. */
};

/**
 * @brief Lance `DOSSIER/which` avec ses arguments.
 *
 * @param which     nom du programme, cherché dans le dossier JUDGE_PROGRAMS
 * @param actor     son nom dans les messages du bac à sable ; doit durer autant que le test
 * @param arguments ses arguments, terminés par `NULL`
 * @param spawned   reçoit le processus et ses tubes, non bloquants
 * @return `false` si le système refuse, cause dans `errno`
 */
bool spawn(const char *which, const char *actor, const char *const *arguments,
           struct spawned *spawned);

/** @brief Dit si les programmes sont lancés sous valgrind, par ::WRAPPER_VARIABLE. */
bool spawn_uses_valgrind(void);

/**
 * @brief Les programmes assainis sont-ils lancés à des adresses fixes ?
 *
 * Docker l'interdit. Ceux de gcc 12 ne démarrent alors, selon le noyau, qu'une fois sur deux ou trois.
 */
bool spawn_can_fix_addresses(void);

/**
 * @brief Lit une ligne que l'autre bout peut écrire par morceaux : jusqu'à sa fin, celle du tube, ou la place qu'il y a.
 *
 * @param fd          tube où lire
 * @param said        reçoit la ligne, sans son `\n`
 * @param length      octets qui y sont déjà, lus avant
 * @param size        place de @p said, en octets
 * @param patience_ms attente de chaque morceau, en millisecondes ; -1 : jusqu'à la fin du tube
 */
void spawn_hear_line(int fd, char *said, size_t length, size_t size, int patience_ms);

/** @brief Pourquoi le dernier spawn() a échoué : ce que le bac à sable en a dit, ou `errno`. */
const char *spawn_failure(void);

/**
 * @brief Prend acte de la fin d'un programme, sans attendre.
 * @param status reçoit le statut, comme rendu par waitpid()
 * @return `false` s'il n'est pas terminé
 */
bool spawn_ended(const struct spawned *spawned, int *status);

/** @brief Envoie un signal au programme ; SIGSTOP ne revient qu'une fois le programme arrêté. */
void spawn_signal(const struct spawned *spawned, int signal);

/** @brief Ferme le pidfd et le compte rendu. Les tubes sont à qui les lit. */
void spawn_forget(struct spawned *spawned);

/** @brief Tue tous les programmes de ce test et leurs descendants, efface leurs dossiers : plus rien n'en reste. */
void spawn_end_all(void);

#endif
