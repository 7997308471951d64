#include "framing.h"

// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.
#include <stdbool.h>
#include <sys/types.h>

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    // TODO (étape 2) : remplir chaque champ de la structure ; rien n'est encore reçu, donc rien
    // n'attend. Ne copiez pas la mémoire de travail : gardez son adresse.
    (void)reader;
    (void)fd;
    (void)storage;
    (void)size;
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
    // TODO (étape 2) : dire où commence la ligne et combien d'octets elle compte, puis noter dans
    // l'état que ces octets, et le '\n' s'il y en a un, sont rendus.
    (void)reader;
    (void)count;
    (void)newline;
    (void)line;
    (void)length;
}

/**
 * @brief Fait de la place à la fin de la mémoire, en ramenant au début ce qui attend.
 *
 * @param reader l'état de la lecture
 * @return `false` si la mémoire est pleine d'une seule ligne inachevée : elle est trop longue
 */
static bool make_room(struct line_reader *reader)
{
    // TODO (étape 2) : s'il reste de la place après le dernier octet reçu, il n'y a rien à faire.
    // Sinon, ramener au début de la mémoire les octets pas encore rendus (man 3 memmove : pourquoi
    // pas memcpy ?). Et s'ils occupent déjà toute la mémoire ?
    (void)reader;
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
    // TODO (étape 2) : lire à la suite de ce qui attend, jamais plus que la place qui reste
    // (man 2 read).
    // TODO (étape 2) : un appel interrompu par un signal n'est pas une erreur (man 7 signal).
    (void)reader;
    return -1;
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    // TODO (étape 2) : tant qu'aucune ligne entière n'attend (man 3 memchr), faire de la place et
    // lire encore. Décider ensuite, dans cet ordre, ce que l'on rend :
    //   - quand la place manque ;
    //   - quand la lecture échoue ;
    //   - quand le flux finit et que plus rien n'attend ;
    //   - quand le flux finit et qu'il attend une ligne sans '\n'.
    // La documentation de framing.h dit ce que chaque cas doit rendre.
    (void)reader;
    (void)line;
    (void)length;
    (void)take_line;
    (void)make_room;
    (void)read_more;
    return -1;
}

bool line_ready(const struct line_reader *reader)
{
    // TODO (facultatif) : y a-t-il un « \n » parmi les octets reçus et pas encore rendus (man 3
    // memchr) ? Aucun test ne le demande ; au lab 03, le serveur peut s'en servir pour grouper ses
    // réponses.
    (void)reader;
    return false;
}

int send_all(int fd, const void *bytes, size_t length)
{
    // TODO (étape 2) : envoyer, compter ce que le système a pris, envoyer le reste (man 2 send :
    // la valeur rendue).
    // TODO (étape 2) : un appel interrompu par un signal n'est pas une erreur ; écrire à un
    // correspondant parti ne doit pas tuer le programme (piège D19).
    (void)fd;
    (void)bytes;
    (void)length;
    return -1;
}
