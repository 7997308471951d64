// poll sur l'entrée et sur le socket : le départ du serveur se voit aussitôt, même pendant que
// l'utilisateur réfléchit. Ni common/report.h ni framing.c.
#include "cmdline.h"
#include "display.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct flow {
    int fd;
    bool ended;
    size_t limit; // longueur d'une ligne, sans son \n
    size_t length;
    char bytes[65536 + 100];
};

static struct flow input = {.fd = STDIN_FILENO, .limit = 65536};
static struct flow server = {.limit = 65536 + sizeof "Hello I'm Server " - 1};

static int give_up(const char *what)
{
    fprintf(stderr, "client: %s\n", what);
    return EXIT_SYSTEM;
}

static bool has_line(const struct flow *flow)
{
    return memchr(flow->bytes, '\n', flow->length) != NULL || (flow->ended && flow->length > 0);
}

static bool too_long(const struct flow *flow)
{
    return !has_line(flow) && flow->length > flow->limit;
}

static bool fill(struct flow *flow)
{
    size_t room = flow->limit + 1 - flow->length;
    if (room == 0)
        return true;
    ssize_t count = read(flow->fd, flow->bytes + flow->length, room);
    if (count < 0)
        return errno == EINTR;
    flow->ended = count == 0;
    flow->length += (size_t)count;
    return true;
}

// Retire la première ligne ; rend sa longueur.
static size_t take(struct flow *flow, char *line)
{
    char *newline = memchr(flow->bytes, '\n', flow->length);
    size_t length = newline != NULL ? (size_t)(newline - flow->bytes) : flow->length;
    size_t used = length + (newline != NULL);
    memcpy(line, flow->bytes, length);
    memmove(flow->bytes, flow->bytes + used, flow->length - used);
    flow->length -= used;
    return length;
}

static bool push(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(server.fd, bytes, length, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        }
    }
    return true;
}

// Attend une ligne de l'un : on écoute aussi le serveur pendant que l'utilisateur tape.
static int wait_for(struct flow *flow)
{
    while (!has_line(flow) && !flow->ended) {
        bool full = server.length > server.limit;
        struct pollfd watched[] = {{.fd = full ? -1 : server.fd, .events = POLLIN},
                                   {.fd = flow == &input ? input.fd : -1, .events = POLLIN}};
        if (poll(watched, 2, -1) < 0)
            continue;
        if (watched[0].revents != 0 && !fill(&server))
            return give_up(strerror(errno));
        if (server.ended && !has_line(&server))
            return give_up("le serveur est parti");
        if (watched[1].revents != 0 && !fill(&input))
            return give_up(strerror(errno));
        if (too_long(flow))
            return give_up("ligne trop longue");
    }
    return 0;
}

static int dialogue(void)
{
    static char line[65536 + 100];
    for (;;) {
        int status = wait_for(&server);
        if (status != 0)
            return status;
        if (!has_line(&server))
            return give_up("le serveur est parti");
        print_escaped(stdout, line, take(&server, line));
        printf("\nSay something: ");
        fflush(stdout);
        status = wait_for(&input);
        if (status != 0)
            return status;
        if (!has_line(&input))
            return EXIT_SUCCESS;
        size_t length = take(&input, line);
        line[length] = '\n';
        if (!push(line, length + 1))
            return give_up(strerror(errno));
    }
}

static int join(int fd, const struct addrinfo *place)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (connect(fd, place->ai_addr, place->ai_addrlen) == 0)
        return 0;
    if (errno != EINTR)
        return -1;
    struct pollfd watched = {.fd = fd, .events = POLLOUT};
    while (poll(&watched, 1, -1) < 0)
        continue;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    return error == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "1233"};
    if (!parse_endpoint("client", argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint.host, endpoint.port, &hints, &places);
    const char *reason = code != 0 ? gai_strerror(code) : "aucune adresse";
    server.fd = -1;
    for (struct addrinfo *place = places; place != NULL && server.fd < 0; place = place->ai_next) {
        server.fd = socket(place->ai_family, place->ai_socktype, place->ai_protocol);
        if (server.fd >= 0 && join(server.fd, place) == 0)
            break;
        reason = strerror(errno);
        if (server.fd >= 0)
            close(server.fd);
        server.fd = -1;
    }
    if (places != NULL)
        freeaddrinfo(places);
    if (server.fd < 0) {
        fprintf(stderr, "client: connexion à ");
        print_endpoint(stderr, endpoint.host, endpoint.port);
        fprintf(stderr, " : %s\n", reason);
        return EXIT_SYSTEM;
    }
    int status = dialogue();
    close(server.fd);
    return status;
}
