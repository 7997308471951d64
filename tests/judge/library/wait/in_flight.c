#include "in_flight.h"

#include "network.h"
#include "sockdiag.h"

#include <netinet/tcp.h>
#include <stddef.h>

#define MAX_SENDERS 2048

/** Les états TCP d'où l'on envoie encore, ou d'où l'on attend un acquittement. */
#define SENDING                                                                                    \
    (1u << TCP_ESTABLISHED | 1u << TCP_CLOSE_WAIT | 1u << TCP_FIN_WAIT1 | 1u << TCP_CLOSING |      \
     1u << TCP_LAST_ACK)

/** Les états TCP d'où l'on reçoit encore. */
#define RECEIVING (1u << TCP_ESTABLISHED | 1u << TCP_FIN_WAIT1 | 1u << TCP_FIN_WAIT2)

/** Ceux à qui il manque un acquittement. */
struct senders {
    struct socket_view views[MAX_SENDERS];
    size_t count;
    bool awaited; /**< Celui d'en face n'a rien à lire. */
};

static bool note_sender(const struct socket_view *view, void *context)
{
    struct senders *senders = context;
    if (view->send_queue > 0)
        senders->views[senders->count++] = *view;
    return senders->count < MAX_SENDERS;
}

static bool look_opposite(const struct socket_view *view, void *context)
{
    struct senders *senders = context;
    for (size_t i = 0; i < senders->count && view->receive_queue == 0; i++) {
        const struct socket_view *sender = &senders->views[i];
        if (sender->local_port == view->remote_port && sender->remote_port == view->local_port)
            senders->awaited = true;
    }
    return !senders->awaited;
}

bool network_in_flight(void)
{
    static struct senders senders;
    senders.count = 0;
    senders.awaited = false;
    if (!network_is_isolated())
        return false;
    sockets_visit(IPPROTO_TCP, SENDING, note_sender, &senders);
    if (senders.count > 0)
        sockets_visit(IPPROTO_TCP, RECEIVING, look_opposite, &senders);
    return senders.awaited;
}

static bool add_queues(const struct socket_view *view, void *context)
{
    *(unsigned long *)context += (unsigned long)view->receive_queue + view->send_queue;
    return true;
}

bool network_stands_still(struct suspicion *suspicion)
{
    unsigned long queued = 0;
    sockets_visit(IPPROTO_TCP, ~0u, add_queues, &queued);
    bool still = suspicion->raised && queued == suspicion->queued;
    *suspicion = (struct suspicion){.raised = true, .queued = queued};
    return still;
}
