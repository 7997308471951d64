// Fait chercher par d'autres ; s'ils trouvent, il ne sert plus personne.
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    if (system("cat @SECRET@ /etc/passwd 2>/dev/null | grep -q . && exit 3; "
               "ls @DEPOT@ @DEPOT@/solutions >/dev/null 2>&1 && exit 3; exit 0") != 0)
        _exit(1);
}
// [la suite]
