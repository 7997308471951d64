// Un démon, détaché de tout, qui n'en finit pas.
#include <signal.h>
#include <unistd.h>

int main(void)
{
    if (fork() != 0)
        return 0;
    setsid();
    if (fork() != 0)
        return 0;
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    for (;;)
        pause();
}
