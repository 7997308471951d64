// Deux processus : le père envoie et compte le temps ; le fils dort dans recv, et passe par un tube la réponse, ou
// l'erreur, dès qu'elle vient.
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 65507

/** Ce que le fils passe au père, avant les octets de la réponse. */
struct news {
    ssize_t length;
    int error;
};

static char reply[LONGEST + 100];

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static bool read_all(int fd, char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t got = read(fd, bytes, length);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        bytes += got > 0 ? got : 0;
        length -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

static _Noreturn void listen_for_reply(int fd, int pipe_end)
{
    ssize_t length;
    do
        length = recv(fd, reply, sizeof reply, 0);
    while (length < 0 && errno == EINTR);
    struct news news = {length, length < 0 ? errno : 0};
    bool told = write_all(pipe_end, (const char *)&news, sizeof news) &&
                (length <= 0 || write_all(pipe_end, reply, (size_t)length));
    _exit(!told);
}

// Rend 1 si le fils a parlé, 0 si le temps est écoulé.
static int wait_for_news(int pipe_end, long duration_ms)
{
    long deadline = now_ms() + duration_ms;
    for (;;) {
        long left = deadline - now_ms();
        struct pollfd watched = {.fd = pipe_end, .events = POLLIN};
        int ready = poll(&watched, 1, left > 0 ? (int)left : 0);
        if (ready >= 0 || errno != EINTR)
            return ready;
    }
}

static ssize_t take_news(int pipe_end)
{
    struct news news;
    if (!read_all(pipe_end, (char *)&news, sizeof news) ||
        (news.length > 0 && !read_all(pipe_end, reply, (size_t)news.length)))
        return -1;
    errno = news.error;
    return news.length;
}

static ssize_t question(int fd, int pipe_end, const char *message)
{
    long wait_ms = 200;
    for (int i = 0; i < 4; i++, wait_ms *= 2) {
        while (send(fd, message, strlen(message), 0) < 0)
            if (errno != EINTR)
                return -1;
        if (wait_for_news(pipe_end, wait_ms) > 0)
            return take_news(pipe_end);
    }
    errno = ETIMEDOUT;
    return -1;
}

static ssize_t ask(const struct addrinfo *at, const char *message)
{
    int ends[2];
    int fd = socket(at->ai_family, SOCK_DGRAM, 0);
    if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen) < 0 || pipe(ends) < 0) {
        int cause = errno;
        if (fd >= 0)
            close(fd);
        errno = cause;
        return -1;
    }
    pid_t listener = fork();
    if (listener == 0)
        listen_for_reply(fd, ends[1]);
    close(ends[1]);
    ssize_t length = listener < 0 ? -1 : question(fd, ends[0], message);
    int cause = errno;
    if (listener > 0) {
        kill(listener, SIGKILL);
        while (waitpid(listener, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    close(fd);
    errno = cause;
    return length;
}

int main(int argc, char **argv)
{
    struct endpoint place = {"127.0.0.1", "12345"};
    const char *message = argc > 3 ? argv[3] : "Hello UDP server";
    if (argc > 4) {
        report_usage("client", "trop d'arguments", argv[4]);
        return EXIT_USAGE;
    }
    if (!parse_endpoint("client", argc > 3 ? 2 : argc - 1, argv + 1, &place))
        return EXIT_USAGE;
    if (strlen(message) > LONGEST) {
        report_error("client", "message", NULL, NULL, "plus de 65507 octets");
        return EXIT_USAGE;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found;
    int code = getaddrinfo(place.host, place.port, &hints, &found);
    if (code != 0) {
        report_error("client", "getaddrinfo", place.host, place.port, gai_strerror(code));
        return EXIT_SYSTEM;
    }
    ssize_t length = -1;
    for (struct addrinfo *at = found; at != NULL && length < 0; at = at->ai_next) {
        length = ask(at, message);
        if (length < 0 && errno == ETIMEDOUT)
            break;
    }
    int cause = errno;
    freeaddrinfo(found);
    if (length < 0) {
        report_error("client", "question", place.host, place.port,
                     cause == ETIMEDOUT ? "pas de réponse" : strerror(cause));
        return EXIT_SYSTEM;
    }
    puts("Server Says");
    print_escaped(stdout, reply, (size_t)length);
    putchar('\n');
    return EXIT_SUCCESS;
}
