/**
 * @file brief_fill.c
 * @brief D'un grand tableau sans valeur, ne remplir que les bords.
 *
 * Le compilateur donne une valeur remarquable à chaque variable locale qui n'en a pas
 * (`-ftrivial-auto-var-init=pattern`) ; à un grand tableau, par memset. La place d'une ligne, 65 536
 * octets, y prendrait seize pages que le programme n'aurait pas touchées, pour chacun de ses clients :
 * le huitième du temps de calcul d'un jugement. Qui lit un tel tableau sans y avoir écrit le fait à
 * son début, ou juste après ce qu'il vient d'y mettre.
 */
#include <stddef.h>

#define GCC_PATTERN 0xFE
#define CLANG_PATTERN 0xAA
#define LARGE 32768
#define EDGE 4096

void *__real_memset(void *place, int byte, size_t size);
void *__wrap_memset(void *place, int byte, size_t size);

// L'éditeur de liens la met à la place de memset (`--wrap`) dans les objets du programme, non dans la bibliothèque C.
void *__wrap_memset(void *place, int byte, size_t size)
{
    unsigned char value = (unsigned char)byte;
    if (size < LARGE || (value != GCC_PATTERN && value != CLANG_PATTERN))
        return __real_memset(place, byte, size);
    __real_memset(place, byte, EDGE);
    __real_memset((char *)place + size - EDGE, byte, EDGE);
    return place;
}
