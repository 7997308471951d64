/**
 * @file long_line.h
 * @brief Une ligne aussi longue qu'on veut, pour éprouver les limites.
 */
#ifndef TCP_LONG_LINE_H
#define TCP_LONG_LINE_H

#include <stddef.h>

/**
 * @brief Fabrique une ligne de « a », suivie de son `\n` et d'un octet nul.
 * @param length nombre de « a »
 * @return texte alloué, qui vit autant que le test
 */
char *long_line(size_t length);

#endif
