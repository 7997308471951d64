#include "framing.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    *reader = (struct line_reader){.fd = fd, .storage = storage, .size = size};
}

/** Rend les premiers octets en attente, et les retire de l'attente avec leur `\n`. */
static void take_line(struct line_reader *reader, size_t count, size_t newline, const char **line,
                      size_t *length)
{
    *line = reader->storage + reader->start;
    *length = count;
    reader->start += count + newline;
}

/** Fait de la place à la fin de la mémoire, en ramenant au début ce qui attend. */
static bool make_room(struct line_reader *reader)
{
    // Plus rien n'attend : repartir du début garde les lectures grandes, et n'occupe pas toute la
    // mémoire prévue pour des lignes courtes.
    if (reader->start == reader->end)
        reader->start = reader->end = 0;
    if (reader->end < reader->size)
        return true;
    if (reader->start == 0)
        return false;
    memmove(reader->storage, reader->storage + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    return true;
}

/** Lit une fois le descripteur, à la suite de ce qui attend déjà. */
static ssize_t read_more(struct line_reader *reader)
{
    ssize_t count;
    do {
        // read plutôt que recv : l'entrée standard du client n'est pas un socket.
        count = read(reader->fd, reader->storage + reader->end, reader->size - reader->end);
    } while (count < 0 && errno == EINTR);
    if (count > 0)
        reader->end += (size_t)count;
    return count;
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    // Octets en attente où l'on sait déjà qu'il n'y a pas de '\n' : ne pas les relire évite un
    // travail quadratique quand une longue ligne arrive octet par octet.
    size_t examined = 0;
    for (;;) {
        size_t waiting = reader->end - reader->start;
        const char *first = reader->storage + reader->start;
        const char *newline = memchr(first + examined, '\n', waiting - examined);
        if (newline != NULL) {
            take_line(reader, (size_t)(newline - first), 1, line, length);
            return 1;
        }
        examined = waiting;

        if (!make_room(reader)) {
            errno = EMSGSIZE;
            return -1;
        }
        ssize_t count = read_more(reader);
        if (count < 0)
            return -1;
        if (count == 0 && waiting == 0)
            return 0;
        if (count == 0) {
            // Le flux finit au milieu d'une ligne : ces octets ont été envoyés, ils comptent.
            take_line(reader, waiting, 0, line, length);
            return 1;
        }
    }
}

bool line_ready(const struct line_reader *reader)
{
    return memchr(reader->storage + reader->start, '\n', reader->end - reader->start) != NULL;
}

int send_all(int fd, const void *bytes, size_t length)
{
    const char *rest = bytes;
    while (length > 0) {
        ssize_t count = send(fd, rest, length, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        // Envoi partiel : le système n'a pris que ce qui tenait dans son tampon.
        rest += count;
        length -= (size_t)count;
    }
    return 0;
}
