#include "json.h"

#include <string.h>

static void write_character(FILE *out, unsigned char byte)
{
    if (byte == '"' || byte == '\\')
        fprintf(out, "\\%c", byte);
    else if (byte < 0x20 || byte == 0x7F)
        fprintf(out, "\\u%04x", (unsigned)byte);
    else
        fputc(byte, out);
}

static void write_quoted(FILE *out, const char *text, size_t length)
{
    fputc('"', out);
    for (size_t i = 0; i < length; i++)
        write_character(out, (unsigned char)text[i]);
    fputc('"', out);
}

void json_string(FILE *out, const char *text)
{
    if (text == NULL)
        fputs("null", out);
    else
        write_quoted(out, text, strlen(text));
}

void json_words(FILE *out, const char *words)
{
    fputc('[', out);
    const char *separator = "";
    for (const char *word = words != NULL ? words : ""; *word != '\0';) {
        size_t length = strcspn(word, " ");
        if (length > 0) {
            fputs(separator, out);
            write_quoted(out, word, length);
            separator = ",";
        }
        word += length + strspn(word + length, " ");
    }
    fputc(']', out);
}
