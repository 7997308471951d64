// Lit tout ce qu'il peut de la machine ; s'il y parvient, il ne sert plus personne.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    static const char *const places[] = {"@SECRET@",
                                         "@DEPOT@/solutions/01-tcp/server.c",
                                         "/proc/1/root@SECRET@",
                                         "/etc/passwd",
                                         "/etc/shadow",
                                         "/proc/1/environ",
                                         "/proc/2/environ",
                                         "@DOMICILE@/.profile",
                                         "../../../solutions/01-tcp/server.c",
                                         "/dev/mem"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char text[4096];
        FILE *file = fopen(places[i], "r");
        size_t length = file != NULL ? fread(text, 1, sizeof text, file) : 0;
        // L'environnement du bac à sable n'est pas un secret ; tout le reste en est un.
        if (length > 0 && strncmp(places[i], "/proc/1/e", 9) != 0 &&
            strncmp(places[i], "/proc/2/e", 9) != 0)
            _exit(1);
        if (length > 0 && memmem(text, length, "mot-secret", 10) != NULL)
            _exit(1);
        if (file != NULL)
            fclose(file);
    }
}
// [la suite]
