// Change d'espace de noms, de racine, de droits ; s'il y parvient, il ne sert plus personne.
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == 0)
        _exit(1);
    int fd = open("/proc/1/ns/net", O_RDONLY);
    if (fd >= 0 && setns(fd, 0) == 0)
        _exit(1);
    if (mount("none", "/box", "tmpfs", 0, NULL) == 0 || chroot("/proc/1/root") == 0)
        _exit(1);
    if (setuid(0) == 0 && getuid() != 0)
        _exit(1);
    if (fd >= 0)
        close(fd);
}
// [la suite]
