// Huit processus se partagent un gibioctet, et attendent.
#include <stdlib.h>
#include <unistd.h>

#define SHARE (128 << 20)

int main(void)
{
    for (int i = 0; i < 3; i++)
        fork();
    volatile char *block = malloc(SHARE);
    for (size_t i = 0; block != NULL && i < SHARE; i += 4096)
        block[i] = 1;
    for (;;)
        pause();
}
