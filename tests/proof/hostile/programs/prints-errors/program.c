// Écrit sans fin sur stderr.
#include <stdio.h>

int main(void)
{
    for (;;)
        fputs("une erreur, puis une autre\n", stderr);
}
