#include "datagram.h"

#include "complain.h"
#include "expect.h"
#include "network.h"
#include "peer_socket.h"
#include "sockdiag.h"
#include "transcript.h"
#include "verdict.h"

#include <errno.h>
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

static const struct datagram *next(struct postbox *box)
{
    return box->received[box->taken];
}

static bool same_bytes(const struct datagram *datagram, const void *bytes, size_t length)
{
    return datagram->length == length && memcmp(datagram->bytes, bytes, length) == 0;
}

/** La file d'attente d'un port UDP. */
struct queue {
    unsigned port;
    unsigned unread;
};

static bool measure_queue(const struct socket_view *view, void *context)
{
    struct queue *queue = context;
    if (view->local_port == queue->port)
        queue->unread += view->receive_queue;
    return true;
}

// Une boîte qui a reçu plus de réponses que posé de questions a eu celle d'une autre.
static const struct postbox *favoured_box(const struct postbox *box)
{
    for (const struct postbox *other = boxes; other != NULL; other = other->next) {
        if (other != box && other->count > other->asked_count)
            return other;
    }
    return NULL;
}

static const char *cause_of_lost_reply(const struct postbox *box)
{
    static char text[512];
    const struct postbox *favoured = favoured_box(box);
    if (favoured != NULL)
        snprintf(
            text, sizeof text,
            "La réponse est partie vers « %s », qui en a reçu plus qu'il n'a posé de questions. "
            "Quelle adresse est donnée à l'envoi, et d'où vient-elle ?",
            favoured->name);
    else if (box->count > 0)
        snprintf(text, sizeof text,
                 "Il a posé %zu questions et reçu %zu réponse(s) : chaque datagramme a la sienne, "
                 "envoyée à son expéditeur, que d'autres soient venus entre-temps ou non.",
                 box->asked_count, box->count);
    else
        snprintf(text, sizeof text,
                 "La question a été lue, mais aucune réponse n'est arrivée à son expéditeur%s : "
                 "quelle adresse et quelle longueur d'adresse sont données à l'envoi ?",
                 program_first()->err.length > 0 ? " (stderr, ci-dessus, dit peut-être pourquoi)"
                                                 : "");
    return text;
}

static const char *cause_of_silence(const struct postbox *box)
{
    const char *colon = strrchr(box->asked, ':');
    struct queue queue = {.port = colon != NULL ? (unsigned)atoi(colon + 1) : 0};
    sockets_visit(IPPROTO_UDP, ~0u, measure_queue, &queue);
    if (queue.unread > 0)
        return "La question est arrivée, mais elle attend encore dans la file du socket : le "
               "programme ne la lit pas.";
    if (box->asked_length == 0)
        return "Un datagramme vide est un message comme un autre : une réception de 0 octet n'est "
               "ni une erreur, ni la fin de quoi que ce soit.";
    return cause_of_lost_reply(box);
}

static _Noreturn void complain_of_bytes(const struct datagram *datagram, const char *bytes,
                                        size_t length, const char *summary)
{
    struct symptoms symptoms = {.program = program_first(),
                                .expected = bytes,
                                .expected_length = length,
                                .received = datagram->bytes,
                                .received_length = datagram->length};
    complain(&symptoms, "%s", summary);
}

static void check_bytes(const struct datagram *datagram, const char *bytes, size_t length,
                        const char *what)
{
    if (same_bytes(datagram, bytes, length))
        return;
    if (length == 0)
        complain_because("Un message vide est un message : un datagramme de 0 octet.",
                         "%s fait %zu octets au lieu de 0", what, datagram->length);
    char summary[256];
    if (datagram->length == 0)
        snprintf(summary, sizeof summary, "%s est un datagramme vide", what);
    else if (datagram->length == length)
        snprintf(summary, sizeof summary, "%s n'est pas celle attendue", what);
    else
        snprintf(summary, sizeof summary, "%s fait %zu octets au lieu de %zu", what,
                 datagram->length, length);
    complain_of_bytes(datagram, bytes, length, summary);
}

void postbox_expect_reply(struct postbox *box, const char *text)
{
    enum wait_end end = pump_until(postbox_has_mail, box, 20);
    if (end != WAIT_DONE) {
        struct symptoms symptoms = {
            .end = end, .program = program_first(), .hint = cause_of_silence(box)};
        complain(&symptoms, "« %s » n'a pas reçu de réponse", box->name);
    }
    const struct datagram *reply = next(box);
    char what[128];
    snprintf(what, sizeof what, "la réponse reçue par « %s »", box->name);
    check_bytes(reply, text, strlen(text), what);
    if (strcmp(reply->from, box->asked) != 0)
        complain_because("Un client prudent n'écoute que l'adresse à qui il a écrit : la réponse "
                         "part du socket qui a reçu la question, pas d'un autre.",
                         "« %s » a écrit à %s, et c'est %s qui répond", box->name, box->asked,
                         reply->from);
    box->taken++;
}

const struct datagram *postbox_expect_question(struct postbox *box, const void *bytes,
                                               size_t length, const char *hint)
{
    enum wait_end end = pump_until(postbox_has_mail, box, 20);
    if (end != WAIT_DONE) {
        struct symptoms symptoms = {.end = end, .program = program_first(), .hint = hint};
        complain(&symptoms, "aucune question n'est arrivée à « %s », sur %s", box->name,
                 box->address);
    }
    check_bytes(next(box), bytes, length, "la question");
    return box->received[box->taken++];
}

void postbox_expect_nothing_more(struct postbox *box)
{
    pump_now();
    if (box->count == box->taken)
        return;
    struct symptoms symptoms = {.program = program_first(),
                                .expected = "",
                                .received = next(box)->bytes,
                                .received_length = next(box)->length};
    complain(&symptoms, "« %s » a reçu un datagramme que rien ne demandait", box->name);
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

struct program *start_datagram_server(void)
{
    struct program *server = START("server", "127.0.0.1", test_port());
    server_expect_bound(server, test_port());
    return server;
}
