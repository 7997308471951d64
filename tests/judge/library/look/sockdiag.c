#include "sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Le noyau numérote ainsi la minuterie d'un socket (sock_diag(7), `idiag_timer` ; proc(5), /proc/net/tcp).
#define PROBE_TIMER 4

struct visit {
    socket_visitor *visitor;
    void *context;
    bool stopped;
};

static bool send_request(int netlink, const struct inet_diag_req_v2 *request, unsigned short flags)
{
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } message = {
        .header = {.nlmsg_len = sizeof message,
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags)},
        .request = *request,
    };
    return send(netlink, &message, sizeof message, 0) == (ssize_t)sizeof message;
}

// Un socket IPv6 sert aussi IPv4, sous des adresses `::ffff:a.b.c.d` (RFC 4291, section 2.5.5.2) : vu du dehors, c'est
// l'adresse IPv4 qui est prise.
static void show(struct socket_view *view, struct visit *visit)
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (view->family == AF_INET6 && memcmp(view->local_address, mapped, sizeof mapped) == 0) {
        view->family = AF_INET;
        memmove(view->local_address, view->local_address + sizeof mapped, sizeof(struct in_addr));
    }
    if (!visit->stopped && !visit->visitor(view, visit->context))
        visit->stopped = true;
}

static struct socket_view view_of(const struct inet_diag_msg *message)
{
    struct socket_view view = {
        .family = message->idiag_family,
        .state = message->idiag_state,
        .local_port = ntohs(message->id.idiag_sport),
        .remote_port = ntohs(message->id.idiag_dport),
        .send_queue = message->idiag_wqueue,
        .receive_queue = message->idiag_rqueue,
        .window_closed = message->idiag_timer == PROBE_TIMER,
        .inode = message->idiag_inode,
    };
    memcpy(view.local_address, message->id.idiag_src, sizeof view.local_address);
    return view;
}

static void hand_over(const struct inet_diag_msg *message, struct visit *visit)
{
    struct socket_view view = view_of(message);
    show(&view, visit);
}

// Rend 1 à la fin de la réponse, 0 s'il faut lire encore, -1 si le noyau refuse.
static int read_answer(int netlink, struct visit *visit)
{
    _Alignas(struct nlmsghdr) char buffer[16384];
    ssize_t length = recv(netlink, buffer, sizeof buffer, 0);
    if (length <= 0)
        return errno == EINTR ? 0 : -1;
    const struct nlmsghdr *header = (const struct nlmsghdr *)buffer;
    for (size_t rest = (size_t)length; NLMSG_OK(header, rest); header = NLMSG_NEXT(header, rest)) {
        if (header->nlmsg_type == NLMSG_DONE)
            return 1;
        if (header->nlmsg_type == NLMSG_ERROR)
            return -1;
        hand_over(NLMSG_DATA(header), visit);
    }
    return 0;
}

static bool visit_by_netlink(int family, int protocol, unsigned states, struct visit *visit)
{
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0)
        return false;
    const struct inet_diag_req_v2 request = {.sdiag_family = (unsigned char)family,
                                             .sdiag_protocol = (unsigned char)protocol,
                                             .idiag_states = states};
    int answer = send_request(netlink, &request, NLM_F_DUMP) ? 0 : -1;
    while (answer == 0)
        answer = read_answer(netlink, visit);
    close(netlink);
    return answer == 1;
}

static const char *table_path(int family, int protocol)
{
    if (protocol == IPPROTO_TCP)
        return family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6";
    return family == AF_INET ? "/proc/net/udp" : "/proc/net/udp6";
}

// Les adresses de /proc/net sont des mots de 32 bits dans l'ordre de la machine.
static void parse_address(const char *text, int family, unsigned char *address)
{
    for (int word = 0; word < (family == AF_INET ? 1 : 4); word++) {
        unsigned value = 0;
        sscanf(text + 8 * word, "%8x", &value);
        memcpy(address + 4 * word, &value, sizeof value);
    }
}

