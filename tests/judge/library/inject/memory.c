// La mémoire dont realloc change la taille : elle est toujours déplacée (`move`).
#include "inject.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static bool moves;

__attribute__((constructor)) static void read_settings(void)
{
    moves = inject_setting("move=") > 0;
}

void *realloc(void *bytes, size_t size)
{
    REAL(realloc);
    if (!moves || bytes == NULL || size == 0)
        return real(bytes, size);
    size_t kept = malloc_usable_size(bytes);
    void *moved = malloc(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, bytes, kept < size ? kept : size);
    free(bytes);
    return moved;
}
