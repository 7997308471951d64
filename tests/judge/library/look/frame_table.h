/**
 * @file frame_table.h
 * @brief Lire une ligne de `.eh_frame` : où sont, à une instruction donnée, les registres de l'appelant.
 * @see DWARF 5, chapitre 6.4 ; Linux Standard Base, « .eh_frame »
 */
#ifndef HARNESS_FRAME_TABLE_H
#define HARNESS_FRAME_TABLE_H

#include "frame.h"
#include "memory_map.h"

/** Comment retrouver une valeur. */
enum rule_kind {
    RULE_SAME,         /**< Elle n'a pas changé. */
    RULE_UNDEFINED,    /**< Elle est perdue ; pour l'adresse de retour : il n'y a pas d'appelant. */
    RULE_OFFSET,       /**< En mémoire, à telle distance de la base. */
    RULE_VALUE_OFFSET, /**< C'est la base, plus tant. */
    RULE_REGISTER,     /**< Dans un autre registre. */
    RULE_EXPRESSION,   /**< En mémoire, à l'adresse que donne un calcul. */
    RULE_VALUE_EXPRESSION, /**< C'est le résultat d'un calcul. */
};

/** La règle d'une valeur. */
struct rule {
    enum rule_kind kind;
    int64_t offset;     /**< Une distance, ou la taille du calcul, en octets. */
    uint64_t reference; /**< Un numéro de registre, ou l'adresse du calcul. */
};

/** Ce que la table dit d'une instruction. */
struct row {
    struct rule base;                       /**< La base : la pile telle que l'appelant l'avait. */
    struct rule registers[FRAME_REGISTERS]; /**< Chaque registre. */
    unsigned return_register;               /**< Celui qui porte l'adresse de retour. */
    bool interrupted; /**< L'appelant a été interrompu par un signal : il n'a pas fait d'appel. */
};

/** @brief Cherche la ligne de cette instruction ; `false` si la table n'en a pas, ou ne se lit pas. */
bool frame_table_find(const struct memory *memory, const struct image *image, uint64_t pc,
                      struct row *row);

/** @brief Passe des registres d'une fonction à ceux de son appelant ; `false` s'il n'y en a pas, ou s'il n'est pas connu. */
bool frame_table_apply(const struct memory *memory, const struct row *row, struct frame *frame);

#endif
