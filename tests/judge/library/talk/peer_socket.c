#include "peer_socket.h"

#include "transcript.h"
#include "verdict.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct peer *last_peer;

void peer_end_with(struct peer *peer, int error)
{
    if (error == 0) {
        peer->ended = true;
        transcript_note(peer->name, "←", "reçoit la fin de flux (FIN)");
    } else {
        peer->error = error;
        transcript_note(peer->name, "←", "%s",
                        error == ECONNRESET ? "la connexion est coupée net (RST)"
                                            : strerror(error));
    }
    peer->source.events = 0;
}

static void keep(struct peer *peer, const char *bytes, size_t length)
{
    char *grown = realloc(peer->bytes, peer->length + length + 1);
    if (grown == NULL)
        verdict_broken("mémoire insuffisante");
    peer->bytes = grown;
    memcpy(peer->bytes + peer->length, bytes, length);
    peer->length += length;
    transcript_bytes(peer->name, "←", "reçoit", bytes, length);
}

static void receive(struct source *source, short revents)
{
    (void)revents;
    struct peer *peer = source->owner;
    char bytes[65536];
    ssize_t count = recv(source->fd, bytes, sizeof bytes, 0);
    if (count > 0)
        keep(peer, bytes, (size_t)count);
    else if (count == 0)
        peer_end_with(peer, 0);
    else if (errno != EINTR && errno != EAGAIN)
        peer_end_with(peer, errno);
}

void peer_format_address(const struct sockaddr *address, socklen_t length, char *text)
{
    char host[64] = "?";
    char port[8] = "?";
    int code = getnameinfo(address, length, host, sizeof host, port, sizeof port,
                           NI_NUMERICHOST | NI_NUMERICSERV);
    if (code != 0)
        verdict_broken("adresse illisible : %s", gai_strerror(code));
    snprintf(text, PEER_ADDRESS_SIZE, address->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
             port);
}

const struct peer *peer_first(void)
{
    return last_peer;
}

struct peer *peer_new(const char *name, int fd)
{
    struct peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL)
        verdict_broken("mémoire insuffisante");
    peer->name = strdup(name);
    peer->next = last_peer;
    last_peer = peer;
    peer->source = (struct source){.fd = fd, .events = POLLIN, .ready = receive, .owner = peer};
    pump_add(&peer->source);
    return peer;
}

void peer_resolve(const char *host, const char *port, struct sockaddr_storage *address,
                  socklen_t *length)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        verdict_broken("adresse numérique attendue : %s %s", host, port);
    memcpy(address, found->ai_addr, found->ai_addrlen);
    *length = found->ai_addrlen;
    freeaddrinfo(found);
}

int peer_socket(int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        verdict_broken("socket : %s", strerror(errno));
    // Chaque envoi du test doit partir comme il est écrit, sans attendre le suivant (Nagle).
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

void peer_note_address(struct peer *peer)
{
    struct sockaddr_storage local = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof local;
    if (getsockname(peer->source.fd, (struct sockaddr *)&local, &length) == 0)
        peer_format_address((struct sockaddr *)&local, length, peer->address);
}
