// Ferme ses sorties, et reste là.
#include <unistd.h>

int main(void)
{
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    for (;;)
        pause();
}
