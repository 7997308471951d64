// Se multiplie sans fin : chaque enfant se multiplie à son tour. Le compteur partagé borne l'orage,
// pour la machine qui l'essaie.
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#define MANY 400

int main(void)
{
    atomic_int *count =
        mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED)
        return 1;
    while (atomic_fetch_add(count, 1) < MANY)
        fork();
    for (;;)
        pause();
}
