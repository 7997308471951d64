/**
 * @file held_task.h
 * @brief Arrêter un thread le temps de lire ses registres.
 */
#ifndef HARNESS_HELD_TASK_H
#define HARNESS_HELD_TASK_H

#include "frame.h"

/** @brief Lit les registres d'un thread que l'on trace déjà, et qui est arrêté. */
bool task_registers(pid_t task, struct frame *frame);

/**
 * @brief Arrête un thread, et le laisse arrêté jusqu'à held_task_release().
 *
 * L'appel où il dort en est interrompu, et reprend ensuite : à ne faire qu'une fois l'échec connu.
 * @return `false` si le système refuse, ou si le thread ne s'arrête pas aussitôt
 */
bool held_task_stop(pid_t task);

/** @brief Laisse repartir un thread arrêté par held_task_stop(). */
void held_task_release(pid_t task);

#endif
