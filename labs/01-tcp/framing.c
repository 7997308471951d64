#include "framing.h"

#include <stdbool.h>
#include <sys/types.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

// --- Étape 2 : le cadrage ------------------------------------------------------------------------

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    // TODO (étape 2) : remplir chaque champ ; de la mémoire, garder l'adresse, sans copie.
}

/**
 * @brief Rend les premiers octets en attente, et les retire de l'attente avec leur `\n`.
 *
 * @param reader  l'état de la lecture
 * @param count   nombre d'octets de la ligne, sans son `\n`
 * @param newline nombre d'octets à retirer après elle : 1 pour le `\n`, 0 s'il n'y en a pas
 * @param line    reçoit l'adresse de la ligne
 * @param length  reçoit sa longueur, en octets
 */
static void take_line(struct line_reader *reader, size_t count, size_t newline, const char **line,
                      size_t *length)
{
    // TODO (étape 2) : dire où est la ligne et sa longueur ; noter que ses octets sont rendus.
}

/**
 * @brief Fait de la place à la fin de la mémoire, en ramenant au début ce qui attend.
 *
 * @param reader l'état de la lecture
 * @return `false` si la mémoire est pleine d'une seule ligne inachevée : elle est trop longue
 */
static bool make_room(struct line_reader *reader)
{
    // TODO (étape 2) : s'il n'y a plus de place, ramener au début ce qui attend (man 3 memmove).
    return false;
}

/**
 * @brief Lit une fois le descripteur, à la suite de ce qui attend déjà.
 *
 * @param reader l'état de la lecture, où il reste de la place
 * @return le nombre d'octets ajoutés ; 0 à la fin du flux ; -1 en cas d'erreur, cause dans `errno`
 * @see read(2)
 */
static ssize_t read_more(struct line_reader *reader)
{
    // TODO (étape 2) : lire à la suite, jamais plus que la place qui reste (man 2 read).
    return -1;
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    // TODO (étape 2) : tant qu'aucune ligne n'attend (man 3 memchr), faire de la place, lire.
    return -1;
}

int send_all(int fd, const void *bytes, size_t length)
{
    // TODO (étape 2) : envoyer, compter ce que le système a pris, envoyer le reste (man 2 send).
    return -1;
}

// --- Facultatif : aucun test ne la demande ; le serveur du lab 03 s'en sert ---------------------

bool line_ready(const struct line_reader *reader)
{
    // TODO (facultatif) : y a-t-il un '\n' parmi les octets pas encore rendus (man 3 memchr) ?
    return false;
}
