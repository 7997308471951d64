// Un automate autour de poll : sockets non bloquants, arrêt par un tube à soi (self-pipe). framing.c
// ne sert pas : la ligne est faite octet par octet, au rythme où ils arrivent.
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE_MAXIMUM 65536

static const char REPLY[] = "Hey client\n";
static int stop_pipe[2];

/** Le client servi : ce qu'il reste à lui dire, et la ligne qu'il est en train d'envoyer. */
struct dialogue {
    int fd;
    char peer[ADDRESS_TEXT_SIZE];
    char received[4096];
    size_t received_start;
    size_t received_end;
    char line[LINE_MAXIMUM];
    size_t length;
    size_t reply_left;
    bool input_ended;
    bool finished;
};

static void ask_to_stop(int number)
{
    (void)number;
    int saved = errno;
    ssize_t ignored = write(stop_pipe[1], "!", 1);
    (void)ignored;
    errno = saved;
}

static bool set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static int listen_on(const struct endpoint *endpoint)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &found);
    if (code != 0) {
        report_error("server", "getaddrinfo", endpoint->host, endpoint->port, gai_strerror(code));
        return -1;
    }
    int listener = -1;
    int error = 0;
    const int one = 1;
    for (const struct addrinfo *place = found; place != NULL && listener < 0;
         place = place->ai_next) {
        int fd = socket(place->ai_family, place->ai_socktype, place->ai_protocol);
        if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
            bind(fd, place->ai_addr, place->ai_addrlen) == 0 && listen(fd, 4096) == 0 &&
            set_nonblocking(fd)) {
            listener = fd;
            continue;
        }
        error = errno;
        if (fd >= 0)
            close(fd);
    }
    freeaddrinfo(found);
    if (listener < 0)
        report_error("server", "écoute", endpoint->host, endpoint->port, strerror(error));
    return listener;
}

static void end_line(struct dialogue *dialogue)
{
    fputs("received from client: ", stdout);
    print_escaped(stdout, dialogue->line, dialogue->length);
    putchar('\n');
    fflush(stdout);
    if (dialogue->length == 3 && memcmp(dialogue->line, "END", 3) == 0)
        dialogue->finished = true;
    else
        dialogue->reply_left = sizeof REPLY - 1;
    dialogue->length = 0;
}

static void give_up(struct dialogue *dialogue, const char *action, const char *reason)
{
    report_peer_error("server", action, dialogue->peer, reason);
    dialogue->finished = true;
}

// Avance dans ce qui est reçu, jusqu'à devoir répondre ou n'avoir plus rien.
static void digest(struct dialogue *dialogue)
{
    while (dialogue->reply_left == 0 && !dialogue->finished &&
           dialogue->received_start < dialogue->received_end) {
        char byte = dialogue->received[dialogue->received_start++];
        if (byte == '\n')
            end_line(dialogue);
        else if (dialogue->length == LINE_MAXIMUM)
            give_up(dialogue, "réception", "ligne trop longue");
        else
            dialogue->line[dialogue->length++] = byte;
    }
    bool empty = dialogue->received_start == dialogue->received_end;
    if (!dialogue->input_ended || !empty || dialogue->reply_left > 0 || dialogue->finished)
        return;
    if (dialogue->length > 0)
        end_line(dialogue);
    else
        dialogue->finished = true;
}

static void receive(struct dialogue *dialogue)
{
    ssize_t count = recv(dialogue->fd, dialogue->received, sizeof dialogue->received, 0);
    if (count < 0 && errno != EINTR && errno != EAGAIN)
        give_up(dialogue, "recv", strerror(errno));
    if (count < 0)
        return;
    dialogue->received_start = 0;
    dialogue->received_end = (size_t)count;
    dialogue->input_ended = count == 0;
}

static void reply(struct dialogue *dialogue)
{
    const char *rest = REPLY + (sizeof REPLY - 1 - dialogue->reply_left);
    ssize_t count = send(dialogue->fd, rest, dialogue->reply_left, MSG_NOSIGNAL);
    if (count >= 0)
        dialogue->reply_left -= (size_t)count;
    else if (errno != EINTR && errno != EAGAIN)
        give_up(dialogue, "send", strerror(errno));
}

// Attend qu'un descripteur soit prêt ; rend faux si l'arrêt est demandé.
static bool wait_for(int fd, short events)
{
    struct pollfd watched[2] = {{.fd = stop_pipe[0], .events = POLLIN},
                                {.fd = fd, .events = events}};
    while (poll(watched, 2, -1) < 0) {
        if (errno != EINTR)
            return false;
    }
    return watched[0].revents == 0;
}

static bool serve(struct dialogue *dialogue)
{
    bool running = true;
    while (running && !dialogue->finished) {
        bool replying = dialogue->reply_left > 0;
        running = wait_for(dialogue->fd, replying ? POLLOUT : POLLIN);
        if (running && replying)
            reply(dialogue);
        else if (running)
            receive(dialogue);
        digest(dialogue);
    }
    close(dialogue->fd);
    return running;
}

static bool greet(struct dialogue *dialogue, int listener)
{
    for (;;) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        if (!wait_for(listener, POLLIN))
            return false;
        int fd = accept(listener, (struct sockaddr *)&address, &length);
        if (fd >= 0 && set_nonblocking(fd)) {
            memset(dialogue, 0, sizeof *dialogue);
            dialogue->fd = fd;
            format_address((struct sockaddr *)&address, length, dialogue->peer,
                           sizeof dialogue->peer);
            printf("client connected from %s\n", dialogue->peer);
            fflush(stdout);
            return true;
        }
        if (fd >= 0)
            close(fd);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            poll(NULL, 0, 50);
    }
}

int main(int argc, char **argv)
{
    static struct dialogue dialogue;
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8001"};
    if (!parse_endpoint("server", argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    if (pipe(stop_pipe) != 0 || !set_nonblocking(stop_pipe[1]))
        return EXIT_SYSTEM;
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    int listener = listen_on(&endpoint);
    if (listener < 0)
        return EXIT_SYSTEM;
    do {
        puts("server waiting...");
        fflush(stdout);
    } while (greet(&dialogue, listener) && serve(&dialogue));
    close(listener);
    return EXIT_SUCCESS;
}
