#include "display.h"

#include <netdb.h>
#include <stdbool.h>
#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

// Longueur du caractère imprimable qui commence ici, ou 0 si cet octet doit être échappé.
// Les bornes du deuxième octet écartent les formes trop longues, les demi-codets UTF-16
// (U+D800 à U+DFFF) et ce qui dépasse U+10FFFF : RFC 3629, section 4.
static size_t printable_length(const unsigned char *bytes, size_t available)
{
    unsigned char first = bytes[0];
    if (first >= 0x20 && first <= 0x7E)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;

    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (available < length)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (!is_continuation(bytes[i]))
            return 0;
    }

    unsigned char second = bytes[1];
    bool too_long = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    bool surrogate = first == 0xED && second > 0x9F;
    bool too_large = first == 0xF4 && second > 0x8F;
    bool control = first == 0xC2 && second < 0xA0;
    return too_long || surrogate || too_large || control ? 0 : length;
}

// Combien d'octets à montrer tels quels se suivent à partir d'ici.
static size_t printable_run(const unsigned char *bytes, size_t available)
{
    size_t run = 0;
    size_t next;
    while (run < available && (next = printable_length(bytes + run, available - run)) > 0)
        run += next;
    return run;
}

void print_escaped(FILE *stream, const char *bytes, size_t length)
{
    const unsigned char *rest = (const unsigned char *)bytes;
    while (length > 0) {
        size_t run = printable_run(rest, length);
        // Tous d'un coup : un appel par caractère prendrait plus de temps que l'échange lui-même.
        if (run > 0)
            fwrite(rest, 1, run, stream);
        else
            fprintf(stream, "\\x%02X", rest[0]);
        size_t taken = run > 0 ? run : 1;
        rest += taken;
        length -= taken;
    }
}

void print_endpoint(FILE *stream, const char *host, const char *port)
{
    // Seule une adresse IPv6 contient un deux-points : sans crochets, on ne saurait où elle finit.
    bool brackets = strchr(host, ':') != NULL;
    if (brackets)
        fputc('[', stream);
    print_escaped(stream, host, strlen(host));
    fputs(brackets ? "]:" : ":", stream);
    print_escaped(stream, port, strlen(port));
}

void format_address(const struct sockaddr *address, socklen_t length, char *text, size_t size)
{
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    int code = getnameinfo(address, length, host, sizeof host, port, sizeof port,
                           NI_NUMERICHOST | NI_NUMERICSERV);
    if (code != 0) {
        snprintf(text, size, "?");
        return;
    }
    const char *format = address->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s";
    snprintf(text, size, format, host, port);
}
