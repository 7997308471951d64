// Meurt en demandant un fichier « core ».
#include <stdlib.h>
#include <sys/resource.h>

int main(void)
{
    const struct rlimit whole = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &whole);
    abort();
}
