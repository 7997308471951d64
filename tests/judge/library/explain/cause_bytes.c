#include "cause_bytes.h"

#include "network.h"
#include "program_expect.h"
#include "visible.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAILING_NUL                                                                                \
    "Un octet nul suit le message : la longueur envoyée compte le \\0 final de la chaîne C, qui " \
    "n'a rien à faire sur le réseau."

static bool same_letters(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        while (i < a_length && isspace((unsigned char)a[i]))
            i++;
        while (j < b_length && isspace((unsigned char)b[j]))
            j++;
        if (i == a_length || j == b_length)
            return i == a_length && j == b_length;
        if (tolower((unsigned char)a[i++]) != tolower((unsigned char)b[j++]))
            return false;
    }
}

/** Deux ports, l'un attendu, l'autre montré à sa place. */
struct ports {
    unsigned wanted;
    unsigned shown;
};

static unsigned number_at(const char *bytes, size_t length, size_t at)
{
    unsigned number = 0;
    for (; at < length && isdigit((unsigned char)bytes[at]); at++)
        number = number * 10 + (unsigned)(bytes[at] - '0');
    return number;
}

// Les textes se séparent dans un nombre qui suit un deux-points : ce sont deux ports.
static bool ports_differ(const struct symptoms *symptoms, struct ports *ports)
{
    size_t at = 0;
    while (at < symptoms->expected_length && at < symptoms->received_length &&
           symptoms->expected[at] == symptoms->received[at])
        at++;
    while (at > 0 && isdigit((unsigned char)symptoms->expected[at - 1]))
        at--;
    if (at == 0 || symptoms->expected[at - 1] != ':')
        return false;
    ports->wanted = number_at(symptoms->expected, symptoms->expected_length, at);
    ports->shown = number_at(symptoms->received, symptoms->received_length, at);
    return ports->wanted != 0 && ports->shown != 0 && ports->wanted != ports->shown;
}

unsigned cause_port_shown_instead(const struct symptoms *symptoms)
{
    struct ports ports;
    bool differ = symptoms->expected != NULL && ports_differ(symptoms, &ports);
    return differ ? ports.shown : 0;
}

// Là où un port était attendu, un nombre négatif est venu.
static bool port_is_negative(const struct symptoms *symptoms)
{
    size_t at = 0;
    while (at < symptoms->expected_length && at < symptoms->received_length &&
           symptoms->expected[at] == symptoms->received[at])
        at++;
    return at > 0 && at + 1 < symptoms->received_length && at < symptoms->expected_length &&
           symptoms->expected[at - 1] == ':' && symptoms->received[at] == '-' &&
           isdigit((unsigned char)symptoms->expected[at]) &&
           isdigit((unsigned char)symptoms->received[at + 1]);
}

static bool port_is_swapped(const struct symptoms *symptoms)
{
    struct ports ports;
    return ports_differ(symptoms, &ports) &&
           ports.wanted == (((ports.shown & 0xFF) << 8) | (ports.shown >> 8));
}

static const char *from_same_start(const struct symptoms *symptoms)
{
    const char *rest = symptoms->received + symptoms->expected_length;
    size_t length = symptoms->received_length - symptoms->expected_length;
    if (rest[0] == '\0' && (length == 1 || rest[1] != '\0'))
        return TRAILING_NUL;
    if (length == 1 && rest[0] == '\n')
        return "Tout y est, suivi d'une fin de ligne de trop.";
    if (length >= symptoms->expected_length &&
        memcmp(rest, symptoms->expected, symptoms->expected_length) == 0)
        return "Le message est là, mais deux fois.";
    return "Le début est juste, puis il y a des octets en trop : la longueur utilisée est-elle "
           "celle du message, ou celle du tampon ?";
}

static const char *from_missing_newline(const struct symptoms *symptoms)
{
    size_t length = symptoms->expected_length;
    if (length == 0 || symptoms->expected[length - 1] != '\n' ||
        symptoms->received_length != length - 1 ||
        memcmp(symptoms->expected, symptoms->received, length - 1) != 0)
        return NULL;
    return "Le texte est juste, mais il manque la fin de ligne \\n : sans elle, qui lit ne sait "
           "pas que la ligne est finie.";
}

