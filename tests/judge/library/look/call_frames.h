/**
 * @file call_frames.h
 * @brief Remonter la pile d'un thread arrêté, d'appelé en appelant, par les tables de `.eh_frame`.
 *
 * Le compilateur y écrit, pour chaque instruction, où est l'adresse de retour : rien n'est deviné, et une vieille adresse
 * restée sur la pile n'est jamais prise pour un appelant. Où les tables manquent, la remontée s'arrête. Elles sont lues dans
 * la mémoire du programme, qui peut y avoir mis n'importe quoi : chaque lecture est bornée.
 */
#ifndef HARNESS_CALL_FRAMES_H
#define HARNESS_CALL_FRAMES_H

#include "frame.h"

/** Les appels d'une pile que l'on remonte au plus. */
#define MAX_FRAMES 64

/**
 * @brief Remonte la pile d'un thread arrêté.
 *
 * @param pid   son processus
 * @param frame ses registres ; au retour, ceux du dernier appelant trouvé
 * @param calls reçoit, du plus profond au plus ancien, la place de chaque appel dans le fichier du programme (une adresse
 *              ELF) ; ce qui n'est pas du programme n'y est pas
 * @return le nombre de places reçues, ::MAX_FRAMES au plus
 */
size_t call_frames(pid_t pid, struct frame *frame, uint64_t calls[MAX_FRAMES]);

#endif
