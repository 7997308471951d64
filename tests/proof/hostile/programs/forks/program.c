// Se multiplie : des enfants dans leur propre session, qui se cachent de leur parent et s'accrochent.
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void hide(void)
{
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    setsid();
    if (fork() > 0)
        _exit(0);
    for (;;)
        pause();
}

int main(void)
{
    for (int i = 0; i < 50; i++) {
        if (fork() == 0)
            hide();
    }
    return EXIT_SUCCESS;
}
