/**
 * @file json.h
 * @brief Écrire du JSON valable, quels que soient les octets à y mettre.
 */
#ifndef HARNESS_JSON_H
#define HARNESS_JSON_H

#include <stdio.h>

/**
 * @brief Écrit une chaîne JSON, guillemets compris ; `null` si @p text est `NULL`.
 *
 * @param out  flux où écrire
 * @param text texte UTF-8 ; un octet de contrôle devient `\u00HH`
 * @see RFC 8259, section 7
 */
void json_string(FILE *out, const char *text);

/**
 * @brief Écrit un tableau JSON des mots d'une liste séparée par des espaces.
 *
 * @param out   flux où écrire
 * @param words les mots, ou `NULL` pour un tableau vide
 */
void json_words(FILE *out, const char *words);

#endif