static bool visit_by_proc(int family, int protocol, unsigned states, struct visit *visit)
{
    FILE *table = fopen(table_path(family, protocol), "re");
    if (table == NULL)
        return false;
    char line[512];
    while (!visit->stopped && fgets(line, sizeof line, table) != NULL) {
        char local[40];
        unsigned local_port, remote_port, state, send_queue, receive_queue, timer;
        unsigned long inode;
        if (sscanf(line, " %*u: %32[0-9A-F]:%x %*[0-9A-F]:%x %x %x:%x %x:%*x %*s %*u %*u %lu",
                   local, &local_port, &remote_port, &state, &send_queue, &receive_queue, &timer,
                   &inode) != 8)
            continue;
        if ((states & (1u << state)) == 0)
            continue;
        struct socket_view view = {.family = family,
                                   .state = (int)state,
                                   .local_port = local_port,
                                   .remote_port = remote_port,
                                   .send_queue = send_queue,
                                   .receive_queue = receive_queue,
                                   .window_closed = timer == PROBE_TIMER,
                                   .inode = inode};
        parse_address(local, family, view.local_address);
        show(&view, visit);
    }
    fclose(table);
    return true;
}

bool sockets_visit(int protocol, unsigned states, socket_visitor *visitor, void *context)
{
    struct visit visit = {.visitor = visitor, .context = context};
    const int families[] = {AF_INET, AF_INET6};
    bool answered = false;
    for (int i = 0; i < 2 && !visit.stopped; i++) {
        if (visit_by_netlink(families[i], protocol, states, &visit) ||
            visit_by_proc(families[i], protocol, states, &visit))
            answered = true;
    }
    return answered;
}

/** Une adresse de l'une ou l'autre famille. */
union internet_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

// Rend le port, ordre du réseau ; l'adresse est copiée.
static unsigned short split(const union internet_address *from, void *address)
{
    if (from->any.sa_family == AF_INET) {
        memcpy(address, &from->v4.sin_addr, sizeof from->v4.sin_addr);
        return from->v4.sin_port;
    }
    memcpy(address, &from->v6.sin6_addr, sizeof from->v6.sin6_addr);
    return from->v6.sin6_port;
}

// Une question précise : le noyau n'a pas à parcourir toute sa table, qui a des centaines de milliers de places.
static bool ask_for(const struct inet_diag_req_v2 *request, struct socket_view *view)
{
    _Alignas(struct nlmsghdr) char buffer[4096];
    const struct nlmsghdr *header = (const struct nlmsghdr *)buffer;
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0)
        return false;
    ssize_t length =
        send_request(netlink, request, 0) ? recv(netlink, buffer, sizeof buffer, 0) : -1;
    close(netlink);
    if (length <= 0 || !NLMSG_OK(header, (size_t)length) ||
        header->nlmsg_type != SOCK_DIAG_BY_FAMILY)
        return false;
    *view = view_of(NLMSG_DATA(header));
    return true;
}

/** Un bout de connexion, cherché par ses ports. */
struct end_search {
    unsigned local_port;
    unsigned remote_port;
    struct socket_view *view;
    bool found;
};

static bool look_for_end(const struct socket_view *view, void *context)
{
    struct end_search *search = context;
    search->found =
        view->local_port == search->local_port && view->remote_port == search->remote_port;
    if (search->found)
        *search->view = *view;
    return !search->found;
}

bool socket_other_end(int fd, struct socket_view *view)
{
    union internet_address near = {0};
    union internet_address far = {0};
    socklen_t near_length = sizeof near;
    socklen_t far_length = sizeof far;
    if (getsockname(fd, &near.any, &near_length) < 0 || getpeername(fd, &far.any, &far_length) < 0)
        return false;
    struct inet_diag_req_v2 request = {.sdiag_family = (unsigned char)near.any.sa_family,
                                       .sdiag_protocol = IPPROTO_TCP};
    request.id.idiag_sport = split(&far, request.id.idiag_src);
    request.id.idiag_dport = split(&near, request.id.idiag_dst);
    memset(request.id.idiag_cookie, 0xFF, sizeof request.id.idiag_cookie);
    if (ask_for(&request, view))
        return true;
    struct end_search search = {.local_port = ntohs(request.id.idiag_sport),
                                .remote_port = ntohs(request.id.idiag_dport),
                                .view = view};
    sockets_visit(IPPROTO_TCP, ~0u, look_for_end, &search);
    return search.found;
}

struct port_search {
    int family;
    unsigned port;
    bool found;
};

static bool look_for_port(const struct socket_view *view, void *context)
{
    struct port_search *search = context;
    search->found =
        view->local_port == search->port && (search->family == 0 || search->family == view->family);
    return !search->found;
}

bool port_is_open(int protocol, int family, unsigned port)
{
    struct port_search search = {.family = family, .port = port};
    unsigned states = protocol == IPPROTO_TCP ? 1u << TCP_LISTEN : ~0u;
    sockets_visit(protocol, states, look_for_port, &search);
    return search.found;
}
