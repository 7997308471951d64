// epoll (par fronts), signalfd, recvmsg et MSG_TRUNC : les appels propres à Linux, et un socket IPv6 pour les deux familles. La
// mémoire du message est allouée une fois ; rien de common/.
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST 65507
#define FAILED 1
#define MISUSED 2

static char *place;

static bool printable(wchar_t c)
{
    return c >= 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0);
}

// Décode un caractère ; rend sa longueur, ou 0.
static size_t character(const unsigned char *bytes, size_t left)
{
    static const wchar_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = bytes[0] < 0x80    ? 1
                    : bytes[0] >= 0xF0 ? 4
                    : bytes[0] >= 0xE0 ? 3
                    : bytes[0] >= 0xC0 ? 2
                                       : 0;
    if (length == 0 || length > left || bytes[0] > 0xF4)
        return 0;
    wchar_t c = length == 1 ? bytes[0] : bytes[0] & (0x7F >> length);
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] >> 6 != 2)
            return 0;
        c = (c << 6) | (bytes[i] & 0x3F);
    }
    bool odd = c < least[length] || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF;
    return odd || !printable(c) ? 0 : length;
}

static void show(const char *bytes, size_t length)
{
    while (length > 0) {
        size_t step = character((const unsigned char *)bytes, length);
        if (step > 0)
            fwrite(bytes, 1, step, stdout);
        else
            printf("\\x%02x", (unsigned char)*bytes);
        step += step == 0;
        bytes += step;
        length -= step;
    }
}

static void show_sender(const struct sockaddr_storage *from)
{
    char text[INET6_ADDRSTRLEN];
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)from;
    if (from->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&ipv6->sin6_addr)) {
        inet_ntop(AF_INET, ipv6->sin6_addr.s6_addr + 12, text, sizeof text);
        printf("received from %s:%u: ", text, ntohs(ipv6->sin6_port));
        return;
    }
    if (from->ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &ipv6->sin6_addr, text, sizeof text);
        printf("received from [%s]:%u: ", text, ntohs(ipv6->sin6_port));
        return;
    }
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)from;
    inet_ntop(AF_INET, &ipv4->sin_addr, text, sizeof text);
    printf("received from %s:%u: ", text, ntohs(ipv4->sin_port));
}

// Faux quand il n'y a plus rien à lire : un front ne se redit pas.
static bool serve_one(int fd)
{
    struct sockaddr_storage from = {0};
    struct iovec where = {place, LONGEST};
    struct msghdr message = {
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &where, .msg_iovlen = 1};
    ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT);
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR)
            perror("server: recvmsg");
        return errno != EAGAIN;
    }
    // Trop long pour le contrat : il a quand même sa réponse.
    if (message.msg_flags & MSG_TRUNC) {
        fputs("server: un datagramme trop long a été coupé\n", stderr);
    } else {
        show_sender(&from);
        show(place, (size_t)got);
        putchar('\n');
        fflush(stdout);
    }
    char reply[] = "Hello I'm UDP Server";
    where = (struct iovec){reply, sizeof reply - 1};
    while (sendmsg(fd, &message, 0) < 0) {
        if (errno == EINTR)
            continue;
        perror("server: sendmsg");
        break;
    }
    return true;
}

static void complain(const char *action, const char *host, const char *port, const char *reason)
{
    bool ipv6 = strchr(host, ':') != NULL;
    fprintf(stderr, "server: %s %s%s%s:%s : %s\n", action, ipv6 ? "[" : "", host, ipv6 ? "]" : "",
            port, reason);
}

// Un socket IPv6 sert aussi IPv4, sous des adresses `::ffff:a.b.c.d` ; sans IPv6 du tout, chaque adresse garde sa famille.
static int common_family(void)
{
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    close(fd);
    return fd >= 0 ? AF_INET6 : AF_UNSPEC;
}

static int open_socket(const char *host, const char *port)
{
    const struct addrinfo hints = {
        .ai_family = common_family(), .ai_socktype = SOCK_DGRAM, .ai_flags = AI_V4MAPPED | AI_ALL};
    struct addrinfo *list;
    int code = getaddrinfo(host, port, &hints, &list);
    if (code != 0) {
        complain("getaddrinfo", host, port, gai_strerror(code));
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(const int){0}, sizeof(int));
        if (fd >= 0 && bind(fd, a->ai_addr, a->ai_addrlen) < 0) {
            int cause = errno;
            close(fd);
            errno = cause;
            fd = -1;
        }
    }
    int cause = errno;
    freeaddrinfo(list);
    if (fd < 0)
        complain("bind", host, port, strerror(cause));
    return fd;
}

static bool good_port(const char *text)
{
    long value = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || value > 65535)
            return false;
        value = value * 10 + (*c - '0');
    }
    return value >= 1 && value <= 65535;
}

static bool is_ordered(const sigset_t *stop)
{
    sigset_t pending;
    sigpending(&pending);
    sigandset(&pending, &pending, stop);
    return !sigisemptyset(&pending);
}

int main(int count, char **words)
{
    const char *host = count > 1 ? words[1] : "127.0.0.1";
    const char *port = count > 2 ? words[2] : "12345";
    if (count > 3 || !good_port(port)) {
        fputs("server: usage : server [HOST [PORT]]\n", stderr);
        return MISUSED;
    }
    int fd = open_socket(host, port);
    place = malloc(LONGEST);
    if (fd < 0 || place == NULL)
        return FAILED;

    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    int ordered = signalfd(-1, &stop, SFD_CLOEXEC);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = ordered};
    epoll_ctl(poller, EPOLL_CTL_ADD, ordered, &event);
    event = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);

    bool stopping = false;
    while (!stopping) {
        struct epoll_event ready[2];
        int n = epoll_wait(poller, ready, 2, -1);
        for (int i = 0; i < n; i++)
            stopping = stopping || ready[i].data.fd == ordered;
        while (n > 0 && !stopping && serve_one(fd))
            stopping = is_ordered(&stop);
    }
    close(poller);
    close(ordered);
    close(fd);
    free(place);
    return 0;
}
