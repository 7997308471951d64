// epoll, signalfd, accept4, writev : les appels propres à Linux, et un socket IPv6 pour les deux familles. Un client à la fois,
// les autres attendent dans la file. Rien de common/ ni de framing.c.
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
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
#include <sys/uio.h>
#include <unistd.h>

#define LONGEST 65536
#define DONE 0
#define FAILED 1
#define MISUSED 2

static int poller;
static int stopper;

// Attend fd ou l'arrêt ; rend faux pour l'arrêt.
static bool ready(int fd, unsigned events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    bool stop = false;
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    for (;;) {
        int count = epoll_wait(poller, &event, 1, -1);
        if (count < 0 && errno == EINTR)
            continue;
        stop = count < 0 || event.data.fd == stopper;
        break;
    }
    epoll_ctl(poller, EPOLL_CTL_DEL, fd, NULL);
    return !stop;
}

static void complain(const char *what, const char *where, const char *why)
{
    fprintf(stderr, "server: %s %s : %s\n", what, where, why);
}

static size_t utf8_length(const unsigned char *bytes, size_t left)
{
    unsigned char first = bytes[0];
    if (first < 0x80)
        return first >= 0x20 && first != 0x7F ? 1 : 0;
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    }
    bool overlong = (first == 0xE0 && bytes[1] < 0xA0) || (first == 0xF0 && bytes[1] < 0x90);
    bool beyond = (first == 0xED && bytes[1] > 0x9F) || (first == 0xF4 && bytes[1] > 0x8F);
    bool control = first == 0xC2 && bytes[1] < 0xA0;
    return overlong || beyond || control ? 0 : length;
}

static void write_out(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(STDOUT_FILENO, bytes, length);
        if (count < 0 && errno != EINTR)
            return;
        if (count < 0)
            continue;
        bytes += count;
        length -= (size_t)count;
    }
}

static void show(const char *line, size_t length)
{
    static const char title[] = "received from client: ";
    static char text[4 * LONGEST + sizeof title + 1];
    size_t used = sizeof title - 1;
    memcpy(text, title, used);
    for (size_t i = 0; i < length;) {
        size_t step = utf8_length((const unsigned char *)line + i, length - i);
        if (step == 0)
            used += (size_t)sprintf(text + used, "\\x%02x", (unsigned)(unsigned char)line[i]);
        memcpy(text + used, line + i, step);
        used += step;
        i += step > 0 ? step : 1;
    }
    text[used++] = '\n';
    write_out(text, used);
}

// Deux morceaux, un seul appel ; rend 1 si c'est fait, 0 pour l'arrêt, -1 en cas d'erreur.
static int answer(int client)
{
    char hey[] = "Hey ";
    char rest[] = "client\n";
    struct iovec pieces[2] = {{hey, sizeof hey - 1}, {rest, sizeof rest - 1}};
    while (pieces[1].iov_len > 0) {
        ssize_t count = writev(client, pieces, 2);
        if (count < 0 && errno == EAGAIN && !ready(client, EPOLLOUT))
            return 0;
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            return -1;
        for (int i = 0; i < 2 && count > 0; i++) {
            size_t part = (size_t)count < pieces[i].iov_len ? (size_t)count : pieces[i].iov_len;
            pieces[i].iov_base = (char *)pieces[i].iov_base + part;
            pieces[i].iov_len -= part;
            count -= (ssize_t)part;
        }
    }
    return 1;
}

// Rend faux quand l'arrêt est demandé ; *over dit si ce client a fini.
static bool handle_line(int client, const char *peer, const char *line, size_t length, bool *over)
{
    show(line, length);
    *over = length == 3 && memcmp(line, "END", 3) == 0;
    if (*over)
        return true;
    int result = answer(client);
    if (result < 0)
        complain("writev", peer, strerror(errno));
    *over = result <= 0;
    return result != 0;
}

