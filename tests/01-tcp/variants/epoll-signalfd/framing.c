// Ne porte que ce que framing.h demande : ce serveur et ce client n'en usent pas.
#include "framing.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    *reader = (struct line_reader){fd, storage, size, 0, 0};
}

// Ce qui attend commence toujours à `start` ; on ne déplace que faute de place.
int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    for (ssize_t count = 1;;) {
        char *first = reader->storage + reader->start;
        size_t waiting = reader->end - reader->start;
        char *newline = memchr(first, '\n', waiting);
        if (newline != NULL || (count == 0 && waiting > 0)) {
            *line = first;
            *length = newline != NULL ? (size_t)(newline - first) : waiting;
            reader->start += *length + (newline != NULL);
            return 1;
        }
        if (count == 0)
            return 0;
        if (waiting == reader->size) {
            errno = EMSGSIZE;
            return -1;
        }
        if (reader->end == reader->size) {
            memmove(reader->storage, first, waiting);
            reader->start = 0;
            reader->end = waiting;
        }
        count = read(reader->fd, reader->storage + reader->end, reader->size - reader->end);
        if (count < 0 && errno != EINTR)
            return -1;
        if (count < 0)
            count = 1;
        else
            reader->end += (size_t)count;
    }
}

// Sans attendre dans send : c'est poll qui attend la place.
int send_all(int fd, const void *bytes, size_t length)
{
    const char *next = bytes;
    const char *end = next + length;
    while (next < end) {
        ssize_t count = send(fd, next, (size_t)(end - next), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            next += count;
            continue;
        }
        struct pollfd room = {.fd = fd, .events = POLLOUT};
        if (errno == EAGAIN)
            poll(&room, 1, -1);
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}
