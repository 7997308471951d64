// Le socket et l'entrée vus comme des fichiers : getline pour ce qui est tapé, getc et fwrite.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST 65536

// Un caractère ; un appel interrompu est refait.
static int take(FILE *stream)
{
    for (;;) {
        errno = 0;
        int byte = getc(stream);
        if (byte != EOF || !ferror(stream) || errno != EINTR)
            return byte;
        clearerr(stream);
    }
}

// Rend la longueur, -1 à la fin, -2 si la ligne est trop longue ou perdue.
static long read_text(FILE *stream, char *line, long limit)
{
    long length = 0;
    int byte;
    while ((byte = take(stream)) != EOF && byte != '\n') {
        if (length == limit)
            return -2;
        line[length++] = (char)byte;
    }
    if (byte == EOF && ferror(stream))
        return -2;
    return byte == EOF && length == 0 ? -1 : length;
}

// De même pour ce qui est tapé. Interrompue, getline rend ce qu'elle a déjà : la suite s'y ajoute.
static long read_typed(char *line, long limit)
{
    static char *piece = NULL;
    static size_t room = 0;
    long length = 0;
    for (;;) {
        errno = 0;
        ssize_t count = getline(&piece, &room, stdin);
        bool interrupted = ferror(stdin) && errno == EINTR;
        bool complete = count > 0 && piece[count - 1] == '\n';
        long added = count > 0 ? (long)count - complete : 0;
        if (added > limit - length)
            return -2;
        if (added > 0)
            memcpy(line + length, piece, (size_t)added);
        length += added;
        if (complete)
            return length;
        if (!interrupted && ferror(stdin))
            return -2;
        if (!interrupted)
            return length == 0 ? -1 : length;
        clearerr(stdin);
    }
}

static bool say(FILE *out, const char *line, size_t length)
{
    size_t sent = 0;
    while (sent < length) {
        errno = 0;
        sent += fwrite(line + sent, 1, length - sent, out);
        if (ferror(out) && errno != EINTR)
            return false;
        clearerr(out);
    }
    return true;
}

static bool deliver(FILE *out)
{
    while (fflush(out) != 0) {
        if (errno != EINTR)
            return false;
        clearerr(out);
    }
    return true;
}

static int converse(FILE *in, FILE *out)
{
    static char line[LONGEST + 64];
    for (;;) {
        long length = read_text(in, line, LONGEST + 17);
        if (length < 0) {
            report_error("client", "réponse", NULL, NULL,
                         length == -1 ? "le serveur est parti" : "perdue, ou trop longue");
            return EXIT_SYSTEM;
        }
        print_escaped(stdout, line, (size_t)length);
        printf("\nSay something: ");
        fflush(stdout);
        length = read_typed(line, LONGEST);
        if (length == -1)
            return EXIT_SUCCESS;
        line[length < 0 ? 0 : length] = '\n';
        if (length < 0 || !say(out, line, (size_t)length + 1) || !deliver(out)) {
            report_error("client", "envoi", NULL, NULL,
                         length < 0 ? "ligne trop longue" : strerror(errno));
            return EXIT_SYSTEM;
        }
    }
}

static int join(const struct addrinfo *place)
{
    int fd = socket(place->ai_family, place->ai_socktype, place->ai_protocol);
    if (fd < 0)
        return -1;
    int error = connect(fd, place->ai_addr, place->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINTR) {
        socklen_t size = sizeof error;
        struct pollfd watched = {.fd = fd, .events = POLLOUT};
        while (poll(&watched, 1, -1) < 0)
            continue;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0)
        return fd;
    close(fd);
    errno = error;
    return -1;
}

int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "1233"};
    if (!parse_endpoint("client", argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN);
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint.host, endpoint.port, &hints, &places);
    int fd = -1;
    for (struct addrinfo *place = places; place != NULL && fd < 0; place = place->ai_next)
        fd = join(place);
    if (fd < 0) {
        report_error("client", "connexion à", endpoint.host, endpoint.port,
                     code != 0 ? gai_strerror(code) : strerror(errno));
        return EXIT_SYSTEM;
    }
    freeaddrinfo(places);
    FILE *in = fdopen(fd, "r");
    FILE *out = fdopen(dup(fd), "w");
    if (in == NULL || out == NULL)
        return EXIT_SYSTEM;
    int status = converse(in, out);
    fclose(out);
    fclose(in);
    return status;
}
