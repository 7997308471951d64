/**
 * @file sleeping_call.h
 * @brief Dire en français ce qu'attend un processus endormi.
 */
#ifndef HARNESS_SLEEPING_CALL_H
#define HARNESS_SLEEPING_CALL_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * @brief Décrit en français l'appel système où un processus dort.
 *
 * @param pid  le processus
 * @param text reçoit par exemple `accept (descripteur 3, un socket)`, puis les appels où dorment ses
 *             autres threads, s'il en a ; vide si inconnu
 * @param size taille de @p text, en octets
 */
void process_tree_sleeping_call(pid_t pid, char *text, unsigned size);

/** L'appel où dort un thread. */
struct task_call {
    const char *name; /**< Son nom en C : `recv`, `accept`, `futex`. */
    long descriptor;  /**< Le descripteur dont il attend quelque chose, ou -1. */
};

/**
 * @brief Dit dans quel appel dort un thread, nommé comme dans /proc.
 * @return `false` s'il ne dort pas, ou dans un appel que l'on ne sait pas nommer
 */
bool task_sleeping_call(pid_t pid, const char *task, struct task_call *call);

/**
 * @brief Dit en un nombre où dorment les threads d'un processus et de ses descendants.
 *
 * Le même appel, fait au même endroit du programme, par les mêmes threads, rend le même nombre ; 0 quand
 * l'un d'eux ne dort plus, ou que l'on ne peut pas le savoir.
 *
 * @param pid racine de l'arbre
 */
unsigned long long process_tree_sleeping_place(pid_t pid);

#endif