// Là où `\xHH` était attendu en toutes lettres, l'octet lui-même est venu.
static bool control_byte_is_raw(const struct symptoms *symptoms)
{
    size_t at = 0;
    while (at < symptoms->received_length && at + 4 <= symptoms->expected_length &&
           symptoms->expected[at] == symptoms->received[at])
        at++;
    if (at >= symptoms->received_length || at + 4 > symptoms->expected_length ||
        symptoms->expected[at] != '\\' || symptoms->expected[at + 1] != 'x')
        return false;
    const char digits[] = {symptoms->expected[at + 2], symptoms->expected[at + 3], '\0'};
    return strtoul(digits, NULL, 16) == (unsigned char)symptoms->received[at];
}

// Le port montré est celui où le serveur écoute : il s'est montré lui-même.
static bool shows_own_port(const struct symptoms *symptoms)
{
    struct ports ports;
    return symptoms->on_stdout && ports_differ(symptoms, &ports) &&
           ports.shown == strtoul(test_port(), NULL, 10);
}

// format_address() écrit « ? » quand on ne lui a pas donné une adresse.
static bool address_is_unknown(const struct symptoms *symptoms)
{
    size_t at = 0;
    while (at < symptoms->expected_length && at < symptoms->received_length &&
           symptoms->expected[at] == symptoms->received[at])
        at++;
    return symptoms->on_stdout && at < symptoms->expected_length &&
           (isdigit((unsigned char)symptoms->expected[at]) || symptoms->expected[at] == '[') &&
           at + 2 == symptoms->received_length && memcmp(symptoms->received + at, "?\n", 2) == 0;
}

// La ligne d'avant, dans ce que le programme a affiché ; rien si celle-ci est la première.
static const char *line_before(const struct symptoms *symptoms)
{
    const struct output *out = &symptoms->program->out;
    if (!symptoms->on_stdout || out->bytes == NULL || symptoms->received <= out->bytes ||
        symptoms->received >= out->bytes + out->length)
        return NULL;
    size_t end = (size_t)(symptoms->received - out->bytes) - 1;
    const char *newline = memrchr(out->bytes, '\n', end);
    return newline != NULL ? newline + 1 : out->bytes;
}

// Le texte est juste, et suivi de ce que la ligne d'avant montrait à la même place.
static bool previous_message_remains(const struct symptoms *symptoms)
{
    size_t length = symptoms->expected_length;
    const char *before = line_before(symptoms);
    if (before == NULL || length < 2 || symptoms->received_length <= length ||
        memcmp(symptoms->expected, symptoms->received, length - 1) != 0 ||
        strcspn(before, "\n") + 1 != symptoms->received_length)
        return false;
    size_t extra = symptoms->received_length - length;
    return memcmp(before + length - 1, symptoms->received + length - 1, extra) == 0;
}

// Il ne manque que la suite, avec ou sans la fin de ligne que le programme ajoute lui-même.
static bool is_cut(const struct symptoms *symptoms)
{
    size_t length = symptoms->received_length;
    if (length < symptoms->expected_length &&
        memcmp(symptoms->expected, symptoms->received, length) == 0)
        return true;
    return length > 1 && length < symptoms->expected_length &&
           symptoms->received[length - 1] == '\n' &&
           memcmp(symptoms->expected, symptoms->received, length - 1) == 0;
}

// Où commence le texte de ce qui est attendu : après « received from ADDR:PORT: », ou « Server Says », la ligne d'avant.
static const char *start_of_text(const struct symptoms *symptoms)
{
    static const char from[] = "received from ";
    static const char says[] = "Server Says\n";
    const char *before = line_before(symptoms);
    if (before != NULL && strncmp(before, says, strlen(says)) == 0)
        return symptoms->expected;
    if (symptoms->expected_length < sizeof from ||
        strncmp(symptoms->expected, from, strlen(from)) != 0)
        return NULL;
    const char *space =
        memchr(symptoms->expected + strlen(from), ' ', symptoms->expected_length - strlen(from));
    return space != NULL && space[-1] == ':' ? space + 1 : NULL;
}

