// Se multiplie sans fin.
#include <unistd.h>

int main(void)
{
    for (;;)
        fork();
}
