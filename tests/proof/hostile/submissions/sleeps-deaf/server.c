// Bloque tous les signaux, puis dort pour toujours.
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

int main(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (;;)
        pause();
}
