/**
 * @file error_words.h
 * @brief Un message d'erreur, lu comme le lit une personne : un hôte ou son adresse, un port, une raison.
 */
#ifndef HARNESS_ERROR_WORDS_H
#define HARNESS_ERROR_WORDS_H

#include <stdbool.h>

/**
 * @brief Dit si un message d'erreur contient ce que l'on y cherche.
 *
 * Un port y est un nombre entier ; une adresse, entre crochets ou non ; une adresse et un port, quoi qu'il y ait entre
 * eux ; un nom, tel que tapé, ou l'adresse essayée en dernier ; autre chose, tel quel, sans égard à la casse.
 *
 * @param said le message, fini par un octet nul
 * @param word ce qui est cherché : `8001`, `[::1]`, `127.0.0.1:40112`, `localhost`, `Connection refused`
 */
bool error_says(const char *said, const char *word);

/**
 * @brief La raison du système que donne un message, et qui n'est pas l'une de celles-ci.
 * @param said   le message
 * @param errors les errno admis, finis par -1
 * @return son texte, ou `NULL` : le message n'en donne pas d'autre
 */
const char *error_other_reason(const char *said, const int *errors);

/** @brief L'errno dont strerror() rend ce texte, ou -1. */
int error_number(const char *reason);

/** @brief Pourquoi un port, ou une adresse et son port, n'y sont pas : octets échangés, autre nombre, autre client ; ou `NULL`. */
const char *error_place_mistake(const char *said, const char *word);

#endif