static bool talk(int client, const char *peer)
{
    static char buffer[LONGEST + 1];
    size_t length = 0;
    bool over = false;
    while (!over) {
        if (!ready(client, EPOLLIN))
            return false;
        ssize_t count = recv(client, buffer + length, sizeof buffer - length, 0);
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (count < 0)
            complain("recv", peer, strerror(errno));
        if (count < 0)
            return true;
        if (count == 0)
            return length == 0 || handle_line(client, peer, buffer, length, &over);
        length += (size_t)count;
        size_t start = 0;
        for (char *newline;
             !over && (newline = memchr(buffer + start, '\n', length - start)) != NULL;) {
            size_t end = (size_t)(newline - buffer);
            if (!handle_line(client, peer, buffer + start, end - start, &over))
                return false;
            start = end + 1;
        }
        length -= start;
        memmove(buffer, buffer + start, length);
        over = over || length > LONGEST;
        if (length > LONGEST)
            complain("recv", peer, "plus de 65536 octets sans fin de ligne");
    }
    return true;
}

static void announce(int client, char *peer, size_t size)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    memset(&address, 0, sizeof address);
    socklen_t length = sizeof address;
    char host[INET6_ADDRSTRLEN] = "?";
    char text[128];
    getpeername(client, &address.any, &length);
    const struct sockaddr_in6 *in6 = &address.v6;
    if (address.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, host, sizeof host);
        snprintf(peer, size, "%s:%u", host, (unsigned)ntohs(in6->sin6_port));
    } else if (address.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        snprintf(peer, size, "[%s]:%u", host, (unsigned)ntohs(in6->sin6_port));
    } else {
        const struct sockaddr_in *in = &address.v4;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        snprintf(peer, size, "%s:%u", host, (unsigned)ntohs(in->sin_port));
    }
    int used = snprintf(text, sizeof text, "client connected from %s\n", peer);
    write_out(text, (size_t)used);
}

// Un socket IPv6 sert aussi IPv4, sous des adresses `::ffff:a.b.c.d` ; sans IPv6 du tout, chaque adresse garde sa famille.
static int common_family(void)
{
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    close(fd);
    return fd >= 0 ? AF_INET6 : AF_UNSPEC;
}

static int serve(int listener)
{
    char peer[80];
    write_out("server waiting...\n", strlen("server waiting...\n"));
    while (ready(listener, EPOLLIN)) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0 && (errno == EMFILE || errno == ENFILE))
            usleep(20000);
        if (client < 0)
            continue;
        announce(client, peer, sizeof peer);
        bool go_on = talk(client, peer);
        close(client);
        if (!go_on)
            break;
        write_out("server waiting...\n", strlen("server waiting...\n"));
    }
    close(listener);
    return DONE;
}

static bool valid_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits] != '\0')
        return false;
    long value = strtol(text, NULL, 10);
    return value >= 1 && value <= 65535;
}

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "127.0.0.1";
    const char *port = argc > 2 ? argv[2] : "8001";
    if (argc > 3 || !valid_port(port)) {
        fprintf(stderr, "server: usage : server [HOST [PORT]], port de 1 à 65535\n");
        return MISUSED;
    }
    sigset_t stopping;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    sigprocmask(SIG_BLOCK, &stopping, NULL);
    signal(SIGPIPE, SIG_IGN);
    poller = epoll_create1(EPOLL_CLOEXEC);
    stopper = signalfd(-1, &stopping, SFD_CLOEXEC);
    struct epoll_event stop = {.events = EPOLLIN, .data.fd = stopper};
    epoll_ctl(poller, EPOLL_CTL_ADD, stopper, &stop);

    char place[NI_MAXHOST + 8];
    snprintf(place, sizeof place, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
    const struct addrinfo hints = {
        .ai_family = common_family(), .ai_socktype = SOCK_STREAM, .ai_flags = AI_V4MAPPED | AI_ALL};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0) {
        complain("getaddrinfo", place, gai_strerror(code));
        return FAILED;
    }
    const int one = 1;
    for (const struct addrinfo *at = found; at != NULL; at = at->ai_next) {
        int listener = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &(const int){0}, sizeof(int));
        if (listener >= 0 && bind(listener, at->ai_addr, at->ai_addrlen) == 0 &&
            listen(listener, INT_MAX) == 0) {
            freeaddrinfo(found);
            return serve(listener);
        }
        code = errno;
        if (listener >= 0)
            close(listener);
    }
    complain("bind", place, strerror(code));
    return FAILED;
}
