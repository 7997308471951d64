// Écrit sans fin sur stdout.
#include <stdio.h>

int main(void)
{
    for (;;)
        puts("encore une ligne que personne n'attend");
}
