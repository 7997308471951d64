// Finit avec succès avant d'avoir rien fait.
#include <unistd.h>

int main(void)
{
    _exit(0);
}
