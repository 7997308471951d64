// Un octet à la fois.
#include "framing.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    memset(reader, 0, sizeof(*reader));
    reader->fd = fd;
    reader->storage = storage;
    reader->size = size;
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    size_t n = 0;

    while (1) {
        char c;
        ssize_t lus = read(reader->fd, &c, 1);

        if (lus == -1) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        if (lus == 0) {
            if (n == 0)
                return 0;
            break;
        }
        if (c == '\n')
            break;
        if (n == reader->size - 1) {
            errno = EMSGSIZE;
            return -1;
        }
        reader->storage[n++] = c;
    }
    *line = reader->storage;
    *length = n;
    return 1;
}

int send_all(int fd, const void *bytes, size_t length)
{
    const char *p = bytes;
    size_t envoyes = 0;

    while (envoyes < length) {
        ssize_t k = send(fd, p + envoyes, length - envoyes, MSG_NOSIGNAL);
        if (k == -1) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        envoyes += (size_t)k;
    }
    return 0;
}
