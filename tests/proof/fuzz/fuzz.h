/**
 * @file fuzz.h
 * @brief Ce que partagent les cibles de libFuzzer.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** Arrête tout si une propriété est fausse : libFuzzer garde l'entrée, l'assainisseur la pile. */
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            __builtin_trap();                                                                      \
    } while (0)

/** Une entrée, lue du premier octet au dernier. */
struct input {
    const uint8_t *bytes;
    size_t length;
};

/** Le prochain octet, ou @p otherwise s'il n'y en a plus. */
static inline uint8_t next_byte(struct input *input, uint8_t otherwise)
{
    if (input->length == 0)
        return otherwise;
    input->length--;
    return *input->bytes++;
}

/** Les premiers octets qui restent, au plus @p length, ôtés de l'entrée. */
static inline struct input next_piece(struct input *input, size_t length)
{
    struct input piece = {input->bytes, length < input->length ? length : input->length};
    input->bytes += piece.length;
    input->length -= piece.length;
    return piece;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#endif
