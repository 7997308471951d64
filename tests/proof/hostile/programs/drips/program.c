// Écrit un mot, dort un instant, recommence : chaque mot est un événement, aucune attente ne finirait.
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    for (;;) {
        puts("encore");
        fflush(stdout);
        usleep(30000);
    }
    return 0;
}
