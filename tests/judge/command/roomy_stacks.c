/**
 * @file roomy_stacks.c
 * @brief De plus grandes piles, pour un programme compilé avec un assainisseur.
 *
 * ThreadSanitizer prend près de 800 Kio dans la pile de chaque thread, AddressSanitizer espace les
 * variables : une pile bien choisie pour le programme ne suffit plus. Celle qu'il demande est agrandie
 * d'autant.
 */
#include <dlfcn.h>
#include <pthread.h>

#define EXTRA ((size_t)2 * 1024 * 1024)

int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size)
{
    static int (*real)(pthread_attr_t *, size_t);
    // dlsym rend un pointeur de données ; POSIX garantit qu'il se convertit en pointeur de fonction.
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_attr_setstacksize");
    return real(attributes, size + EXTRA);
}
