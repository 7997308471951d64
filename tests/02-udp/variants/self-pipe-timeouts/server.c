// Le gestionnaire écrit dans un tube (self-pipe), select attend le tube et un socket non bloquant.
// Chaque ligne est composée en mémoire, puis part d'un seul write.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static int alarm_bell[2];

static void ring(int number)
{
    int saved = errno;
    char byte = (char)number;
    if (write(alarm_bell[1], &byte, 1) < 0)
        errno = saved;
    errno = saved;
}

static void write_all(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, length);
        if (n < 0 && errno != EINTR)
            return;
        bytes += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
}

static void show(const char *from, const char *bytes, size_t length)
{
    char *line = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&line, &size);
    if (memory == NULL)
        return;
    fprintf(memory, "received from %s: ", from);
    print_escaped(memory, bytes, length);
    fputc('\n', memory);
    fclose(memory);
    write_all(line, size);
    free(line);
}

static void serve_one(int fd)
{
    static char bytes[65536];
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    ssize_t length = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
    if (length < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            report_error("server", "recvfrom", NULL, NULL, strerror(errno));
        return;
    }
    char name[ADDRESS_TEXT_SIZE];
    format_address((struct sockaddr *)&from, size, name, sizeof name);
    show(name, bytes, (size_t)length);
    // Un refus passager est réessayé une fois.
    for (int turn = 0; turn < 2; turn++) {
        if (sendto(fd, "Hello I'm UDP Server", 20, 0, (struct sockaddr *)&from, size) >= 0)
            return;
    }
    report_peer_error("server", "sendto", name, strerror(errno));
}

static int bind_one(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0)
        return fd;
    int cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

static int run(int fd)
{
    for (;;) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd, &set);
        FD_SET(alarm_bell[0], &set);
        int top = fd > alarm_bell[0] ? fd : alarm_bell[0];
        if (select(top + 1, &set, NULL, NULL, NULL) < 0)
            continue;
        if (FD_ISSET(alarm_bell[0], &set))
            return 0;
        serve_one(fd);
    }
}

int main(int argc, char **argv)
{
    struct endpoint place = {"127.0.0.1", "12345"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &place))
        return EXIT_USAGE;
    if (pipe2(alarm_bell, O_NONBLOCK | O_CLOEXEC) < 0)
        return EXIT_SYSTEM;
    struct sigaction action = {.sa_handler = ring};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_protocol = IPPROTO_UDP};
    struct addrinfo *list = NULL;
    int code = getaddrinfo(place.host, place.port, &hints, &list);
    if (code != 0) {
        report_error("server", "getaddrinfo", place.host, place.port, gai_strerror(code));
        return EXIT_SYSTEM;
    }
    int fd = -1;
    for (struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next)
        fd = bind_one(a);
    if (fd < 0)
        report_error("server", "bind", place.host, place.port, strerror(errno));
    freeaddrinfo(list);
    int status = fd < 0 ? EXIT_SYSTEM : run(fd);
    if (fd >= 0)
        close(fd);
    return status;
}
