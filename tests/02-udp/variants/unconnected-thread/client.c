// Sans connect : l'expéditeur de chaque datagramme est comparé, adresse et port, et les erreurs
// ICMP sont demandées par IP_RECVERR. L'attente est celle de select.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 65507

static char reply[LONGEST + 100];

static long long microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static bool same_address(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a->sa_family != b->sa_family)
        return false;
    if (a->sa_family == AF_INET) {
        const struct sockaddr_in *x = (const struct sockaddr_in *)a;
        const struct sockaddr_in *y = (const struct sockaddr_in *)b;
        return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
    }
    const struct sockaddr_in6 *x = (const struct sockaddr_in6 *)a;
    const struct sockaddr_in6 *y = (const struct sockaddr_in6 *)b;
    return x->sin6_port == y->sin6_port && IN6_ARE_ADDR_EQUAL(&x->sin6_addr, &y->sin6_addr);
}

// La longueur de la réponse ; -1 sinon, ETIMEDOUT si l'heure est passée.
static ssize_t listen_until(int fd, const struct addrinfo *server, long long end)
{
    for (;;) {
        long long left = end - microseconds();
        left = left > 0 ? left : 0;
        struct timeval wait = {left / 1000000, left % 1000000};
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd, &set);
        int n = select(fd + 1, &set, NULL, NULL, &wait);
        if (n == 0) {
            errno = ETIMEDOUT;
            return -1;
        }
        if (n < 0)
            continue;
        struct sockaddr_storage from = {0};
        socklen_t size = sizeof from;
        ssize_t got =
            recvfrom(fd, reply, sizeof reply, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got < 0 || same_address((struct sockaddr *)&from, server->ai_addr))
            return got;
    }
}

static ssize_t ask(const struct addrinfo *server, const char *message)
{
    int fd = socket(server->ai_family, SOCK_DGRAM, 0);
    if (fd < 0)
        return -1;
    const int one = 1;
    if (server->ai_family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_RECVERR, &one, sizeof one);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &one, sizeof one);
    ssize_t got = -1;
    errno = ETIMEDOUT;
    for (int turn = 0; turn < 4 && got < 0 && errno == ETIMEDOUT; turn++) {
        long long end = microseconds() + (200000LL << turn);
        ssize_t sent;
        do {
            sent = sendto(fd, message, strlen(message), 0, server->ai_addr, server->ai_addrlen);
        } while (sent < 0 && errno == EINTR);
        if (sent >= 0)
            got = listen_until(fd, server, end);
    }
    int cause = errno;
    close(fd);
    errno = cause;
    return got;
}

int main(int argc, char **argv)
{
    struct endpoint place = {"127.0.0.1", "12345"};
    const char *message = argc >= 4 ? argv[3] : "Hello UDP server";
    if (argc > 4)
        report_usage("client", "trop de mots", argv[4]);
    if (argc > 4 || !parse_endpoint("client", argc >= 4 ? 2 : argc - 1, argv + 1, &place))
        return EXIT_USAGE;
    if (strlen(message) > LONGEST) {
        report_usage("client", "message trop long", "MESSAGE");
        return EXIT_USAGE;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *list = NULL;
    int code = getaddrinfo(place.host, place.port, &hints, &list);
    if (code != 0) {
        report_error("client", "adresse", place.host, place.port, gai_strerror(code));
        return EXIT_SYSTEM;
    }
    ssize_t got = -1;
    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
        got = ask(a, message);
        if (got >= 0 || errno == ETIMEDOUT)
            break;
    }
    if (got < 0)
        report_error("client", "question", place.host, place.port, strerror(errno));
    freeaddrinfo(list);
    if (got < 0)
        return EXIT_SYSTEM;
    puts("Server Says");
    print_escaped(stdout, reply, (size_t)got);
    putchar('\n');
    return 0;
}
