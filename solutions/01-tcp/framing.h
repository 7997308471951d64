/**
 * @file framing.h
 * @brief Le cadrage : faire des messages (des lignes) d'un flux d'octets.
 *
 * TCP ne transporte pas des messages mais une suite d'octets : un `send` peut arriver en
 * plusieurs `recv`, deux `send` en un seul. Ces fonctions rendent au programme ce que le
 * protocole lui promet : des lignes. Cet en-tête est donné ; ne le modifiez pas.
 */
#ifndef FRAMING_H
#define FRAMING_H

#include <stdbool.h>
#include <stddef.h>

/** Longueur maximale d'une ligne, en octets, sans son `\n`. */
#define LINE_LIMIT 65536

/** Place qu'il faut pour lire des lignes de ::LINE_LIMIT octets : la ligne et son `\n`. */
#define LINE_STORAGE (LINE_LIMIT + 1)

/**
 * @brief Ce qu'il faut retenir entre deux lectures d'un même flux.
 *
 * Un `recv` peut rapporter plus qu'une ligne : la suite attend ici. Les octets reçus et pas
 * encore rendus sont ceux de `storage[start]` à `storage[end - 1]`.
 */
struct line_reader {
    int fd;        /**< Descripteur à lire : un socket, un tube, l'entrée standard. */
    char *storage; /**< Mémoire fournie par l'appelant. */
    size_t size;   /**< Taille de @ref storage, en octets : la plus longue ligne, plus un. */
    size_t start;  /**< Premier octet reçu et pas encore rendu. */
    size_t end;    /**< Un après le dernier octet reçu. */
};

/**
 * @brief Prépare la lecture d'un flux, ligne par ligne.
 *
 * @param reader  l'état à préparer
 * @param fd      descripteur à lire ; il reste à l'appelant, qui le fermera
 * @param storage mémoire de travail, qui doit vivre aussi longtemps que @p reader
 * @param size    taille de @p storage, en octets ; une ligne compte au plus `size - 1` octets
 *                sans son `\n`
 */
void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size);

/**
 * @brief Rend la ligne suivante du flux, sans son `\n`.
 *
 * Attend autant qu'il faut : une ligne peut arriver octet par octet, ou plusieurs à la fois.
 * La dernière ligne peut ne pas avoir de `\n` si le flux finit après elle. Une ligne peut
 * contenir n'importe quel octet, l'octet nul aussi : elle n'est pas une chaîne de caractères.
 *
 * @param reader l'état préparé par line_reader_init()
 * @param line   reçoit l'adresse de la ligne, valable jusqu'à l'appel suivant
 * @param length reçoit sa longueur, en octets, 0 pour une ligne vide
 * @retval 1  une ligne est rendue
 * @retval 0  fin de flux : plus rien ne viendra
 * @retval -1 erreur, cause dans `errno` : `EMSGSIZE` si la ligne dépasse la place prévue
 *            (inutile alors de continuer à lire), sinon celle de l'appel qui a échoué
 *            (`ECONNRESET`…), jamais `EINTR`
 * @see read(2) ; RFC 9293, section 3.8 : « the stream of octets »
 */
int read_line(struct line_reader *reader, const char **line, size_t *length);

/**
 * @brief Dit si une ligne entière est déjà reçue, de sorte que read_line() n'attendrait pas.
 *
 * Sert à qui préfère répondre d'un coup à des lignes arrivées ensemble.
 *
 * @param reader l'état préparé par line_reader_init()
 * @return `true` si une ligne et son `\n` attendent
 */
bool line_ready(const struct line_reader *reader);

/**
 * @brief Envoie tous les octets, même si le système n'en prend qu'une partie à la fois.
 *
 * Écrire à un correspondant parti ne doit pas tuer le programme : pas de signal `SIGPIPE`,
 * mais l'erreur `EPIPE`.
 *
 * @param fd     socket connecté
 * @param bytes  les octets à envoyer
 * @param length leur nombre
 * @retval 0  tout est remis au système
 * @retval -1 erreur, cause dans `errno` (`EPIPE`, `ECONNRESET`…), jamais `EINTR`
 * @see send(2), option `MSG_NOSIGNAL`
 */
int send_all(int fd, const void *bytes, size_t length);

#endif
