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

/**
 * @brief Rappelle, à la fin du compte rendu, une ligne qui dit l'échec et qui a pu en être coupée.
 *
 * @param where  où elle était : `stderr`, `la ligne 12 de stdout`
 * @param line   la ligne, telle qu'elle est venue
 * @param length sa longueur, sans son `\n`
 */
void transcript_recall(const char *where, const char *line, size_t length);

/**
 * @brief Tait les lignes qu'un programme a écrites, quand elles sont d'un texte qui sera redit autrement.
 *
 * @param actor qui, et @p verb le signe, comme pour transcript_lines()
 * @param text  le texte dont elles viennent
 */
void transcript_hide(const char *actor, const char *verb, const char *text);

/** @brief Où en est le compte rendu, pour transcript_replace(). */
size_t transcript_mark(void);

/**
 * @brief Remplace par une ligne tout ce qui suit une marque : un geste réussi, que le lecteur n'a pas à suivre.
 *
 * Un compte rendu trop long pour être gardé entier est laissé tel quel. Les autres paramètres sont ceux
 * de transcript_note().
 */
void transcript_replace(size_t mark, const char *actor, const char *verb, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** @brief Écrit le compte rendu en JSON : un tableau d'événements. */
void transcript_write(FILE *out);

#endif