// Du texte, rien n'est venu, ou un seul octet : la longueur employée est 0 ou 1.
static const char *from_missing_text(const struct symptoms *symptoms)
{
    static char text[320];
    const char *start = symptoms->on_stdout ? start_of_text(symptoms) : NULL;
    if (start == NULL)
        return NULL;
    size_t before = (size_t)(start - symptoms->expected);
    size_t length = symptoms->received_length;
    bool none = length == before + 1;
    if (symptoms->expected_length < before + 4 || (!none && length != before + 2) ||
        symptoms->received[length - 1] != '\n' ||
        memcmp(symptoms->expected, symptoms->received, length - 1) != 0 ||
        (!none && symptoms->expected[before + 1] == '\\'))
        return NULL;
    snprintf(
        text, sizeof text,
        "La ligne est là, %s du texte : la longueur employée est %d. D'où vient-elle ? Sur une "
        "même ligne, une comparaison peut passer avant une affectation "
        "(a = b < c : man 7 operator).",
        none ? "sans un seul octet" : "avec un seul octet", none ? 0 : 1);
    return text;
}

/** Au plus tant d'octets ôtés, écrits en \\xHH : davantage serait une coupure. */
#define STRIPPED_LIMIT 2
#define ESCAPED_SIZE 4

// Il ne manque que les derniers octets du message, qui sont des fins de ligne : ils ont été ôtés, non perdus.
static const char *from_stripped_end(const struct symptoms *symptoms)
{
    static char text[256];
    const char *end = symptoms->expected + symptoms->expected_length - 1;
    size_t missing = symptoms->expected_length - symptoms->received_length;
    if (!is_cut(symptoms) || !symptoms->on_stdout || missing > STRIPPED_LIMIT * ESCAPED_SIZE ||
        missing % ESCAPED_SIZE != 0 || symptoms->expected_length < missing + 1)
        return NULL;
    const char *lost = end - missing;
    if (strncmp(lost, "\\x0D", ESCAPED_SIZE) != 0 && strncmp(lost, "\\x0A", ESCAPED_SIZE) != 0)
        return NULL;
    snprintf(
        text, sizeof text,
        "Il ne manque que %.*s, à la fin : le programme ôte d'un message reçu ses fins de ligne. "
        "Ce sont des octets comme les autres, à montrer aussi.",
        (int)missing, lost);
    return text;
}

// Une ligne entière d'un serveur, que le contrat ne connaît pas, et qui n'est pas la bonne mal écrite.
static bool is_foreign_line(const struct symptoms *symptoms)
{
    size_t length = symptoms->received_length;
    size_t same = 0;
    for (size_t i = 0; i < length && i < symptoms->expected_length; i++)
        same += symptoms->expected[i] == symptoms->received[i];
    if (2 * same >= symptoms->expected_length)
        return false;
    return symptoms->on_stdout && symptoms->program != NULL &&
           program_is_server(symptoms->program) && symptoms->received[length - 1] == '\n' &&
           memchr(symptoms->received, '\n', length) == symptoms->received + length - 1 &&
           !output_is_listed(symptoms->received, length - 1, false);
}

// Un bout de texte, sans fin de ligne, qui ne ressemble pas à ce qui est attendu : une invite de plus.
static bool is_extra_prompt(const struct symptoms *symptoms)
{
    size_t length = symptoms->received_length;
    return symptoms->on_stdout && symptoms->end == WAIT_DONE &&
           length + 1 < symptoms->expected_length &&
           memchr(symptoms->received, '\n', length) == NULL &&
           !isalnum((unsigned char)symptoms->received[0]) &&
           symptoms->received[0] != symptoms->expected[0];
}

// La ligne attendue est à la fin de celle qui est venue : une invite, une étiquette la précède.
static bool is_preceded(const struct symptoms *symptoms)
{
    size_t wanted = symptoms->expected_length;
    size_t have = symptoms->received_length;
    return symptoms->on_stdout && wanted > 1 && have > wanted &&
           memcmp(symptoms->received + have - wanted, symptoms->expected, wanted) == 0;
}

#define SHIFT_PROOF 24
#define LONGEST_PIECE 200

static bool has_period(const char *bytes, size_t length, size_t period)
{
    return length >= 2 * period + 2 && memcmp(bytes, bytes + period, length - period) == 0;
}

