// recvmsg sur un socket connecté, l'attente par ppoll avec une échéance absolue ; l'échappement et
// l'affichage sont faits ici, d'un seul writev, les chiffres hexadécimaux en minuscules.
#include "cmdline.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#define LONGEST 65507

static struct timespec after(int milliseconds)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += milliseconds / 1000;
    end.tv_nsec += milliseconds % 1000 * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_nsec -= 1000000000L;
        end.tv_sec++;
    }
    return end;
}

static struct timespec until(struct timespec end)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    end.tv_sec -= now.tv_sec;
    end.tv_nsec -= now.tv_nsec;
    if (end.tv_nsec < 0) {
        end.tv_nsec += 1000000000L;
        end.tv_sec--;
    }
    static const struct timespec past = {0};
    return end.tv_sec < 0 ? past : end;
}

// Longueur d'un caractère UTF-8 bien formé qui se montre tel quel, ou 0.
static size_t plain(const unsigned char *b, size_t left)
{
    if (b[0] < 0x80)
        return b[0] >= 0x20 && b[0] < 0x7F;
    size_t length = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2;
    if (b[0] < 0xC2 || b[0] > 0xF4 || left < length)
        return 0;
    unsigned code = b[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((b[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (b[i] & 0x3Fu);
    }
    static const unsigned least[] = {0, 0, 0xA0, 0x800, 0x10000};
    if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    return length;
}

static size_t escape(const unsigned char *bytes, size_t length, char *out)
{
    size_t written = 0;
    for (size_t i = 0; i < length;) {
        size_t step = plain(bytes + i, length - i);
        if (step == 0)
            written += (size_t)sprintf(out + written, "\\x%02x", bytes[i]);
        memcpy(out + written, bytes + i, step);
        written += step;
        i += step > 0 ? step : 1;
    }
    return written;
}

static void show(const unsigned char *bytes, size_t length)
{
    static char heading[] = "Server Says\n";
    static char text[4 * LONGEST + 1];
    size_t size = escape(bytes, length, text);
    text[size++] = '\n';
    struct iovec parts[] = {{heading, strlen(heading)}, {text, size}};
    // Un tube peut n'en prendre qu'une partie.
    for (size_t i = 0; i < 2;) {
        ssize_t n = writev(STDOUT_FILENO, parts + i, (int)(2 - i));
        if (n < 0 && errno != EINTR)
            return;
        size_t gone = n > 0 ? (size_t)n : 0;
        for (; i < 2 && gone >= parts[i].iov_len; i++)
            gone -= parts[i].iov_len;
        if (i < 2) {
            parts[i].iov_base = (char *)parts[i].iov_base + gone;
            parts[i].iov_len -= gone;
        }
    }
}

// 0 : montrée ; sinon un errno.
static int read_reply(int fd)
{
    static unsigned char bytes[LONGEST];
    struct iovec where = {bytes, sizeof bytes};
    struct msghdr header = {.msg_iov = &where, .msg_iovlen = 1};
    ssize_t length = recvmsg(fd, &header, MSG_DONTWAIT);
    if (length < 0)
        return errno;
    if (header.msg_flags & MSG_TRUNC)
        return EMSGSIZE;
    show(bytes, (size_t)length);
    return 0;
}

static int ask(int fd, const char *message)
{
    for (int turn = 0; turn < 4; turn++) {
        struct timespec end = after(200 << turn);
        if (send(fd, message, strlen(message), 0) < 0) {
            if (errno != EINTR)
                return errno;
            turn--;
            continue;
        }
        for (;;) {
            struct timespec left = until(end);
            struct pollfd watched = {.fd = fd, .events = POLLIN};
            int n = ppoll(&watched, 1, &left, NULL);
            if (n == 0)
                break;
            int cause = n > 0 ? read_reply(fd) : errno;
            if (cause != EINTR && cause != EAGAIN)
                return cause;
        }
    }
    return ETIMEDOUT;
}

int main(int argc, char **argv)
{
    struct endpoint place = {"127.0.0.1", "12345"};
    if (argc > 4) {
        report_usage("client", "un mot de trop", argv[4]);
        return EXIT_USAGE;
    }
    if (!parse_endpoint("client", argc == 4 ? 2 : argc - 1, argv + 1, &place))
        return EXIT_USAGE;
    const char *message = argc == 4 ? argv[3] : "Hello UDP server";
    if (strlen(message) > LONGEST) {
        report_error("client", "message", place.host, place.port, "trop long");
        return EXIT_USAGE;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *list;
    int code = getaddrinfo(place.host, place.port, &hints, &list);
    if (code != 0) {
        report_error("client", "nom", place.host, place.port, gai_strerror(code));
        return EXIT_SYSTEM;
    }
    int cause = 0;
    for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_DGRAM, 0);
        cause = fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? ask(fd, message) : errno;
        if (fd >= 0)
            close(fd);
        if (cause == 0 || cause == ETIMEDOUT)
            break;
    }
    freeaddrinfo(list);
    if (cause == 0)
        return 0;
    report_error("client", "dialogue", place.host, place.port,
                 cause == ETIMEDOUT ? "silence" : strerror(cause));
    return EXIT_SYSTEM;
}
