/**
 * @file frame_value.h
 * @brief Lire des octets l'un après l'autre, et faire les petits calculs que `.eh_frame` décrit.
 * @see DWARF 5, chapitres 2.5 (calculs) et 7.6 (nombres de longueur variable)
 */
#ifndef HARNESS_FRAME_VALUE_H
#define HARNESS_FRAME_VALUE_H

#include "frame.h"
#include "memory_map.h"

/** Une lecture en cours, qui ne dépasse jamais sa fin. */
struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    uint64_t address; /**< Où ces octets sont dans le processus. */
    bool broken;      /**< La fin a été dépassée, ou ce qui est lu n'a pas de sens. */
};

/** @brief Lit un nombre de 1, 2, 4 ou 8 octets. */
uint64_t cursor_number(struct cursor *cursor, size_t size);

/** @brief Lit un nombre de longueur variable, sans signe. */
uint64_t cursor_unsigned(struct cursor *cursor);

/** @brief Lit un nombre de longueur variable, avec signe. */
int64_t cursor_signed(struct cursor *cursor);

/** @brief Passe des octets. */
void cursor_skip(struct cursor *cursor, uint64_t count);

/**
 * @brief Fait un calcul.
 *
 * @param address où il est écrit, dans le processus
 * @param length  sa taille, en octets
 * @param frame   les registres
 * @param start   la valeur qui est d'abord sur la pile du calcul
 * @param value   reçoit le résultat
 * @return `false` si ce calcul n'est pas de ceux que l'on sait faire
 */
bool frame_value(const struct memory *memory, uint64_t address, uint64_t length,
                 const struct frame *frame, const uint64_t *start, uint64_t *value);

#endif
