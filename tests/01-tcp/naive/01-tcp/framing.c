// Le premier jet : une lecture est une ligne, un envoi part en entier.
#include "framing.h"

#include <string.h>
#include <sys/socket.h>
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
    ssize_t n = read(reader->fd, reader->storage, reader->size - 1);
    if (n <= 0)
        return (int)n;
    reader->storage[n] = '\0';
    reader->storage[strcspn(reader->storage, "\n")] = '\0';
    *line = reader->storage;
    *length = strlen(reader->storage);
    return 1;
}

int send_all(int fd, const void *bytes, size_t length)
{
    return send(fd, bytes, length, 0) < 0 ? -1 : 0;
}
