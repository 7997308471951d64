/**
 * @file framing_driver.c
 * @brief Programme lié au framing.c de l'étudiant : il dit ce que ses fonctions rendent.
 *
 * Le juge est à l'autre bout de la connexion, dans un autre processus : il envoie des octets,
 * et compare ce qui est annoncé ici.
 *
 *     framing_driver read HOST PORT TAILLE   lit des lignes jusqu'à la fin ou à une erreur
 *     framing_driver read - - TAILLE         de même, sur l'entrée standard
 *     framing_driver pair HOST PORT TAILLE   de même, sur deux connexions, une ligne de l'une, puis une de l'autre
 *     framing_driver send HOST PORT LONGUEUR envoie LONGUEUR octets
 *     framing_driver late HOST PORT LONGUEUR de même, une fois que le juge a coupé la connexion
 */
#include "display.h"
#include "framing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GUARD 64
#define GUARD_BYTE 0x5A

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, found->ai_socktype, 0);
    int result = fd < 0 ? -1 : connect(fd, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return result < 0 ? -1 : fd;
}

static int guard_is_intact(const char *storage, size_t size)
{
    for (size_t i = 0; i < GUARD; i++) {
        if ((unsigned char)storage[size + i] != GUARD_BYTE)
            return 0;
    }
    return 1;
}

static void announce_line(const char *line, size_t length)
{
    printf("ligne de %zu octet%s : ", length, length > 1 ? "s" : "");
    print_escaped(stdout, line, length < 40 ? length : 40);
    printf(length < 40 ? "\n" : "…\n");
}

static void announce_end(int result, int error)
{
    if (result == 0)
        puts("fin de flux");
    else if (result == -1)
        printf("erreur : %s\n", strerrorname_np(error) != NULL ? strerrorname_np(error) : "?");
    else
        printf("read_line rend %d, valeur que framing.h ne prévoit pas\n", result);
}

// Le tampon est suivi de sentinelles : écrire au-delà de la taille annoncée se voit.
static int read_lines(int fd, size_t size)
{
    char *storage = malloc(size + GUARD);
    if (storage == NULL)
        return 1;
    memset(storage, 0, size);
    memset(storage + size, GUARD_BYTE, GUARD);

    struct line_reader reader;
    const char *line = NULL;
    size_t length = 0;
    int result;
    line_reader_init(&reader, fd, storage, size);
    while ((result = read_line(&reader, &line, &length)) == 1)
        announce_line(line, length);
    int error = errno;
    if (!guard_is_intact(storage, size))
        puts("read_line a écrit au-delà du tampon");
    announce_end(result, error);
    free(storage);
    return 0;
}

static int read_pair(int first, int second, size_t size)
{
    struct line_reader readers[2];
    char *storage = calloc(2, size);
    if (storage == NULL)
        return 1;
    line_reader_init(&readers[0], first, storage, size);
    line_reader_init(&readers[1], second, storage + size, size);
    const char *line = NULL;
    size_t length = 0;
    int result = 1;
    for (size_t turn = 0; result == 1; turn++) {
        result = read_line(&readers[turn % 2], &line, &length);
        if (result == 1)
            announce_line(line, length);
    }
    announce_end(result, errno);
    free(storage);
    return 0;
}

// Lire jusqu'à l'erreur la consomme : l'envoi qui suit trouve une connexion morte, donc EPIPE, et
// SIGPIPE pour qui ne s'en est pas gardé.
static void wait_for_reset(int fd)
{
    char byte = '!';
    // Le juge ne coupe qu'après cet octet : plus tôt, sur une machine chargée, c'est connect qui échouerait.
    ssize_t count = write(fd, &byte, 1);
    while (count > 0 || (count < 0 && errno == EINTR))
        count = read(fd, &byte, 1);
}

// « a000000 b000001 c000002 … » : des octets répétés ou perdus se voient, et se comptent. Chiffre à chiffre : un million
// d'appels à snprintf coûtaient autant que tout le reste de l'étape.
static void write_numbers(char *bytes, size_t length)
{
    for (size_t at = 0; at < length; at += 8) {
        char number[8];
        size_t left = at / 8;
        number[0] = (char)('a' + left % 26);
        for (int place = 6; place > 0; place--, left /= 10)
            number[place] = (char)('0' + left % 10);
        number[7] = ' ';
        memcpy(bytes + at, number, length - at < sizeof number ? length - at : sizeof number);
    }
}

static int send_pattern(int fd, size_t length)
{
    char *bytes = malloc(length + 1);
    if (bytes == NULL)
        return 1;
    write_numbers(bytes, length);
    int result = send_all(fd, bytes, length);
    int error = errno;
    free(bytes);
    if (result == 0)
        puts("tout est envoyé");
    else
        announce_end(result == -1 ? -1 : 2, error);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    setlinebuf(stdout);
    int fd = strcmp(argv[2], "-") == 0 ? STDIN_FILENO : connect_to(argv[2], argv[3]);
    if (fd < 0) {
        perror("framing_driver: connect");
        return 3;
    }
    size_t number = strtoul(argv[4], NULL, 10);
    if (strcmp(argv[1], "late") == 0)
        wait_for_reset(fd);
    int status;
    if (strcmp(argv[1], "pair") == 0)
        status = read_pair(fd, connect_to(argv[2], argv[3]), number);
    else
        status = strcmp(argv[1], "read") == 0 ? read_lines(fd, number) : send_pattern(fd, number);
    close(fd);
    return status;
}
