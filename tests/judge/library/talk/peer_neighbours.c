#include "peer_neighbours.h"

#include <stdlib.h>
#include <string.h>

// La fin de la réponse attendue qui est aussi la dernière ligne envoyée : ce que lui seul peut attendre.
static size_t own_words(const struct peer *waiting, const char *bytes, size_t length)
{
    size_t said = waiting->said_length;
    if (said < 2)
        return 0;
    const char *newline = memrchr(waiting->said, '\n', said - 1);
    size_t line = said - (newline != NULL ? (size_t)(newline - waiting->said) + 1 : 0);
    bool echoed = line > 1 && line <= length &&
                  memcmp(bytes + length - line, waiting->said + said - line, line) == 0;
    return echoed ? line : 0;
}

static bool holds(const char *where, size_t size, const char *what, size_t length)
{
    return where != NULL && memmem(where, size, what, length) != NULL;
}

const struct peer *peer_who_heard(const struct peer *waiting, const char *bytes, size_t length)
{
    size_t words = own_words(waiting, bytes, length);
    const char *echo = bytes + length - words;
    if (words == 0)
        return NULL;
    for (const struct peer *peer = peer_first(); peer != NULL; peer = peer->next) {
        if (peer != waiting && holds(peer->bytes, peer->length, bytes, length) &&
            !holds(peer->said, peer->said_length, echo, words))
            return peer;
    }
    return NULL;
}

const struct peer *peer_at_port(unsigned port)
{
    for (const struct peer *peer = peer_first(); peer != NULL; peer = peer->next) {
        const char *colon = strrchr(peer->address, ':');
        if (colon != NULL && strtoul(colon + 1, NULL, 10) == port)
            return peer;
    }
    return NULL;
}
