/**
 * @file ledger.h
 * @brief Ce que le programme éprouvé tient encore à sa fin : descripteurs et blocs de mémoire.
 */
#ifndef TORTURE_LEDGER_H
#define TORTURE_LEDGER_H

/** @brief Note les descripteurs déjà ouverts : ceux-là ne sont pas au programme. */
void ledger_open(void);

/** @brief Note un bloc que le programme devra rendre ; `NULL` ne compte pas. */
void ledger_take(const void *block);

/** @brief Raye un bloc rendu ; un bloc inconnu n'est pas au programme. */
void ledger_give(const void *block);

/** @return le nombre de blocs que le programme n'a pas rendus */
unsigned ledger_blocks(void);

/** @return le nombre de descripteurs que le programme n'a pas fermés */
unsigned ledger_descriptors(void);

#endif
