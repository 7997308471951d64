// Un thread sert, l'autre attend les signaux par sigwait. Le premier se réveille dix fois par
// seconde (SO_RCVTIMEO) pour voir s'il faut s'arrêter. Les réponses partent avant l'affichage.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static atomic_bool stopping;
static int server;

static void answer(const char *bytes, ssize_t length, const struct sockaddr *from, socklen_t size)
{
    static const char reply[] = "Hello I'm UDP Server";
    char name[ADDRESS_TEXT_SIZE];
    format_address(from, size, name, sizeof name);
    ssize_t sent;
    do {
        sent = sendto(server, reply, sizeof reply - 1, 0, from, size);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0)
        report_peer_error("server", "réponse à", name, strerror(errno));
    flockfile(stdout);
    printf("received from %s: ", name);
    print_escaped(stdout, bytes, (size_t)length);
    putchar_unlocked('\n');
    fflush(stdout);
    funlockfile(stdout);
}

static void *serve(void *unused)
{
    (void)unused;
    static char bytes[1 << 16];
    while (!stopping) {
        struct sockaddr_storage from;
        socklen_t size = sizeof from;
        ssize_t length = recvfrom(server, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
        if (length >= 0)
            answer(bytes, length, (struct sockaddr *)&from, size);
        else if (errno != EAGAIN && errno != EINTR)
            report_error("server", "recvfrom", NULL, NULL, strerror(errno));
    }
    return NULL;
}

static int open_at(const struct endpoint *place)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    int code = getaddrinfo(place->host, place->port, &hints, &list);
    if (code != 0) {
        report_error("server", "adresse", place->host, place->port, gai_strerror(code));
        return -1;
    }
    int fd = -1;
    int cause = 0;
    for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && bind(fd, a->ai_addr, a->ai_addrlen) == 0)
            break;
        cause = errno;
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    if (fd < 0)
        report_error("server", "attacher", place->host, place->port, strerror(cause));
    return fd;
}

int main(int argc, char **argv)
{
    struct endpoint place = {"127.0.0.1", "12345"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &place))
        return EXIT_USAGE;
    server = open_at(&place);
    if (server < 0)
        return EXIT_SYSTEM;
    struct timeval nap = {.tv_usec = 100000};
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &nap, sizeof nap);

    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    pthread_t worker;
    if (pthread_create(&worker, NULL, serve, NULL) != 0)
        return EXIT_SYSTEM;
    int number;
    sigwait(&stop, &number);
    stopping = true;
    pthread_join(worker, NULL);
    close(server);
    return 0;
}
