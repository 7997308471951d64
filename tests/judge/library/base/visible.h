/**
 * @file visible.h
 * @brief Rendre visibles les octets d'un échange : `\n`, `\0`, `\xHH`.
 *
 * Ce qui sort d'ici est toujours de l'UTF-8 sans octet de contrôle : rien de ce qu'un programme
 * étranger a écrit n'entre autrement dans un rapport.
 */
#ifndef HARNESS_VISIBLE_H
#define HARNESS_VISIBLE_H

#include <stddef.h>

/**
 * @brief Rend des octets visibles, en entier.
 *
 * @param bytes  les octets
 * @param length leur nombre
 * @return texte alloué, à libérer par free()
 */
char *visible_all(const char *bytes, size_t length);

/**
 * @brief Rend des octets visibles en abrégeant le milieu d'une longue suite.
 *
 * @param bytes  les octets
 * @param length leur nombre
 * @return texte alloué, à libérer par free() ; au-delà de 120 octets, le début, le nombre
 *         d'octets passés et la fin
 */
char *visible_short(const char *bytes, size_t length);

/** Deux suites d'octets mises côte à côte autour de leur première différence. */
struct visible_difference {
    char *expected; /**< Ce qui était attendu, alloué. */
    char *received; /**< Ce qui est venu, alloué. */
    int caret;      /**< Colonne de la première différence, en caractères, à partir de 0. */
};

/**
 * @brief Montre la première différence entre deux suites d'octets.
 *
 * @param expected        les octets attendus
 * @param expected_length leur nombre
 * @param received        les octets reçus
 * @param received_length leur nombre
 * @return les deux textes et la colonne ; l'appelant libère les textes
 */
struct visible_difference visible_compare(const char *expected, size_t expected_length,
                                          const char *received, size_t received_length);

#endif
