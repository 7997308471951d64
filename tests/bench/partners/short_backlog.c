/**
 * @file short_backlog.c
 * @brief Remplace `listen` (option --wrap de l'éditeur de liens) : la file d'attente n'a que cinq places.
 */
#include <sys/socket.h>

int __real_listen(int fd, int backlog);
int __wrap_listen(int fd, int backlog);

int __wrap_listen(int fd, int backlog)
{
    (void)backlog;
    return __real_listen(fd, 5);
}
