/**
 * @file sleeping_call.h
 * @brief Dire en français ce qu'attend un processus endormi.
 */
#ifndef HARNESS_SLEEPING_CALL_H
#define HARNESS_SLEEPING_CALL_H

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
