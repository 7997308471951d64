// Un octet à la fois : lent, mais juste. Rien n'est lu d'avance, donc rien n'est à garder.
#include "framing.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

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
    size_t count = 0;
    for (;;) {
        char byte = 0;
        ssize_t got = read(reader->fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0 && count == 0)
            return 0;
        if (got == 0 || byte == '\n')
            break;
        if (count + 1 >= reader->size) {
            errno = EMSGSIZE;
            return -1;
        }
        reader->storage[count++] = byte;
    }
    *line = reader->storage;
    *length = count;
    return 1;
}

int send_all(int fd, const void *bytes, size_t length)
{
    size_t sent = 0;
    while (sent < length) {
        ssize_t count = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
        if (count >= 0)
            sent += (size_t)count;
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}
