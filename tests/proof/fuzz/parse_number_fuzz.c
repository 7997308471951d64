/**
 * @file parse_number_fuzz.c
 * @brief parse_number() et is_port() contre une lecture chiffre à chiffre.
 *
 * L'entrée : deux octets d'où viennent les bornes, puis le texte.
 */
#include "cmdline.h"
#include "fuzz.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool model(const char *text, unsigned long minimum, unsigned long maximum,
                  unsigned long *value)
{
    unsigned long number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        unsigned digit = (unsigned)((unsigned char)*text - '0');
        if (digit > 9 || number > ULONG_MAX / 10 || number * 10 > ULONG_MAX - digit)
            return false;
        number = number * 10 + digit;
    }
    if (number < minimum || number > maximum)
        return false;
    *value = number;
    return true;
}

// Une borne : petite, ou voisine de la plus grande valeur.
static unsigned long bound(uint8_t byte)
{
    return byte < 128 ? byte : ULONG_MAX - (255u - byte);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct input input = {bytes, length};
    unsigned long minimum = bound(next_byte(&input, 0));
    unsigned long maximum = bound(next_byte(&input, 255));
    // Alloué à la taille exacte : ASan verra une lecture au-delà de l'octet nul.
    char *text = calloc(input.length + 1, 1);
    REQUIRE(text != NULL);
    if (input.length > 0)
        memcpy(text, input.bytes, input.length);

    unsigned long expected = 12345;
    unsigned long value = 12345;
    bool accepted = model(text, minimum, maximum, &expected);
    REQUIRE(parse_number(text, minimum, maximum, &value) == accepted);
    // Refusé, le texte ne change pas la valeur.
    REQUIRE(value == expected);
    REQUIRE(is_port(text) == model(text, 1, 65535, &expected));
    free(text);
    return 0;
}
