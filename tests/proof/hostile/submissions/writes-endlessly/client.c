// Écrit sans fin.
#include <stdio.h>

int main(void)
{
    for (;;)
        puts("encore une ligne, et ce n'est pas la dernière");
}
