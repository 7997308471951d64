#include "peer.h"

#include "complain.h"
#include "network.h"
#include "transcript.h"
#include "verdict.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// Ce qu'un correspondant a dit : ses premiers octets suffisent à reconnaître une réponse qui lui est due.
#define SAID_SIZE 4096

static unsigned local_port(int fd)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    memset(&local, 0, sizeof local);
    if (getsockname(fd, (struct sockaddr *)&local, &length) < 0)
        return 0;
    return ntohs(local.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&local)->sin6_port
                                             : ((struct sockaddr_in *)&local)->sin_port);
}

static void bind_client(int fd, const struct sockaddr_storage *place, socklen_t length)
{
    if (bind(fd, (const struct sockaddr *)place, length) < 0)
        verdict_broken("pas de port pour un client du test : %s", strerror(errno));
}

// Un port aux deux octets égaux (0x8181) se lit pareil dans les deux sens : il cacherait l'oubli de
// ntohs. Celui qui est refusé reste pris pendant que l'on en demande un autre.
static int client_socket(int family)
{
    int fd = peer_socket(family);
    const struct sockaddr_storage any = {.ss_family = (sa_family_t)family};
    bind_client(fd, &any,
                family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
    unsigned port = local_port(fd);
    if (port >> 8 != (port & 0xFF))
        return fd;
    int other = client_socket(family);
    close(fd);
    return other;
}

/** Un serveur à joindre. */
struct target {
    const char *host;
    const char *port;
    struct sockaddr_storage place;
    socklen_t length;
};

static struct target target_at(const char *host, const char *port)
{
    struct target target = {.host = host, .port = port};
    peer_resolve(host, port, &target.place, &target.length);
    return target;
}

static struct peer *reach(const char *name, const struct target *target, int fd)
{
    int result = connect(fd, (const struct sockaddr *)&target->place, target->length);
    int error = errno;
    struct peer *peer = peer_new(name, fd);
    peer_note_address(peer);
    transcript_note(name, "→", "se connecte à %s port %s", target->host, target->port);
    if (result < 0 && error != EINPROGRESS)
        peer_end_with(peer, error);
    return peer;
}

static struct peer *begin(const char *name, const char *host, const char *port, int window)
{
    const struct target target = target_at(host, port);
    int fd = client_socket(target.place.ss_family);
    if (window > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    return reach(name, &target, fd);
}

static bool connection_settled(void *context)
{
    struct peer *peer = context;
    struct tcp_info info;
    socklen_t length = sizeof info;
    if (peer->error != 0 || peer->ended || peer->length > 0)
        return true;
    if (getsockopt(peer->source.fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
        return true;
    peer->connected = info.tcpi_state == TCP_ESTABLISHED || info.tcpi_state == TCP_CLOSE_WAIT;
    return peer->connected || info.tcpi_state == TCP_CLOSE;
}

static struct peer *complete(struct peer *peer)
{
    enum wait_end end = pump_until(connection_settled, peer, 1);
    if (end != WAIT_DONE || (peer->error != 0 && peer->error != ECONNRESET))
        complain_no_connection(peer, end);
    return peer;
}

struct peer *peer_connect_to(const char *name, const char *host, const char *port)
{
    return complete(begin(name, host, port, 0));
}

struct peer *peer_connect_from(const char *name, const char *host, const char *port, unsigned from)
{
    const struct target target = target_at(host, port);
    int fd = peer_socket(target.place.ss_family);
    struct sockaddr_storage place = target.place;
    if (place.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&place)->sin6_port = htons((uint16_t)from);
    else
        ((struct sockaddr_in *)&place)->sin_port = htons((uint16_t)from);
    bind_client(fd, &place, target.length);
    return complete(reach(name, &target, fd));
}

struct peer *peer_connect(const char *name)
{
    return peer_connect_to(name, "127.0.0.1", test_port());
}

struct peer *peer_connect_narrow(const char *name, const char *port, int window_bytes)
{
    return complete(begin(name, "127.0.0.1", port, window_bytes));
}

struct peer *peer_connect_begin(const char *name)
{
    return begin(name, "127.0.0.1", test_port(), 0);
}

// Une file d'attente trop courte rejette le SYN : la connexion n'est pas établie, et le client ne
// réessaiera qu'une seconde plus tard. Sur la boucle locale l'échange est fini quand connect rend
// la main : il n'y a rien à attendre pour le voir.
static bool established_at_once(const struct peer *peer)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    return getsockopt(peer->source.fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
           info.tcpi_state == TCP_ESTABLISHED && info.tcpi_total_retrans == 0;
}

void peers_expect_established(struct peer *const *peers, size_t count)
{
    size_t established = 0;
    for (size_t i = 0; i < count; i++)
        established += established_at_once(peers[i]);
    transcript_note("juge", "·", "%zu connexions sur %zu sont établies", established, count);
    if (established < count)
        complain_because("Les connexions que le programme n'a pas encore acceptées attendent dans "
                         "la file dont listen fixe la longueur. Quand elle est pleine, les "
                         "suivantes sont ignorées, et le client ne réessaie qu'après une seconde.",
                         "sur %zu connexions lancées au même instant, %zu seulement sont établies",
                         count, established);
}

/** Un envoi en cours. */
struct delivery {
    struct peer *peer;
    const char *bytes;
    size_t length;
    size_t done;
    int error;
};

static bool delivery_advances(void *context)
{
    struct delivery *delivery = context;
    while (delivery->done < delivery->length) {
        ssize_t count = send(delivery->peer->source.fd, delivery->bytes + delivery->done,
                             delivery->length - delivery->done, MSG_NOSIGNAL);
        if (errno == EINTR && count < 0)
            continue;
        if (errno == EAGAIN && count < 0)
            return false;
        if (count < 0) {
            delivery->error = errno;
            return true;
        }
        delivery->done += (size_t)count;
        delivery->peer->sent += (size_t)count;
    }
    return true;
}

static enum wait_end deliver(struct delivery *delivery)
{
    transcript_bytes(delivery->peer->name, "→", "envoie", delivery->bytes, delivery->length);
    return pump_until(delivery_advances, delivery, 2);
}

static void remember(struct peer *peer, const char *bytes, size_t length)
{
    if (peer->said == NULL)
        peer->said = malloc(SAID_SIZE);
    size_t room = peer->said != NULL ? SAID_SIZE - peer->said_length : 0;
    size_t kept = length < room ? length : room;
    if (kept > 0)
        memcpy(peer->said + peer->said_length, bytes, kept);
    peer->said_length += kept;
}

void peer_send_bytes(struct peer *peer, const void *bytes, size_t length)
{
    remember(peer, bytes, length);
    struct delivery delivery = {.peer = peer, .bytes = bytes, .length = length};
    enum wait_end end = deliver(&delivery);
    if (end != WAIT_DONE || delivery.error != 0)
        complain_not_sent(peer, end, delivery.error, length - delivery.done);
}

void peer_send(struct peer *peer, const char *text)
{
    peer_send_bytes(peer, text, strlen(text));
}

size_t peer_send_while_open(struct peer *peer, const void *bytes, size_t length)
{
    struct delivery delivery = {.peer = peer, .bytes = bytes, .length = length};
    deliver(&delivery);
    if (delivery.error != 0)
        transcript_note(peer->name, "·",
                        "l'envoi s'arrête après %zu octets : la connexion est "
                        "fermée",
                        delivery.done);
    return delivery.done;
}

static bool everything_acknowledged(void *context)
{
    struct peer *peer = context;
    int unsent = 0;
    return ioctl(peer->source.fd, SIOCOUTQ, &unsent) < 0 || unsent == 0;
}

void peer_wait_until_delivered(struct peer *peer)
{
    pump_until(everything_acknowledged, peer, 1);
}

bool peer_other_end(const struct peer *peer, struct socket_view *view)
{
    return socket_other_end(peer->source.fd, view) &&
           (view->state == TCP_ESTABLISHED || view->state == TCP_CLOSE_WAIT);
}

// Une connexion que le programme a fermée n'a plus rien à lire.
static bool everything_read(void *context)
{
    struct socket_view view;
    return !peer_other_end(context, &view) || view.receive_queue == 0;
}

bool peer_wait_until_read(struct peer *peer)
{
    return pump_until(everything_read, peer, 1) == WAIT_DONE;
}

void peer_send_byte_by_byte(struct peer *peer, const char *text)
{
    bool reading = true;
    for (; *text != '\0'; text++) {
        peer_send_bytes(peer, text, 1);
        pump_until(everything_acknowledged, peer, 1);
        // Un programme qui ne lit plus n'est attendu qu'une fois.
        reading = reading && peer_wait_until_read(peer);
    }
}

void peer_stop_reading(struct peer *peer)
{
    transcript_note(peer->name, "·", "cesse de lire");
    peer->source.events = 0;
}

void peer_resume_reading(struct peer *peer)
{
    transcript_note(peer->name, "·", "recommence à lire");
    peer->source.events = POLLIN;
}

void peer_half_close(struct peer *peer)
{
    transcript_note(peer->name, "→", "ferme son sens d'envoi (FIN)");
    peer->sending_closed = true;
    shutdown(peer->source.fd, SHUT_WR);
}

static void drop(struct peer *peer)
{
    pump_remove(&peer->source);
    close(peer->source.fd);
    peer->source.fd = -1;
    peer->source.events = 0;
}

void peer_close(struct peer *peer)
{
    transcript_note(peer->name, "→", "ferme la connexion");
    drop(peer);
}

void peer_reset(struct peer *peer)
{
    const struct linger abrupt = {.l_onoff = 1, .l_linger = 0};
    transcript_note(peer->name, "→", "coupe la connexion (RST)");
    setsockopt(peer->source.fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
    drop(peer);
}
