/**
 * @file process_walk.h
 * @brief Lire /proc, et y passer de processus en descendants, et de processus en threads.
 */
#ifndef HARNESS_PROCESS_WALK_H
#define HARNESS_PROCESS_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Ce que l'on fait d'un processus. */
typedef void process_visitor(pid_t pid, void *context);

/** @brief Visite un processus, puis ses descendants, chacun avant les siens. */
void process_tree_visit(pid_t pid, process_visitor *visitor, void *context);

/** Ce que l'on fait d'un thread, nommé comme dans /proc. */
typedef void task_visitor(pid_t pid, const char *task, void *context);

/** @brief Lit un petit fichier de /proc, et le finit d'un octet nul ; rend sa longueur, ou -1. */
ssize_t process_read(const char *path, char *text, size_t size);

/** @brief Dit si un processus a une fonction pour traiter ce signal (SigCgt, proc(5)). */
bool process_catches(pid_t pid, int signal);

/** @brief Visite chaque thread d'un processus. */
void process_visit_tasks(pid_t pid, task_visitor *visitor, void *context);

/** @brief Visite tous les descendants de ce processus-ci, chacun avant les siens. */
void process_visit_descendants(process_visitor *visitor, void *context);

#endif
