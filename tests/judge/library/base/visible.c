#include "visible.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_LIMIT 120
#define SHORT_EDGE 50
#define CONTEXT_BEFORE 24
#define CONTEXT_AFTER 48

// Longueur du caractère UTF-8 bien formé et imprimable qui commence ici, 0 sinon.
static size_t character_length(const unsigned char *bytes, size_t available)
{
    unsigned char first = bytes[0];
    if (first < 0x80)
        return first >= 0x20 && first != 0x7F ? 1 : 0;
    size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                    : first >= 0xE0 && first <= 0xEF ? 3
                    : first >= 0xF0 && first <= 0xF4 ? 4
                                                     : 0;
    if (length == 0 || available < length)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    }
    bool refused = (first == 0xC2 && bytes[1] < 0xA0) || (first == 0xE0 && bytes[1] < 0xA0) ||
                   (first == 0xED && bytes[1] > 0x9F) || (first == 0xF0 && bytes[1] < 0x90) ||
                   (first == 0xF4 && bytes[1] > 0x8F);
    return refused ? 0 : length;
}

static const char *short_name(unsigned char byte)
{
    switch (byte) {
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '\0':
        return "\\0";
    case '\\':
        return "\\\\";
    default:
        return NULL;
    }
}

// Écrit un caractère ou un octet échappé ; rend le nombre d'octets pris, ajoute sa largeur.
static size_t write_one(FILE *out, const unsigned char *bytes, size_t available, int *width)
{
    const char *name = short_name(bytes[0]);
    size_t length = character_length(bytes, available);
    if (name != NULL)
        *width += fprintf(out, "%s", name);
    else if (length > 0) {
        fwrite(bytes, 1, length, out);
        *width += 1;
    } else
        *width += fprintf(out, "\\x%02X", (unsigned)bytes[0]);
    return name == NULL && length > 0 ? length : 1;
}

static int write_visible(FILE *out, const char *bytes, size_t length)
{
    int width = 0;
    for (size_t i = 0; i < length;)
        i += write_one(out, (const unsigned char *)bytes + i, length - i, &width);
    return width;
}

static FILE *open_text(char **text, size_t *size)
{
    FILE *out = open_memstream(text, size);
    if (out == NULL)
        abort();
    return out;
}

char *visible_all(const char *bytes, size_t length)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_text(&text, &size);
    write_visible(out, bytes, length);
    fclose(out);
    return text;
}

char *visible_short(const char *bytes, size_t length)
{
    if (length <= SHORT_LIMIT)
        return visible_all(bytes, length);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_text(&text, &size);
    write_visible(out, bytes, SHORT_EDGE);
    fprintf(out, " … (%zu octets) … ", length - 2 * (size_t)SHORT_EDGE);
    write_visible(out, bytes + length - SHORT_EDGE, SHORT_EDGE);
    fclose(out);
    return text;
}

static size_t first_difference(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t i = 0;
    while (i < a_length && i < b_length && a[i] == b[i])
        i++;
    return i;
}

// La fenêtre [start, …) d'une suite, avec « … » là où elle est coupée.
static char *window(const char *bytes, size_t length, size_t start, size_t difference, int *caret)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_text(&text, &size);
    int width = start > 0 ? 1 : 0;
    if (start > 0)
        fputs("…", out);
    size_t before = difference < length ? difference : length;
    width += write_visible(out, bytes + start, before - start);
    size_t end = length - before > CONTEXT_AFTER ? before + CONTEXT_AFTER : length;
    write_visible(out, bytes + before, end - before);
    if (end < length)
        fprintf(out, "… (%zu octets de plus)", length - end);
    fclose(out);
    *caret = width;
    return text;
}

struct visible_difference visible_compare(const char *expected, size_t expected_length,
                                          const char *received, size_t received_length)
{
    size_t at = first_difference(expected, expected_length, received, received_length);
    size_t start = at > 2 * CONTEXT_BEFORE ? at - CONTEXT_BEFORE : 0;
    struct visible_difference difference;
    int ignored = 0;
    difference.expected = window(expected, expected_length, start, at, &ignored);
    difference.received = window(received, received_length, start, at, &difference.caret);
    return difference;
}
