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

#endif
