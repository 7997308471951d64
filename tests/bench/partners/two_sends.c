/**
 * @file two_sends.c
 * @brief Remplace `send` (option --wrap de l'éditeur de liens) : le `\n` d'une réponse part dans un second envoi.
 */
#include <sys/socket.h>
#include <sys/types.h>

ssize_t __real_send(int fd, const void *bytes, size_t length, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t length, int flags);

ssize_t __wrap_send(int fd, const void *bytes, size_t length, int flags)
{
    if (length < 2)
        return __real_send(fd, bytes, length, flags);
    ssize_t first = __real_send(fd, bytes, length - 1, flags);
    if (first != (ssize_t)length - 1)
        return first;
    ssize_t last = __real_send(fd, (const char *)bytes + length - 1, 1, flags);
    return last == 1 ? (ssize_t)length : first;
}
