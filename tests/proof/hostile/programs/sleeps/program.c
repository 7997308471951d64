// Ne finit jamais, sans rien faire.
#include <unistd.h>

int main(void)
{
    for (;;)
        pause();
}
