/**
 * @file one_byte_framing.c
 * @brief Le cadrage que l'on écrit d'abord : un octet à chaque lecture. Il est juste, et lent.
 *
 * Mis à la place de framing.c, il fait du même serveur le partenaire « un octet par recv ».
 */
#include "framing.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    *reader = (struct line_reader){.fd = fd, .storage = storage, .size = size};
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    *line = reader->storage;
    for (*length = 0; *length < reader->size; (*length)++) {
        ssize_t count;
        do {
            count = recv(reader->fd, reader->storage + *length, 1, 0);
        } while (count < 0 && errno == EINTR);
        if (count < 0)
            return -1;
        if (count == 0)
            return *length > 0;
        if (reader->storage[*length] == '\n')
            return 1;
    }
    errno = EMSGSIZE;
    return -1;
}

bool line_ready(const struct line_reader *reader)
{
    (void)reader;
    return false;
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
        rest += count;
        length -= (size_t)count;
    }
    return 0;
}