// Le même morceau, le premier, revient sans cesse : rend sa longueur, ou 0.
static size_t repeated_start(const struct symptoms *symptoms)
{
    size_t length = symptoms->received_length;
    if (symptoms->on_stdout || length < 8 || length > symptoms->expected_length)
        return 0;
    for (size_t period = 1; period <= LONGEST_PIECE && period < length; period++) {
        if (has_period(symptoms->received, length, period))
            return has_period(symptoms->expected, length, period) ? 0 : period;
    }
    return 0;
}

// À partir de la différence, ce qui est venu est à une autre place de ce qui était attendu.
static const char *from_shift(const struct symptoms *symptoms)
{
    static char text[256];
    size_t at = 0;
    while (at < symptoms->expected_length && at < symptoms->received_length &&
           symptoms->expected[at] == symptoms->received[at])
        at++;
    size_t piece = repeated_start(symptoms);
    if (piece > 0) {
        snprintf(text, sizeof text,
                 "Le même début, %zu octet%s, revient sans cesse : chaque envoi repart-il du "
                 "premier octet ?",
                 piece, piece > 1 ? "s" : "");
        return text;
    }
    if (symptoms->on_stdout || symptoms->received_length < at + SHIFT_PROOF)
        return NULL;
    const char *found =
        memmem(symptoms->expected, symptoms->expected_length, symptoms->received + at, SHIFT_PROOF);
    if (found == NULL)
        return NULL;
    size_t place = (size_t)(found - symptoms->expected);
    // Un texte qui se répète ne dit pas d'où viennent ces octets.
    if (memmem(found + 1, symptoms->expected_length - place - 1, found, SHIFT_PROOF) != NULL)
        return NULL;
    if (place < at)
        snprintf(text, sizeof text,
                 "Après %zu octets, l'envoi est revenu %zu octets en arrière : ceux-là sont partis "
                 "deux fois.",
                 at, at - place);
    else
        snprintf(text, sizeof text,
                 "Après %zu octets, il en manque %zu : ils ne sont jamais partis.", at, place - at);
    return text;
}

// La place que prend l'octet qui manque : un, ou quatre (\xHH) quand il est montré échappé.
static size_t width_of_byte(const struct symptoms *symptoms, size_t at)
{
    const char *shown = symptoms->expected + at;
    return symptoms->on_stdout && strncmp(shown, "\\x", 2) == 0 ? 4 : 1;
}

// Un octet manque, un seul, et tout le reste est là.
static const char *from_missing_byte(const struct symptoms *symptoms)
{
    static char text[320];
    const char *expected = symptoms->expected;
    const char *received = symptoms->received;
    size_t length = symptoms->received_length;
    size_t at = 0;
    while (at < length && at < symptoms->expected_length && expected[at] == received[at])
        at++;
    if (length < 2 || at >= length || expected[at] == ' ')
        return NULL;
    size_t width = width_of_byte(symptoms, at);
    if (length + width != symptoms->expected_length ||
        memcmp(expected + at + width, received + at, length - at) != 0)
        return NULL;
    // D'une suite du même octet, c'est la longueur qui manque, non l'un d'eux.
    if (at > 0 && expected[at] == expected[at - 1])
        return NULL;
    char *shown = width > 1 ? strndup(expected + at, width) : visible_short(expected + at, 1);
    bool is_return = strcmp(shown, "\\r") == 0 || strcmp(shown, "\\x0D") == 0;
    snprintf(text, sizeof text,
             is_return
                 ? "Il manque un seul octet, « %s » : une ligne finit à son \\n, et ce qui le "
                   "précède en fait partie, \\r comme le reste."
                 : "Il manque un seul octet, « %s » : tout le reste est là.",
             shown);
    free(shown);
    return text;
}

static const char *from_nothing_expected(const struct symptoms *symptoms)
{
    if (!symptoms->on_stdout && symptoms->received[0] == '\0')
        return TRAILING_NUL;
    if (symptoms->on_stdout)
        return "Le contrat énumère tout ce qui paraît sur stdout : ni ligne vide, ni message de "
               "plus.";
    return "À ce moment du dialogue, le contrat ne prévoit aucun envoi.";
}

