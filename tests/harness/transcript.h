/**
 * @file transcript.h
 * @brief Le compte rendu d'un test : qui a fait quoi, quand, avec quels octets.
 */
#ifndef HARNESS_TRANSCRIPT_H
#define HARNESS_TRANSCRIPT_H

#include <stddef.h>
#include <stdio.h>

/** @brief Fait partir le chronomètre du test et oublie ce qui précède. */
void transcript_begin(void);

/** @brief Temps écoulé depuis transcript_begin(), en millisecondes. */
double transcript_elapsed_ms(void);

/**
 * @brief Note un événement.
 *
 * @param actor  qui : `client 1`, `serveur`, `juge`…
 * @param verb   un signe : `→` envoie, `←` reçoit, `·` autre chose, `>` écrit
 * @param format texte déjà visible, comme pour printf
 */
void transcript_note(const char *actor, const char *verb, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * @brief Note des octets échangés, rendus visibles et abrégés s'ils sont longs.
 *
 * @param actor  qui
 * @param verb   un signe, comme pour transcript_note()
 * @param action ce qui est fait : `envoie`, `reçoit`, `écrit`
 * @param bytes  les octets
 * @param length leur nombre
 */
void transcript_bytes(const char *actor, const char *verb, const char *action, const char *bytes,
                      size_t length);

/**
 * @brief Note ce qu'un programme écrit : un événement par ligne, même écrite en plusieurs fois.
 *
 * Les paramètres sont ceux de transcript_bytes().
 */
void transcript_lines(const char *actor, const char *verb, const char *action, const char *bytes,
                      size_t length);

/** @brief Écrit le compte rendu en JSON : un tableau d'événements. */
void transcript_write(FILE *out);

#endif
