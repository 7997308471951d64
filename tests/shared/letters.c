#include "letters.h"

#include "verdict.h"

#include <stdlib.h>
#include <string.h>

static char *letters_then(size_t length, const char *end)
{
    char *bytes = malloc(length + strlen(end) + 1);
    if (bytes == NULL)
        verdict_broken("mémoire insuffisante");
    memset(bytes, 'a', length);
    memcpy(bytes + length, end, strlen(end) + 1);
    return bytes;
}

char *letters(size_t length)
{
    return letters_then(length, "");
}

char *long_line(size_t length)
{
    return letters_then(length, "\n");
}
