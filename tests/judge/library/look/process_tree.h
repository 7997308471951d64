/**
 * @file process_tree.h
 * @brief Observer et terminer les processus d'un test, descendants compris.
 */
#ifndef HARNESS_PROCESS_TREE_H
#define HARNESS_PROCESS_TREE_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * @brief Fait de ce processus le père adoptif de ses descendants orphelins.
 *
 * Un programme qui se détache (`setsid`, double `fork`) reste ainsi à portée.
 * @see PR_SET_CHILD_SUBREAPER(2const)
 */
void process_tree_adopt_orphans(void);

/**
 * @brief Ce processus meurt avec celui qui l'a lancé ; s'il est déjà orphelin, aussitôt. Sûre entre fork et exec.
 * @param parent le numéro de celui qui l'a lancé
 */
void process_tree_die_with(pid_t parent);

/**
 * @brief Tue tous les descendants de ce processus, et les attend.
 *
 * Recommence tant qu'il en reste : un programme qui se multiplie plus vite qu'on ne le tue est
 * d'abord figé.
 */
void process_tree_kill_descendants(void);

/** @brief Attend qu'un processus soit arrêté, tous ses threads compris, ou terminé. */
void process_tree_wait_until_stopped(pid_t pid);

/** Ce qu'un arbre de processus a fait jusqu'ici. */
struct activity {
    unsigned long long work; /**< Change dès qu'un thread s'est exécuté. */
    double cpu_s;            /**< Temps de calcul, en secondes. */
    double awake_s;          /**< Temps passé à calculer, ou à attendre un processeur. */
    bool asleep;             /**< Chaque thread attend un événement. */
    int processes;           /**< Nombre de processus vivants. */
};

/**
 * @brief Regarde un processus et ses descendants.
 * @param pid racine de l'arbre
 * @param activity reçoit la somme
 */
void process_tree_observe(pid_t pid, struct activity *activity);

/**
 * @brief Compte les réveils d'un processus et de ses descendants, depuis leur début.
 *
 * Un réveil : un thread s'était endormi de lui-même (voluntary_ctxt_switches, proc_pid_status(5)).
 */
unsigned long process_tree_wakeups(pid_t pid);

#endif
