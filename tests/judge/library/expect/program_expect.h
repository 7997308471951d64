/**
 * @file program_expect.h
 * @brief Ce que le test attend d'un programme : ses lignes, son code de retour, ses erreurs.
 *
 * Chaque attente non tenue conclut le test par une explication.
 */
#ifndef HARNESS_PROGRAM_EXPECT_H
#define HARNESS_PROGRAM_EXPECT_H

#include "program.h"

/**
 * @brief Attend la ligne suivante de la sortie standard ; comme printf, sans le `\n`.
 *
 * Les deux casses de `\xHH` sont admises.
 */
void program_expect_line(struct program *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** @brief Attend la ligne suivante, donnée par ses octets, sans le `\n`. */
void program_expect_line_bytes(struct program *program, const char *bytes, size_t length);

/** @brief Attend exactement ce texte sur la sortie standard (une invite, sans fin de ligne). */
void program_expect_text(struct program *program, const char *text);

/**
 * @brief Attend la fin du programme, avec ce code de retour.
 *
 * D'un serveur qui finit avec le code 0, vérifie aussi que rien n'a paru sur stdout que le contrat n'énumère, jusqu'à la fin.
 */
void program_expect_exit(struct program *program, int code);

/** @brief Attend la fin du programme, quelle qu'elle soit. */
void program_expect_end(struct program *program);

/** @brief Attend la fin du programme, avec l'un de ces deux codes. */
void program_expect_exit_either(struct program *program, int code, int other);

/** @brief Vérifie que le programme n'a rien écrit d'autre sur sa sortie standard. */
void program_expect_no_more_output(struct program *program);

/** @brief Comme program_expect_no_more_output(), mais une fin de ligne est admise. */
void program_expect_at_most_newline(struct program *program);

/** @brief Comme program_expect_no_more_output(), mais ce texte, et lui seul, est admis. */
void program_expect_at_most(struct program *program, const char *text);

/**
 * @brief Dit si une ligne est de celles que le contrat énumère pour la sortie standard du serveur.
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur
 * @param cut    elle peut n'être que le début de l'une d'elles
 */
bool output_is_listed(const char *line, size_t length, bool cut);

/** @brief Vérifie que le message d'erreur donne la raison de getaddrinfo, et non celle d'errno. */
void program_expect_resolver_reason(struct program *program);

/**
 * @brief Vérifie le message d'erreur : une ligne sur stderr, qui contient chacun de ces mots.
 * @param words les mots, terminés par `NULL`, cherchés par error_says()
 */
void program_expect_error_words(struct program *program, const char *const *words);

/** Le message d'erreur tient en une ligne et contient chacun de ces mots. */
#define program_expect_error(program, ...)                                                         \
    program_expect_error_words(program, (const char *const[]){__VA_ARGS__, NULL})

/**
 * @brief Vérifie que le message d'erreur ne donne pas pour raison un errno qui n'a rien à voir.
 * @param program le programme, qui a parlé
 * @param errors  les errno qu'il peut donner, finis par -1 ; n'en donner aucun est permis
 */
void program_expect_no_other_reason(const struct program *program, const int *errors);

/** @brief Attend que le programme ait écrit quelque chose sur stderr. */
void program_expect_some_error(struct program *program);

/**
 * @brief Attend que le programme n'ait plus rien à faire et dorme, dans l'appel où il attend.
 *
 * Avant un signal : reçu plus tôt, il tomberait entre deux appels, et un programme que seul un
 * hasard arrête passerait une fois sur deux. Un programme qui se réveille de lui-même est accepté
 * dès qu'il est vu deux fois endormi.
 */
void program_wait_until_asleep(struct program *program);

/** @brief Vérifie que le programme vit encore. */
void program_expect_alive(struct program *program);

/** @brief Attend que le programme ait ce nombre de descripteurs ouverts, ou moins. */
void program_expect_descriptors(struct program *program, int count);

#endif
