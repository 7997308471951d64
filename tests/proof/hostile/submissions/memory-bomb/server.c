// Demande de la mémoire, et s'en sert, sans fin.
#include <stdlib.h>

int main(void)
{
    for (;;) {
        volatile char *block = malloc(1 << 20);
        for (size_t i = 0; block != NULL && i < 1 << 20; i += 4096)
            block[i] = 1;
    }
}
