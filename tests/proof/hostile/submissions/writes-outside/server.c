// Écrit hors de son dossier ; s'il y parvient, il ne sert plus personne.
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    static const char *const places[] = {"@SENTINELLE@",
                                         "@DOMICILE@/.profile",
                                         "@SECRET@",
                                         "/proc/1/root@SENTINELLE@",
                                         "/proc/sys/kernel/core_pattern",
                                         "/usr/bin/cc",
                                         "/app/server"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int fd = open(places[i], O_WRONLY | O_APPEND);
        if (fd >= 0 && write(fd, "touché", 7) > 0)
            _exit(1);
        if (unlink(places[i]) == 0)
            _exit(1);
    }
    if (open("@SENTINELLE@-de-plus", O_WRONLY | O_CREAT, 0600) >= 0)
        _exit(1);
}
// [la suite]
