/**
 * @file print_escaped_fuzz.c
 * @brief print_escaped() contre un modèle écrit autrement : décoder, puis recoder.
 *
 * Ce qui sort est de l'UTF-8 sans un seul octet de contrôle, et chaque octet entré y est : tel quel
 * ou en quatre signes.
 */
#include "display.h"
#include "fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Le code d'un caractère de cette longueur, sans rien vérifier.
static uint32_t decode(const uint8_t *bytes, size_t length)
{
    uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (bytes[i] & 0x3Fu);
    return code;
}

// Les octets d'un caractère ; leur nombre.
static size_t encode(uint32_t code, uint8_t *bytes)
{
    if (code < 0x80) {
        bytes[0] = (uint8_t)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        bytes[i] = (uint8_t)(0x80 | (code & 0x3F));
    bytes[0] = (uint8_t)(0xF00u >> length | code);
    return length;
}

static bool is_shown(uint32_t code)
{
    bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return !control && !surrogate && code <= 0x10FFFF;
}

// Longueur du caractère montré tel quel au début de l'entrée ; 0 s'il n'y en a pas.
static size_t shown_length(struct input input)
{
    for (size_t length = 1; length <= 4 && length <= input.length; length++) {
        uint32_t code = decode(input.bytes, length);
        uint8_t again[4];
        // Recoder rend les mêmes octets, ou ce n'était pas la seule bonne façon de l'écrire.
        if (is_shown(code) && encode(code, again) == length &&
            memcmp(again, input.bytes, length) == 0)
            return length;
    }
    return 0;
}

static void check_output(struct input input, struct input output)
{
    while (input.length > 0) {
        size_t shown = shown_length(input);
        char escaped[8];
        snprintf(escaped, sizeof escaped, "\\x%02X", input.bytes[0]);
        struct input taken = next_piece(&input, shown > 0 ? shown : 1);
        struct input got = next_piece(&output, shown > 0 ? shown : 4);
        REQUIRE(got.length == (shown > 0 ? shown : 4));
        REQUIRE(memcmp(got.bytes, shown > 0 ? (const char *)taken.bytes : escaped, got.length) ==
                0);
        REQUIRE(shown_length(got) > 0);
    }
    REQUIRE(output.length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    REQUIRE(stream != NULL);
    print_escaped(stream, (const char *)bytes, length);
    fclose(stream);
    check_output((struct input){bytes, length}, (struct input){(const uint8_t *)text, size});
    free(text);
    return 0;
}