static const char *from_leading_nul(const struct symptoms *symptoms)
{
    if (symptoms->received_length > 1 && symptoms->received[1] == '\0')
        return "Des octets nuls sont venus d'abord : le message précédent a été envoyé avec toute "
               "la "
               "place qui le contenait. Quelle longueur a été donnée à l'envoi ?";
    return "Un octet nul est venu d'abord : le message précédent a été envoyé avec le \\0 final de "
           "la "
           "chaîne C, qui n'a rien à faire sur le réseau.";
}

const char *cause_from_bytes(const struct symptoms *symptoms)
{
    if (symptoms->expected == NULL || symptoms->received_length == 0)
        return NULL;
    if (symptoms->expected_length == 0)
        return from_nothing_expected(symptoms);
    if (symptoms->received[0] == '\0' && symptoms->expected[0] != '\0')
        return from_leading_nul(symptoms);
    const char *newline = from_missing_newline(symptoms);
    if (newline != NULL)
        return newline;
    if (symptoms->received_length > symptoms->expected_length &&
        memcmp(symptoms->expected, symptoms->received, symptoms->expected_length) == 0)
        return from_same_start(symptoms);
    if (previous_message_remains(symptoms))
        return "Après le texte viennent des octets du message précédent, restés en mémoire : la "
               "longueur utilisée est-elle celle de ce message-ci ?";
    const char *missing = from_missing_text(symptoms);
    if (missing != NULL)
        return missing;
    const char *byte = from_missing_byte(symptoms);
    if (byte != NULL)
        return byte;
    const char *stripped = from_stripped_end(symptoms);
    if (stripped != NULL)
        return stripped;
    if (is_cut(symptoms))
        return "Seul le début est venu : la suite a été perdue, ou coupée à un octet nul ou à la "
               "taille d'un tampon.";
    if (same_letters(symptoms->expected, symptoms->expected_length, symptoms->received,
                     symptoms->received_length))
        return "Seuls les espaces, les fins de ligne ou les majuscules diffèrent : le contrat se "
               "lit à l'octet près.";
    if (symptoms->received[0] == '\n' && symptoms->expected[0] != '\n')
        return "Une fin de ligne est venue d'abord : ce qui a été écrit juste avant en a une de "
               "trop.";
    if (control_byte_is_raw(symptoms))
        return "Un octet est sorti tel quel, là où le contrat le veut écrit en toutes lettres : "
               "une "
               "barre oblique inverse, un x, deux chiffres hexadécimaux.";
    if (shows_own_port(symptoms))
        return "Ce port est celui où le serveur écoute : c'est sa propre adresse qu'il montre, pas "
               "celle de son correspondant.";
    if (address_is_unknown(symptoms))
        return "« ? » tient lieu d'une adresse que format_address n'a pas reconnue : celle du "
               "correspondant, et sa longueur, sont-elles celles que l'appel a remplies ? La "
               "longueur doit dire, avant lui, la place offerte (man 2 accept).";
    const char *shift = from_shift(symptoms);
    if (shift != NULL)
        return shift;
    if (is_preceded(symptoms))
        return "Le texte attendu est là, mais précédé d'autre chose : le contrat énumère tout ce "
               "qui "
               "paraît sur stdout, et n'y met rien devant.";
    if (is_extra_prompt(symptoms))
        return "Ce texte n'est pas de ceux que le contrat énumère pour stdout : une invite de plus "
               "y "
               "est un message de plus.";
    if (is_foreign_line(symptoms))
        return "Cette ligne n'est pas de celles que le contrat énumère pour stdout : rien d'autre "
               "n'y "
               "paraît, ni message de plus, ni ligne vide.";
    if (port_is_negative(symptoms))
        return "Un port n'est jamais négatif : il tient sur 16 bits, sans signe, de 0 à 65535. "
               "Dans "
               "quel type celui-ci a-t-il été rangé ?";
    if (port_is_swapped(symptoms))
        return "Les deux octets du port sont échangés : l'ordre du réseau n'est pas celui de la "
               "machine (man 3 byteorder).";
    return NULL;
}

bool cause_says_all(const struct symptoms *symptoms)
{
    return shows_own_port(symptoms) || port_is_swapped(symptoms) || port_is_negative(symptoms) ||
           symptoms->received[0] == '\0' || is_foreign_line(symptoms) ||
           is_extra_prompt(symptoms) || is_preceded(symptoms) ||
           from_missing_byte(symptoms) != NULL || from_shift(symptoms) != NULL;
}
