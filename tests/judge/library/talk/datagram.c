#include "datagram.h"

#include "complain.h"
#include "network.h"
#include "transcript.h"
#include "verdict.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_STORAGE (4 << 20)
#define DATING_TRIES 500

/** Datagrammes reçus sans que le test en ait attendu un : au-delà, le programme envoie sans fin. */
#define DELUGE 1000

static struct postbox *boxes;

struct postbox *postbox_last_opened(void)
{
    return boxes;
}

static double seconds(const struct timespec *time)
{
    return (double)time->tv_sec + (double)time->tv_nsec / 1e9;
}

static double real_now_s(void)
{
    struct timespec instant;
    clock_gettime(CLOCK_REALTIME, &instant);
    return seconds(&instant);
}

// L'heure de réception écrite par le noyau, ou 0.
static double kernel_date_s(struct msghdr *message)
{
    for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item != NULL;
         item = CMSG_NXTHDR(message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        struct timespec date;
        memcpy(&date, CMSG_DATA(item), sizeof date);
        return seconds(&date);
    }
    return 0;
}

/** Un datagramme tel que recvmsg() le rend. */
struct arrival {
    char bytes[65536];
    ssize_t length;
    struct sockaddr_storage source;
    socklen_t source_length;
    double date_s; /**< Heure d'arrivée, horloge du monde, ou 0. */
};

