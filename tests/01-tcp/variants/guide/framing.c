// Un cadrage que les deux programmes n'emploient pas : il ne sert qu'à l'étape 2.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "framing.h"

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    reader->fd = fd;
    reader->storage = storage;
    reader->size = size;
    reader->start = 0;
    reader->end = 0;
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    char *buf = reader->storage;
    char *nl;
    ssize_t nbytes;

    for (;;) {
        size_t waiting = reader->end - reader->start;

        nl = memchr(buf + reader->start, '\n', waiting);
        if (nl != NULL) {
            *line = buf + reader->start;
            *length = (size_t)(nl - *line);
            reader->start += *length + 1;
            return 1;
        }

        if (reader->start > 0) {
            memmove(buf, buf + reader->start, waiting);
            reader->start = 0;
            reader->end = waiting;
        }

        if (reader->end == reader->size) {
            errno = EMSGSIZE;
            return -1;
        }

        nbytes = read(reader->fd, buf + reader->end, reader->size - reader->end);
        if (nbytes == -1 && errno == EINTR)
            continue;
        if (nbytes == -1)
            return -1;
        if (nbytes == 0) {
            if (waiting == 0)
                return 0;
            *line = buf;
            *length = waiting;
            reader->start = reader->end = 0;
            return 1;
        }
        reader->end += (size_t)nbytes;
    }
}

int send_all(int s, const void *bytes, size_t len)
{
    const char *buf = bytes;
    size_t total = 0;
    size_t bytesleft = len;
    ssize_t n;

    while (total < len) {
        n = send(s, buf + total, bytesleft, MSG_NOSIGNAL);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return -1;
        total += (size_t)n;
        bytesleft -= (size_t)n;
    }
    return 0;
}
