/**
 * @file read_line_fuzz.c
 * @brief read_line() contre un modèle qui a tout le flux sous les yeux.
 *
 * L'entrée : la taille de la mémoire, la longueur du scénario, le scénario, puis le flux. Chaque
 * octet du scénario décide d'une lecture : interrompue, en erreur, ou au plus tant d'octets.
 * framing.c est compilé avec -Dread=scripted_read.
 */
#include "framing.h"
#include "fuzz.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define INTERRUPTED 0
#define BROKEN 255

static struct {
    struct input script; /**< Le scénario, repris du début quand il finit. */
    size_t step;
    struct input stream;  /**< Ce qui n'est pas encore lu. */
    struct input waiting; /**< Ce qui est lu et n'est pas encore rendu en lignes. */
    unsigned in_a_row;    /**< Lectures de suite qui n'ont rien donné. */
} world;

ssize_t scripted_read(int fd, void *bytes, size_t length);

ssize_t scripted_read(int fd, void *bytes, size_t length)
{
    REQUIRE(fd == 42);
    // Lire quand une ligne entière est déjà là, ce serait attendre pour rien, peut-être toujours.
    REQUIRE(memchr(world.waiting.bytes, '\n', world.waiting.length) == NULL);
    // Lire dans zéro octet rendrait 0, comme une fin de flux.
    REQUIRE(length > 0);

    uint8_t decision = 1;
    if (world.script.length > 0)
        decision = world.script.bytes[world.step++ % world.script.length];
    if (world.in_a_row < 3 && (decision == INTERRUPTED || decision == BROKEN)) {
        world.in_a_row++;
        errno = decision == INTERRUPTED ? EINTR : EIO;
        return -1;
    }
    world.in_a_row = 0;
    // Zéro octet serait une fin de flux : elle ne vient qu'à la fin.
    size_t count = decision > 0 && decision < length ? decision : length;
    struct input piece = next_piece(&world.stream, count);
    memcpy(bytes, piece.bytes, piece.length);
    world.waiting.length += piece.length;
    return (ssize_t)piece.length;
}

// Ce que le prochain appel doit rendre, d'après tout ce qui reste du flux.
static int model(size_t size, struct input rest, struct input *line)
{
    const uint8_t *newline = memchr(rest.bytes, '\n', rest.length < size ? rest.length : size);
    *line =
        (struct input){rest.bytes, newline == NULL ? rest.length : (size_t)(newline - rest.bytes)};
    if (newline == NULL && rest.length >= size)
        return -1;
    return newline != NULL || rest.length > 0;
}

static int read_after_errors(struct line_reader *reader, struct input *line)
{
    for (;;) {
        const char *bytes = NULL;
        int status = read_line(reader, &bytes, &line->length);
        line->bytes = (const uint8_t *)bytes;
        REQUIRE(status >= -1 && status <= 1);
        if (status >= 0 || errno == EMSGSIZE)
            return status;
        // Une erreur n'a rien fait perdre : on reprend là où l'on en était.
        REQUIRE(errno == EIO);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct input input = {bytes, length};
    size_t size = (size_t)next_byte(&input, 0) + 1;
    world.script = next_piece(&input, next_byte(&input, 0) % 16);
    world.step = 0;
    world.in_a_row = 0;
    world.stream = input;
    world.waiting = (struct input){input.bytes, 0};

    // Alloué à la taille exacte : ASan verra le premier octet écrit ou lu trop loin.
    char *storage = malloc(size);
    REQUIRE(storage != NULL);
    struct line_reader reader;
    line_reader_init(&reader, 42, storage, size);
    int status;
    do {
        struct input expected = {NULL, 0};
        struct input line = {NULL, 0};
        int wanted = model(size, input, &expected);
        status = read_after_errors(&reader, &line);
        REQUIRE(status == wanted);
        if (status == 1) {
            REQUIRE(line.length == expected.length);
            REQUIRE(memcmp(line.bytes, expected.bytes, line.length) == 0);
            bool has_newline = line.length < input.length;
            next_piece(&input, line.length + has_newline);
            next_piece(&world.waiting, line.length + has_newline);
        }
    } while (status == 1);
    free(storage);
    return 0;
}
