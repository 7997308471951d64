// Un seul appel qui attend : recv, borné par SO_RCVTIMEO, réglé avant chaque réception sur ce qui
// reste. Les deux lignes partent en un seul write.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static ssize_t receive(int fd, char *bytes, size_t size, double end)
{
    for (;;) {
        double left = end - now();
        // Zéro voudrait dire : sans limite.
        if (left < 1e-3)
            left = 1e-3;
        struct timeval limit = {.tv_sec = (time_t)left};
        limit.tv_usec = (suseconds_t)((left - (double)limit.tv_sec) * 1e6);
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ssize_t length = recv(fd, bytes, size, 0);
        if (length >= 0 || (errno != EAGAIN && errno != EINTR))
            return length;
        if (errno == EAGAIN && now() >= end) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}

static ssize_t converse(int fd, const char *message, char *bytes, size_t size)
{
    static const double waits[] = {0.2, 0.4, 0.8, 1.6};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        double end = now() + waits[i];
        ssize_t sent;
        do {
            sent = write(fd, message, strlen(message));
        } while (sent < 0 && errno == EINTR);
        if (sent < 0)
            return -1;
        ssize_t length = receive(fd, bytes, size, end);
        if (length >= 0 || errno != ETIMEDOUT)
            return length;
    }
    return -1;
}

static void show(const char *bytes, size_t length)
{
    static char buffer[1 << 19];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    printf("Server Says\n");
    print_escaped(stdout, bytes, length);
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static char bytes[65536];
    struct endpoint place = {.host = "127.0.0.1", .port = "12345"};
    int words = argc - 1;
    if (words > 3) {
        report_usage("client", "en trop", argv[4]);
        return EXIT_USAGE;
    }
    if (!parse_endpoint("client", words > 2 ? 2 : words, argv + 1, &place))
        return EXIT_USAGE;
    const char *message = words == 3 ? argv[3] : "Hello UDP server";
    if (strlen(message) > 65507) {
        report_error("client", "send", place.host, place.port, strerror(EMSGSIZE));
        return EXIT_SYSTEM;
    }

    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_protocol = IPPROTO_UDP};
    struct addrinfo *list;
    int code = getaddrinfo(place.host, place.port, &hints, &list);
    if (code != 0) {
        report_error("client", "getaddrinfo", place.host, place.port, gai_strerror(code));
        return EXIT_SYSTEM;
    }
    ssize_t length = -1;
    int cause = 0;
    for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_DGRAM, IPPROTO_UDP);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
            length = converse(fd, message, bytes, sizeof bytes);
        cause = errno;
        if (fd >= 0)
            close(fd);
        if (length >= 0 || cause == ETIMEDOUT)
            break;
    }
    freeaddrinfo(list);
    if (length < 0) {
        report_error("client", "recv", place.host, place.port, strerror(cause));
        return EXIT_SYSTEM;
    }
    show(bytes, (size_t)length);
    return 0;
}
