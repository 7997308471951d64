/**
 * @file letters.h
 * @brief Un texte aussi long qu'on veut, pour éprouver les limites.
 */
#ifndef SHARED_LETTERS_H
#define SHARED_LETTERS_H

#include <stddef.h>

/** @brief Autant de « a », et un octet nul : un texte alloué, qui peut vivre autant que le test. */
char *letters(size_t length);

/** @brief Autant de « a », suivis d'un `\n` et d'un octet nul : une ligne allouée, de même. */
char *long_line(size_t length);

#endif