static bool take_arrival(int fd, struct arrival *arrival)
{
    _Alignas(struct cmsghdr) char control[256];
    struct iovec place = {arrival->bytes, sizeof arrival->bytes};
    struct msghdr message = {.msg_name = &arrival->source,
                             .msg_namelen = sizeof arrival->source,
                             .msg_iov = &place,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    arrival->length = recvmsg(fd, &message, 0);
    arrival->source_length = message.msg_namelen;
    if (arrival->length < 0)
        return false;
    arrival->date_s = kernel_date_s(&message);
    return true;
}

static void keep(struct postbox *box, const struct arrival *arrival)
{
    struct datagram *datagram = calloc(1, sizeof *datagram);
    struct datagram **grown = realloc(box->received, (box->count + 1) * sizeof(struct datagram *));
    char *bytes = malloc((size_t)arrival->length + 1);
    if (datagram == NULL || grown == NULL || bytes == NULL)
        verdict_broken("mémoire insuffisante");
    memcpy(bytes, arrival->bytes, (size_t)arrival->length);
    *datagram = (struct datagram){.bytes = bytes,
                                  .length = (size_t)arrival->length,
                                  .source = arrival->source,
                                  .source_length = arrival->source_length,
                                  .dated = box->dates && arrival->date_s > 0};
    datagram->arrived_ms = transcript_elapsed_ms() - (real_now_s() - arrival->date_s) * 1e3;
    peer_format_address((const struct sockaddr *)&datagram->source, datagram->source_length,
                        datagram->from);
    box->received = grown;
    box->received[box->count++] = datagram;
}

static void note(const struct postbox *box, const char *verb, const char *action, const char *who,
                 const void *bytes, size_t length)
{
    char text[PEER_ADDRESS_SIZE + 32];
    snprintf(text, sizeof text, "%s %s", action, who);
    if (length == 0)
        transcript_note(box->name, verb, "%s un datagramme vide", text);
    else
        transcript_bytes(box->name, verb, text, bytes, length);
}

// Une boucle folle n'arrêterait ni le juge ni sa mémoire de grandir.
static void refuse_deluge(const struct postbox *box)
{
    if (box->count - box->taken < DELUGE)
        return;
    complain_because(
        "Une boucle envoie sans rien attendre : qu'est-ce qui devrait l'arrêter, et que "
        "rend l'appel dont elle dépend ?",
        "« %s » a reçu %d datagrammes de suite que rien ne demandait", box->name, DELUGE);
}

static void receive(struct source *source, short revents)
{
    (void)revents;
    static struct arrival arrival;
    struct postbox *box = source->owner;
    if (!take_arrival(source->fd, &arrival))
        return;
    keep(box, &arrival);
    const struct datagram *last = box->received[box->count - 1];
    note(box, "←", "reçoit de", last->from, last->bytes, last->length);
    refuse_deluge(box);
}

// Le noyau ne commence parfois à dater qu'un peu après qu'on le lui a demandé ; jusque-là il donne
// l'heure de la lecture. Un datagramme envoyé à soi-même dit si c'est bien l'heure d'arrivée.
static bool kernel_dates_arrivals(int fd, const struct sockaddr *address, socklen_t length)
{
    static struct arrival arrival;
    const struct timespec pause = {.tv_nsec = 1000 * 1000};
    const int one = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) < 0)
        return false;
    for (int i = 0; i < DATING_TRIES; i++) {
        if (sendto(fd, "", 0, 0, address, length) < 0)
            return false;
        double sent_s = real_now_s();
        if (take_arrival(fd, &arrival) && arrival.date_s > 0 && arrival.date_s <= sent_s)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

// Une file d'attente pleine perd des datagrammes sans un mot : celle du juge doit suffire à tout.
static void widen(int fd)
{
    const int size = RECEIVE_STORAGE;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

struct postbox *postbox_open(const char *name, const char *host, const char *port)
{
    struct sockaddr_storage place;
    socklen_t length;
    peer_resolve(host, port, &place, &length);
    int fd = socket(place.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&place, length) < 0 ||
        getsockname(fd, (struct sockaddr *)&place, &length) < 0)
        verdict_broken("le juge ne peut pas lier de socket UDP à %s port %s : %s", host, port,
                       strerror(errno));
    struct postbox *box = calloc(1, sizeof *box);
    if (box == NULL)
        verdict_broken("mémoire insuffisante");
    widen(fd);
    box->name = strdup(name);
    box->family = place.ss_family;
    box->dates = strcmp(port, "0") != 0 &&
                 kernel_dates_arrivals(fd, (const struct sockaddr *)&place, length);
    box->next = boxes;
    boxes = box;
    box->source = (struct source){.fd = fd, .events = POLLIN, .ready = receive, .owner = box};
    peer_format_address((const struct sockaddr *)&place, length, box->address);
    pump_add(&box->source);
    transcript_note(name, "·", "ouvre un socket UDP : %s", box->address);
    return box;
}

struct postbox *postbox_client(const char *name)
{
    return postbox_open(name, "127.0.0.1", "0");
}

void postbox_close(struct postbox *box)
{
    transcript_note(box->name, "·", "ferme son socket");
    pump_remove(&box->source);
    close(box->source.fd);
    box->source.fd = -1;
}

/** Un envoi à faire. */
struct dispatch {
    const struct postbox *box;
    const struct sockaddr *to;
    socklen_t to_length;
    const void *bytes;
    size_t length;
    int error;
};

static bool dispatched(void *context)
{
    struct dispatch *dispatch = context;
    dispatch->error = 0;
    if (sendto(dispatch->box->source.fd, dispatch->bytes, dispatch->length, 0, dispatch->to,
               dispatch->to_length) < 0)
        dispatch->error = errno;
    return dispatch->error != EAGAIN && dispatch->error != EINTR;
}

static void send_to(struct postbox *box, const struct sockaddr *to, socklen_t to_length,
                    const void *bytes, size_t length)
{
    peer_format_address(to, to_length, box->asked);
    box->asked_length = length;
    box->asked_count++;
    note(box, "→", "envoie à", box->asked, bytes, length);
    struct dispatch dispatch = {box, to, to_length, bytes, length, 0};
    if (pump_until(dispatched, &dispatch, 1) != WAIT_DONE || dispatch.error != 0)
        verdict_broken("le juge ne peut pas envoyer %zu octets à %s : %s", length, box->asked,
                       strerror(dispatch.error));
    box->asked_ms = transcript_elapsed_ms();
}

void postbox_send(struct postbox *box, const char *host, const char *port, const void *bytes,
                  size_t length)
{
    struct sockaddr_storage target;
    socklen_t target_length;
    peer_resolve(host, port, &target, &target_length);
    send_to(box, (const struct sockaddr *)&target, target_length, bytes, length);
}

void postbox_ask_bytes(struct postbox *box, const void *bytes, size_t length)
{
    const char *host = box->family == AF_INET6 ? "::1" : "127.0.0.1";
    postbox_send(box, host, test_port(), bytes, length);
}

void postbox_ask(struct postbox *box, const char *text)
{
    postbox_ask_bytes(box, text, strlen(text));
}

void postbox_answer_bytes(struct postbox *box, const struct datagram *to, const void *bytes,
                          size_t length)
{
    send_to(box, (const struct sockaddr *)&to->source, to->source_length, bytes, length);
}

void postbox_answer(struct postbox *box, const struct datagram *to, const char *text)
{
    postbox_answer_bytes(box, to, text, strlen(text));
}

bool postbox_has_mail(void *box)
{
    const struct postbox *postbox = box;
    return postbox->count > postbox->taken;
}

void postboxes_forget(void)
{
    pump_now();
    for (struct postbox *box = boxes; box != NULL; box = box->next)
        box->taken = box->count;
}

/** Deux boîtes, dont l'une doit recevoir quelque chose. */
struct pair {
    struct postbox *box;
    struct postbox *other;
};

static bool either_has_mail(void *context)
{
    const struct pair *pair = context;
    return postbox_has_mail(pair->box) || postbox_has_mail(pair->other);
}

struct postbox *postbox_first_with_mail(struct postbox *box, struct postbox *other)
{
    struct pair pair = {box, other};
    pump_until(either_has_mail, &pair, 20);
    return postbox_has_mail(other) ? other : box;
}

void postbox_pour(struct postbox *box, const void *bytes, size_t length, int count)
{
    struct sockaddr_storage target;
    socklen_t target_length;
    peer_resolve("127.0.0.1", test_port(), &target, &target_length);
    box->source.events = 0;
    for (int i = 0; i < count; i++)
        sendto(box->source.fd, bytes, length, 0, (const struct sockaddr *)&target, target_length);
}

/** Un datagramme UDP, en-tête compris. Plus court, son contrôle se ferait avant qu'il soit annoncé. */
struct raw_datagram {
    struct udphdr header;
    char message[200];
};

// Le noyau ajoute l'en-tête IP, et ne touche pas à celui d'UDP.
bool postbox_send_damaged(const struct postbox *box, const char *host, const char *port)
{
    struct sockaddr_storage target;
    struct sockaddr_storage own;
    socklen_t length;
    socklen_t own_length = sizeof own;
    peer_resolve(host, port, &target, &length);
    if (!network_is_isolated() ||
        getsockname(box->source.fd, (struct sockaddr *)&own, &own_length) < 0)
        return false;
    // Le port est au même endroit pour IPv4 et pour IPv6 ; le noyau n'en veut pas ici.
    struct sockaddr_in *to = (struct sockaddr_in *)&target;
    struct sockaddr_in *from = (struct sockaddr_in *)&own;
    struct raw_datagram raw = {.header = {.source = from->sin_port,
                                          .dest = to->sin_port,
                                          .len = htons(sizeof raw),
                                          .check = 0xBAD}};
    memset(raw.message, 'x', sizeof raw.message);
    from->sin_port = to->sin_port = 0;
    int fd = socket(box->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
    bool sent =
        fd >= 0 && bind(fd, (struct sockaddr *)&own, own_length) == 0 &&
        sendto(fd, &raw, sizeof raw, 0, (struct sockaddr *)&target, length) == (ssize_t)sizeof raw;
    if (fd >= 0)
        close(fd);
    if (sent)
        transcript_note(box->name, "→",
                        "envoie un datagramme dont la somme de contrôle est fausse");
    return sent;
}
