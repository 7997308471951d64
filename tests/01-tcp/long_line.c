#include "long_line.h"

#include "verdict.h"

#include <stdlib.h>
#include <string.h>

char *long_line(size_t length)
{
    char *bytes = malloc(length + 2);
    if (bytes == NULL)
        verdict_broken("mémoire insuffisante");
    memset(bytes, 'a', length);
    bytes[length] = '\n';
    bytes[length + 1] = '\0';
    return bytes;
}
