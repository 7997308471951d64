#include "error_words.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// Au-delà du dernier errno de Linux.
#define ERRNO_END 134

static bool is_number(const char *word)
{
    return *word != '\0' && word[strspn(word, "0123456789")] == '\0';
}

static bool is_address(const char *word)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, word, address) == 1 || inet_pton(AF_INET6, word, address) == 1;
}

// Un nombre, une adresse, ne sont pas les chiffres d'un autre. Sans crochets, un port suit une adresse IPv6 après « : ».
static bool stands_alone(const char *said, const char *at, const char *word)
{
    const char *after = at + strlen(word);
    bool address = !is_number(word);
    if (at > said && (isdigit((unsigned char)at[-1]) ||
                      (address && (at[-1] == '.' || isxdigit((unsigned char)at[-1])))))
        return false;
    if (isdigit((unsigned char)*after) || (address && isxdigit((unsigned char)*after)))
        return false;
    return !(*after == '.' && isdigit((unsigned char)after[1]));
}

static bool says_alone(const char *said, const char *word)
{
    for (const char *at = said; (at = strcasestr(at, word)) != NULL; at++) {
        if (stands_alone(said, at, word))
            return true;
    }
    return false;
}

// Une ligne pour la dernière adresse essayée : les précédentes n'expliquent rien.
static bool says_last_address(const char *said, const char *name)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char last[NI_MAXHOST] = "";
    if (strchr(name, ' ') != NULL || getaddrinfo(name, NULL, &hints, &found) != 0)
        return false;
    for (const struct addrinfo *at = found; at != NULL; at = at->ai_next)
        getnameinfo(at->ai_addr, at->ai_addrlen, last, sizeof last, NULL, 0, NI_NUMERICHOST);
    freeaddrinfo(found);
    return last[0] != '\0' && says_alone(said, last);
}

/** Une adresse et un port, ou l'un des deux. */
struct place {
    char host[80];
    char port[8];
};

// « 127.0.0.1:40112 », « [::1]:40112 », « [::1] », « 127.0.0.1 ». Rend `false` si ce n'est pas une adresse.
static bool read_place(const char *word, struct place *place)
{
    bool bracketed = *word == '[';
    const char *start = word + bracketed;
    size_t length = strcspn(start, bracketed ? "]" : " ");
    const char *colon = bracketed ? start + length + 1 : strrchr(start, ':');
    *place = (struct place){0};
    if (length >= sizeof place->host)
        return false;
    snprintf(place->host, sizeof place->host, "%.*s", (int)length, start);
    if (!bracketed && colon != NULL && strchr(start, ':') == colon)
        place->host[colon - start] = '\0';
    if (!is_address(place->host))
        return false;
    if (strlen(start) > strlen(place->host) && colon != NULL && *colon == ':')
        snprintf(place->port, sizeof place->port, "%s", colon + 1);
    return true;
}

bool error_says(const char *said, const char *word)
{
    struct place place;
    if (is_number(word))
        return says_alone(said, word);
    if (read_place(word, &place))
        return says_alone(said, place.host) &&
               (place.port[0] == '\0' || says_alone(said, place.port));
    return strcasestr(said, word) != NULL || says_last_address(said, word);
}

static bool is_among(int error, const int *errors)
{
    for (; *errors >= 0; errors++) {
        if (*errors == error)
            return true;
    }
    return false;
}

int error_number(const char *reason)
{
    for (int error = 1; error < ERRNO_END; error++) {
        if (strcmp(strerror(error), reason) == 0)
            return error;
    }
    return -1;
}

const char *error_other_reason(const char *said, const int *errors)
{
    for (const int *error = errors; *error >= 0; error++) {
        if (strcasestr(said, strerror(*error)) != NULL)
            return NULL;
    }
    for (int error = 0; error < ERRNO_END; error++) {
        const char *text = strerror(error);
        // « Unknown error 41 » n'est le texte de personne.
        if (!is_among(error, errors) && strncmp(text, "Unknown", 7) != 0 &&
            strstr(said, text) != NULL)
            return text;
    }
    return NULL;
}

static const char *port_mistake(const char *said, const char *port)
{
    char swapped[16];
    unsigned number = (unsigned)strtoul(port, NULL, 10);
    snprintf(swapped, sizeof swapped, "%u", (number & 0xFF) << 8 | number >> 8);
    if (says_alone(said, swapped))
        return "Les deux octets du port sont échangés : l'ordre du réseau n'est pas celui de la "
               "machine (man 3 byteorder).";
    if (strstr(said, port) != NULL)
        return "Les chiffres de ce port ne sont là qu'au milieu d'un autre nombre : qui lit le "
               "message n'y trouve pas le port.";
    return NULL;
}

const char *error_place_mistake(const char *said, const char *word)
{
    struct place place;
    if (is_number(word))
        return port_mistake(said, word);
    if (!read_place(word, &place) || place.port[0] == '\0' || !says_alone(said, place.host))
        return NULL;
    const char *mistake = port_mistake(said, place.port);
    return mistake != NULL
               ? mistake
               : "Le port du message est celui d'un autre : l'adresse d'un client est celle que "
                 "rend l'accept qui l'a donné, et n'est plus bonne pour le suivant.";
}
