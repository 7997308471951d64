// Sème des fichiers et des dossiers partout où il peut, et tue tout ce qu'il peut.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    const char *temporary = getenv("TMPDIR");
    if (temporary != NULL && chdir(temporary) == 0) {
        char name[32];
        for (int i = 0; i < 100; i++) {
            snprintf(name, sizeof name, "dossier-%d", i);
            if (mkdir(name, 0000) != 0)
                break;
        }
        if (symlink("/", "racine") != 0)
            return 1;
    }
    kill(0, SIGKILL);
    return 1;
}
