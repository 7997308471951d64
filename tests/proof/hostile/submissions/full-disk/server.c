// Remplit tout le disque qu'on lui prête.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    static const char block[1 << 16];
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 100; i++) {
        char name[32];
        snprintf(name, sizeof name, "plein-%d", i);
        int fd = open(name, O_WRONLY | O_CREAT, 0600);
        while (fd >= 0 && write(fd, block, sizeof block) > 0)
            continue;
    }
    return 1;
}
