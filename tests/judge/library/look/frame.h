/**
 * @file frame.h
 * @brief Les registres d'un thread, dans l'une des fonctions de sa pile.
 */
#ifndef HARNESS_FRAME_H
#define HARNESS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Le plus grand numéro de registre que les tables nomment ici, plus un (x86-64 : 17 ; arm64 : 32). */
#define FRAME_REGISTERS 33

/** L'état des registres dans une fonction. */
struct frame {
    uint64_t values[FRAME_REGISTERS]; /**< Numérotés comme dans les tables (DWARF). */
    bool known[FRAME_REGISTERS];      /**< Cette valeur est connue. */
    uint64_t pc;                      /**< L'instruction. */
};

/** Le numéro, dans les tables, du pointeur de pile. */
#if defined __aarch64__
#define FRAME_STACK_POINTER 31
#else
#define FRAME_STACK_POINTER 7
#endif

#endif
