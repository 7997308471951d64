// Un processus fils répond à chaque datagramme, puis finit ; le père montre, et revient attendre. Les signaux
// n'entrent que pendant pselect.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char answer[] = "Hello I'm UDP Server";

static volatile sig_atomic_t told_to_stop;

static void stop(int number)
{
    told_to_stop = number;
}

// Le fils qui a fini ne reste pas en zombie.
static void bury(int number)
{
    (void)number;
    int saved = errno;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue;
    errno = saved;
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static int open_socket(const struct endpoint *place)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found;
    int code = getaddrinfo(place->host, place->port, &hints, &found);
    if (code != 0) {
        report_error("server", "getaddrinfo", place->host, place->port, gai_strerror(code));
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen) == 0)
            continue;
        int cause = errno;
        close(fd);
        errno = cause;
        fd = -1;
    }
    if (fd < 0)
        report_error("server", "bind", place->host, place->port, strerror(errno));
    freeaddrinfo(found);
    return fd;
}

// Dans le fils : stdout est déjà vidé, et ce qui reste à dire l'est sur stderr.
static _Noreturn void reply(int fd, const struct sockaddr *to, socklen_t length, const char *shown)
{
    ssize_t sent;
    do
        sent = sendto(fd, answer, sizeof answer - 1, 0, to, length);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        report_peer_error("server", "sendto", shown, strerror(errno));
    _exit(sent < 0);
}

static void serve(int fd)
{
    static char bytes[65536];
    char shown[ADDRESS_TEXT_SIZE];
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    struct sockaddr *sender = (struct sockaddr *)&from;
    ssize_t length = recvfrom(fd, bytes, sizeof bytes, 0, sender, &size);
    if (length < 0) {
        if (errno != EAGAIN && errno != EINTR)
            report_error("server", "recvfrom", NULL, NULL, strerror(errno));
        return;
    }
    format_address(sender, size, shown, sizeof shown);
    printf("received from %s: ", shown);
    print_escaped(stdout, bytes, (size_t)length);
    puts("");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        reply(fd, sender, size, shown);
    if (child < 0)
        report_peer_error("server", "fork", shown, strerror(errno));
}

int main(int argc, char **argv)
{
    struct endpoint place = {"127.0.0.1", "12345"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &place))
        return EXIT_USAGE;
    sigset_t held, before;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_BLOCK, &held, &before);
    handle(SIGINT, stop);
    handle(SIGTERM, stop);
    handle(SIGCHLD, bury);
    int fd = open_socket(&place);
    if (fd < 0)
        return EXIT_SYSTEM;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (!told_to_stop) {
        sigset_t pending;
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd, &set);
        if (pselect(fd + 1, &set, NULL, NULL, NULL, &before) > 0)
            serve(fd);
        // Quand un datagramme attend déjà, pselect ne laisse entrer personne.
        sigpending(&pending);
        if (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM))
            break;
        if (sigismember(&pending, SIGCHLD))
            bury(SIGCHLD);
    }
    close(fd);
    return EXIT_SUCCESS;
}
