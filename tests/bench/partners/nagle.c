/**
 * @file nagle.c
 * @brief Remplace `setsockopt` (option --wrap de l'éditeur de liens) : TCP_NODELAY n'est jamais demandé.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int __real_setsockopt(int fd, int level, int name, const void *value, socklen_t size);
int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t size);

int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    if (level == IPPROTO_TCP && name == TCP_NODELAY)
        return 0;
    return __real_setsockopt(fd, level, name, value, size);
}
