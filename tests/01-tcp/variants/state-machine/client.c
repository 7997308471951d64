// Socket et entrée surveillés ensemble par poll ; l'entrée ne l'est pas tant qu'une réponse est attendue.
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Une suite d'octets dont on tire des lignes. */
struct stream {
    char bytes[LINE_STORAGE];
    size_t length;
    bool ended;
};

static struct stream input;
static struct stream replies;
static struct endpoint endpoint;

static int fail(const char *action, const char *reason)
{
    report_error("client", action, endpoint.host, endpoint.port, reason);
    return EXIT_SYSTEM;
}

// Lit une fois ; rend faux en cas d'erreur.
static bool fill(struct stream *stream, int fd)
{
    ssize_t count = read(fd, stream->bytes + stream->length, sizeof stream->bytes - stream->length);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    stream->length += (size_t)count;
    stream->ended = count == 0;
    return true;
}

// Longueur de la première ligne, ou -1 s'il n'y en a pas encore ; la dernière peut n'avoir pas de \n.
static long first_line(const struct stream *stream)
{
    const char *newline = memchr(stream->bytes, '\n', stream->length);
    if (newline != NULL)
        return newline - stream->bytes;
    return stream->ended && stream->length > 0 ? (long)stream->length : -1;
}

static void drop_line(struct stream *stream, size_t length)
{
    size_t taken = length < stream->length ? length + 1 : length;
    stream->length -= taken;
    memmove(stream->bytes, stream->bytes + taken, stream->length);
}

static bool is_full(const struct stream *stream)
{
    return stream->length == sizeof stream->bytes && first_line(stream) < 0;
}

// Rend 1 quand la réponse est là, 0 à la fin de l'entrée, -1 en cas d'échec, -2 si elle a un octet nul.
static int ask(const char *prompt, char *answer)
{
    printf("%s", prompt);
    fflush(stdout);
    while (first_line(&input) < 0 && !input.ended) {
        if (is_full(&input) || !fill(&input, STDIN_FILENO))
            return -1;
    }
    long length = first_line(&input);
    if (length < 0)
        return 0;
    memcpy(answer, input.bytes, (size_t)length);
    answer[length] = '\0';
    drop_line(&input, (size_t)length);
    return strlen(answer) == (size_t)length ? 1 : -2;
}

static int wait_until_connected(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    while (poll(&wanted, 1, -1) < 0)
        continue;
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = error;
    return error == 0 ? 0 : -1;
}

static int reach(const struct addrinfo *places)
{
    int error = 0;
    for (const struct addrinfo *place = places; place != NULL; place = place->ai_next) {
        int fd = socket(place->ai_family, SOCK_STREAM, 0);
        if (place == places)
            puts("socket created");
        int result = fd < 0 ? -1 : connect(fd, place->ai_addr, place->ai_addrlen);
        if (fd >= 0 && result < 0 && errno == EINTR)
            result = wait_until_connected(fd);
        if (result == 0)
            return fd;
        error = errno;
        if (fd >= 0)
            close(fd);
    }
    errno = error;
    return -1;
}

static bool say_end(int fd)
{
    return send_all(fd, "END\n", 4) == 0 && shutdown(fd, SHUT_WR) == 0;
}

// Envoie la ligne tapée suivante. Rend 1 si elle est partie, 0 s'il n'y en a pas, -1 en cas d'échec ; *done dit la fin.
static int send_typed_line(int fd, bool *done)
{
    long length = *done ? -1 : first_line(&input);
    if (length >= 0 && (length != 3 || memcmp(input.bytes, "END", 3) != 0)) {
        char message[LINE_STORAGE];
        memcpy(message, input.bytes, (size_t)length);
        message[length] = '\n';
        if (send_all(fd, message, (size_t)length + 1) != 0)
            return -1;
        drop_line(&input, (size_t)length);
        return 1;
    }
    if (*done || (length < 0 && !input.ended))
        return 0;
    *done = true;
    return say_end(fd) ? 0 : -1;
}

static long show_replies(void)
{
    long shown = 0;
    for (long length; (length = first_line(&replies)) >= 0; shown++) {
        print_escaped(stdout, replies.bytes, (size_t)length);
        putchar('\n');
        drop_line(&replies, (size_t)length);
    }
    return shown;
}

static int converse(int fd)
{
    // Négatif quand des réponses sont venues avant leur question.
    long awaited = 0;
    bool done = false;
    for (;;) {
        int sent = awaited > 0 ? 0 : send_typed_line(fd, &done);
        if (sent < 0)
            return fail("send", strerror(errno));
        awaited += sent;
        if (awaited <= 0 && is_full(&input))
            return fail("entrée standard", "ligne trop longue");
        struct pollfd watched[2] = {
            {.fd = fd, .events = POLLIN},
            {.fd = done || awaited > 0 ? -1 : STDIN_FILENO, .events = POLLIN}};
        if (poll(watched, 2, -1) < 0)
            continue;
        if (watched[0].revents != 0 && !fill(&replies, fd))
            return fail("recv", strerror(errno));
        awaited -= show_replies();
        if (is_full(&replies))
            return fail("recv", "réponse trop longue");
        if (replies.ended)
            return done && awaited <= 0 ? EXIT_SUCCESS : fail("recv", "le serveur a fermé");
        if (watched[1].revents != 0 && !fill(&input, STDIN_FILENO))
            return fail("entrée standard", strerror(errno));
    }
}

int main(int argc, char **argv)
{
    static char host[LINE_STORAGE];
    static char port[LINE_STORAGE];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!parse_endpoint("client", argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    int answered = 1;
    if (endpoint.host == NULL && (answered = ask("enter the host name to connect: ", host)) > 0)
        endpoint.host = host;
    if (answered > 0 && endpoint.port == NULL && (answered = ask("enter the port: ", port)) > 0)
        endpoint.port = port;
    if (answered == -2) {
        report_usage("client", "octet nul dans la réponse", endpoint.host == NULL ? host : port);
        return EXIT_USAGE;
    }
    if (answered <= 0)
        return answered < 0 ? EXIT_SYSTEM : EXIT_SUCCESS;
    if (!is_port(endpoint.port)) {
        report_usage("client", "port refusé", endpoint.port);
        return EXIT_USAGE;
    }

    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint.host, endpoint.port, &hints, &places);
    if (code != 0)
        return fail("getaddrinfo", gai_strerror(code));
    int fd = reach(places);
    freeaddrinfo(places);
    if (fd < 0)
        return fail("connect", strerror(errno));
    fputs("socket connected to ", stdout);
    print_endpoint(stdout, endpoint.host, endpoint.port);
    putchar('\n');
    int status = converse(fd);
    close(fd);
    return status;
}
