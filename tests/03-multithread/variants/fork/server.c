// Un processus par client, au lieu d'un thread. Le père seul compte, affiche, et ramasse ses enfants.
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid;
    char name[ADDRESS_TEXT_SIZE];
    struct child *next;
};

static struct child *children;
static unsigned long count;

static void tell(const char *event, const struct child *child)
{
    printf("%s %s\nThreadNumber %lu\n", event, child->name, count);
    fflush(stdout);
}

static int dialogue(int fd)
{
    static const char prefix[] = "Hello I'm Server ";
    static char storage[LINE_STORAGE];
    static char reply[sizeof prefix + LINE_LIMIT];
    struct line_reader reader;
    const char *line = NULL;
    size_t length = 0;
    int status;
    line_reader_init(&reader, fd, storage, sizeof storage);
    if (send_all(fd, "welcome to the server\n", 22) < 0)
        return -1;
    while ((status = read_line(&reader, &line, &length)) == 1) {
        memcpy(reply, prefix, sizeof prefix - 1);
        memcpy(reply + sizeof prefix - 1, line, length);
        reply[sizeof prefix - 1 + length] = '\n';
        if (send_all(fd, reply, sizeof prefix + length) < 0)
            return -1;
    }
    return status;
}

_Noreturn static void be_child(int fd, int listener, int signals, const char *name)
{
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close(listener);
    close(signals);
    if (dialogue(fd) < 0)
        report_peer_error("server", "client", name, strerror(errno));
    _exit(EXIT_SUCCESS);
}

static void refuse(int fd)
{
    // L'appelant ferme aussitôt, sans avoir lu ce que le refusé a pu dire : c'est admis.
    (void)send(fd, "server full\n", 12, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static bool admit(int fd, int listener, int signals, struct child *child)
{
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid == 0) {
        if (getppid() != parent)
            _exit(EXIT_SYSTEM);
        be_child(fd, listener, signals, child->name);
    }
    if (child->pid < 0)
        return false;
    child->next = children;
    children = child;
    count++;
    tell("connected to", child);
    return true;
}

static bool receive(int listener, int signals, unsigned long most)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int fd = accept(listener, (struct sockaddr *)&address, &length);
    if (fd < 0)
        return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
    struct child *child = count < most ? malloc(sizeof *child) : NULL;
    if (child != NULL)
        format_address((struct sockaddr *)&address, length, child->name, sizeof child->name);
    if (child == NULL || !admit(fd, listener, signals, child)) {
        free(child);
        refuse(fd);
    }
    close(fd);
    return true;
}

static void bury(pid_t pid)
{
    struct child **place = &children;
    while (*place != NULL && (*place)->pid != pid)
        place = &(*place)->next;
    struct child *child = *place;
    if (child == NULL)
        return;
    *place = child->next;
    count--;
    tell("disconnected from", child);
    free(child);
}

// Rend vrai si l'arrêt est demandé.
static bool read_signals(int signals)
{
    struct signalfd_siginfo information;
    while (read(signals, &information, sizeof information) > 0) {
        if (information.ssi_signo != SIGCHLD)
            return true;
    }
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        bury(pid);
    return false;
}

static void serve(int listener, int signals, unsigned long most)
{
    bool lacking = false;
    for (;;) {
        struct pollfd watched[] = {{.fd = signals, .events = POLLIN},
                                   {.fd = listener, .events = POLLIN}};
        if (poll(watched, lacking ? 1 : 2, lacking ? 50 : -1) < 0)
            continue;
        if (watched[0].revents != 0 && read_signals(signals))
            break;
        lacking = !lacking && watched[1].revents != 0 && !receive(listener, signals, most);
    }
    for (struct child *child = children; child != NULL; child = child->next)
        kill(child->pid, SIGKILL);
    while (children != NULL)
        bury(waitpid(-1, NULL, 0));
}

static int try(const struct addrinfo *place, const char **failed)
{
    const int one = 1;
    int fd = socket(place->ai_family, place->ai_socktype | SOCK_NONBLOCK, place->ai_protocol);
    *failed = "socket";
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    *failed = "bind";
    if (bind(fd, place->ai_addr, place->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int open_listener(const struct endpoint *endpoint)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &places);
    if (code != 0) {
        report_error("server", "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        return -1;
    }
    int fd = -1;
    const char *failed = "socket";
    for (const struct addrinfo *place = places; place != NULL && fd < 0; place = place->ai_next)
        fd = try(place, &failed);
    if (fd < 0)
        report_error("server", failed, endpoint->host, endpoint->port, strerror(errno));
    freeaddrinfo(places);
    return fd;
}

int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "1233"};
    unsigned long most = 10000;
    int option;
    opterr = 0;
    while ((option = getopt(argc, argv, "+m:")) != -1) {
        if (option != 'm' || !parse_number(optarg, 1, ULONG_MAX, &most)) {
            report_usage("server", "option refusée", argv[optind - 1]);
            return EXIT_USAGE;
        }
    }
    if (!parse_endpoint("server", argc - optind, argv + optind, &endpoint))
        return EXIT_USAGE;
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    int signals = signalfd(-1, &blocked, SFD_NONBLOCK);
    int listener = open_listener(&endpoint);
    if (listener < 0)
        return EXIT_SYSTEM;
    puts("waiting for connection");
    fflush(stdout);
    serve(listener, signals, most);
    close(listener);
    close(signals);
    return EXIT_SUCCESS;
}
