// Tout est ramené au début de la mémoire avant chaque ligne, et l'envoi passe par sendmsg.
#include "framing.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    memset(reader, 0, sizeof *reader);
    reader->fd = fd;
    reader->storage = storage;
    reader->size = size;
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    memmove(reader->storage, reader->storage + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    *line = reader->storage;
    for (size_t i = 0;; i++) {
        if (i == reader->size) {
            errno = EMSGSIZE;
            return -1;
        }
        while (i == reader->end) {
            ssize_t count = read(reader->fd, reader->storage + i, reader->size - i);
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return -1;
            *length = reader->start = i;
            if (count == 0)
                return i > 0;
            reader->end += (size_t)count;
            reader->start = 0;
        }
        if (reader->storage[i] == '\n') {
            *length = i;
            reader->start = i + 1;
            return 1;
        }
    }
}

int send_all(int fd, const void *bytes, size_t length)
{
    struct iovec piece = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    while (piece.iov_len > 0) {
        ssize_t count = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return -1;
        if (count < 0)
            continue;
        piece.iov_base = (char *)piece.iov_base + count;
        piece.iov_len -= (size_t)count;
    }
    return 0;
}
