#include "network.h"

#include "lesson.h"
#include "scratch.h"
#include "transcript.h"
#include "verdict.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Hors de la plage éphémère de Linux (32768 et plus) : aucun connect() ne prendra ces ports.
#define FIRST_PORT 10000
#define PORT_COUNT 22000
#define DEFAULT_PORT_PATIENCE_S 30
#define ROUTE_PATIENCE_MS 10000

static bool isolated;
static bool isolation_failed;

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return written;
}

// Chacun garde son identité : mêmes droits sur les fichiers, pas de pouvoir nouveau après exec.
static bool map_identity(uid_t uid, gid_t gid)
{
    char line[64];
    snprintf(line, sizeof line, "%u %u 1", (unsigned)uid, (unsigned)uid);
    if (!write_file("/proc/self/uid_map", line))
        return false;
    write_file("/proc/self/setgroups", "deny");
    snprintf(line, sizeof line, "%u %u 1", (unsigned)gid, (unsigned)gid);
    return write_file("/proc/self/gid_map", line);
}

static bool bring_loopback_up(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    bool up = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return up;
}

// « localhost » doit avoir ses deux adresses, quoi que dise la machine : chaque test a sa table des
// noms, posée sur /etc/hosts dans un espace de montage à lui. Faute de mieux, celle de la machine.
static void bring_own_hosts(void)
{
    const char *scratch = getenv(SCRATCH_VARIABLE);
    char path[4096];
    if (scratch == NULL || unshare(CLONE_NEWNS) < 0)
        return;
    snprintf(path, sizeof path, "%s/hosts", scratch);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        mount(path, "/etc/hosts", NULL, MS_BIND, NULL);
}

static bool enter_own_network(void)
{
    uid_t uid = getuid();
    gid_t gid = getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        if (!map_identity(uid, gid) || !bring_loopback_up())
            return false;
        bring_own_hosts();
        return true;
    }
    // Espaces d'utilisateur interdits : root peut encore ouvrir un réseau, sans changer d'identité.
    return unshare(CLONE_NEWNET) == 0 && bring_loopback_up();
}

static bool isolation_wanted(void)
{
    const char *choice = getenv(NETWORK_VARIABLE);
    return choice == NULL || strcmp(choice, "shared") != 0;
}

// Dans le test même il serait trop tard : Criterion y a déjà un thread, unshare() le refuse.
// BXFI_MAP n'existe que dans le processus d'un test (Criterion 2.4, boxfort).
__attribute__((constructor)) static void isolate_test(void)
{
    if (getenv("BXFI_MAP") == NULL || !isolation_wanted())
        return;
    isolated = enter_own_network();
    isolation_failed = !isolated;
}

bool network_isolate(void)
{
    isolated = isolation_wanted() && enter_own_network();
    return isolated;
}

bool network_can_isolate(void)
{
    if (!isolation_wanted())
        return false;
    pid_t pid = fork();
    if (pid == 0)
        _exit(enter_own_network() ? 0 : 1);
    int status = 1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && status == 0;
}

bool network_is_isolated(void)
{
    if (isolation_failed)
        verdict_broken("le réseau isolé du test n'a pas pu être ouvert");
    return isolated;
}

static int bind_loopback(int family, int type, unsigned port, bool reuse)
{
    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    struct sockaddr_storage address = {.ss_family = (sa_family_t)family};
    socklen_t length = sizeof(struct sockaddr_in);
    if (family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)&address;
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        in->sin_port = htons((unsigned short)port);
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;
        in6->sin6_addr = in6addr_loopback;
        in6->sin6_port = htons((unsigned short)port);
        length = sizeof *in6;
    }
    int one = 1;
    if (reuse)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, length) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int bind_once(int family, int type, unsigned port, bool reuse)
{
    int fd = bind_loopback(family, type, port, reuse);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

void hold_port(int family, int type, const char *port)
{
    // Sans SO_REUSEADDR : personne d'autre ne peut avoir cette adresse.
    if (bind_loopback(family, type, (unsigned)atoi(port), false) < 0)
        verdict_broken("le juge n'a pas pu tenir le port %s : %s", port, strerror(errno));
    transcript_note("juge", "·", "tient le port %s de %s : nul autre ne peut l'avoir", port,
                    family == AF_INET ? "127.0.0.1" : "::1");
}

bool network_has_ipv6(void)
{
    return bind_once(AF_INET6, SOCK_STREAM, 0, false) == 0;
}

/** La demande d'une adresse de plus : rtnetlink(7), RTM_NEWADDR. */
struct address_request {
    struct nlmsghdr header;
    struct ifaddrmsg interface;
    struct rtattr attribute;
    struct in6_addr address;
    struct rtattr flags_attribute;
    uint32_t flags;
};

/** Ce que le noyau en dit. */
struct acknowledgement {
    struct nlmsghdr header;
    struct nlmsgerr result;
};

static bool is_acknowledged(int fd, const struct address_request *request)
{
    struct acknowledgement answer;
    return send(fd, request, sizeof *request, 0) == (ssize_t)sizeof *request &&
           recv(fd, &answer, sizeof answer, 0) >= (ssize_t)sizeof answer &&
           answer.header.nlmsg_type == NLMSG_ERROR && answer.result.error == 0;
}

// Un connect d'UDP n'envoie rien : il cherche seulement le chemin.
static bool has_route(const struct in6_addr *address)
{
    const struct sockaddr_in6 place = {
        .sin6_family = AF_INET6, .sin6_port = htons(FIRST_PORT), .sin6_addr = *address};
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found = fd >= 0 && connect(fd, (const struct sockaddr *)&place, sizeof place) == 0;
    close(fd);
    return found;
}

// Le noyau répond avant d'avoir posé le chemin : un travail à lui le fera, plus tard si la machine est chargée.
static bool wait_for_route(const struct in6_addr *address)
{
    const struct timespec look = {.tv_nsec = 1000000};
    for (int ms = 0; ms < ROUTE_PATIENCE_MS; ms++) {
        if (has_route(address))
            return true;
        nanosleep(&look, NULL);
    }
    return false;
}

bool network_add_neighbour(const char *address)
{
    // Sans IFA_F_NODAD, l'adresse n'est utilisable qu'un peu plus tard : bind la refuserait (EADDRNOTAVAIL). Sans
    // IFA_F_NOPREFIXROUTE, un chemin qui n'est pas celui de l'adresse même paraît d'abord, et ce qui y part se perd.
    struct address_request request = {
        .header = {.nlmsg_len = sizeof request,
                   .nlmsg_type = RTM_NEWADDR,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE},
        .interface = {.ifa_family = AF_INET6,
                      .ifa_prefixlen = 128,
                      .ifa_index = if_nametoindex("lo")},
        .attribute = {.rta_len = RTA_LENGTH(sizeof request.address), .rta_type = IFA_LOCAL},
        .flags_attribute = {.rta_len = RTA_LENGTH(sizeof request.flags), .rta_type = IFA_FLAGS},
        .flags = IFA_F_NODAD | IFA_F_NOPREFIXROUTE};
    if (!network_is_isolated() || inet_pton(AF_INET6, address, &request.address) != 1)
        return false;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return false;
    bool added = is_acknowledged(fd, &request);
    close(fd);
    return added && wait_for_route(&request.address);
}

bool name_has_both_families(const char *name)
{
    const int families[] = {AF_INET, AF_INET6};
    for (int i = 0; i < 2; i++) {
        const struct addrinfo hints = {.ai_family = families[i], .ai_socktype = SOCK_STREAM};
        struct addrinfo *found = NULL;
        if (getaddrinfo(name, NULL, &hints, &found) != 0)
            return false;
        freeaddrinfo(found);
    }
    return true;
}

// Une adresse abstraite AF_UNIX sert de verrou : le noyau la rend quand le test meurt, quoi qu'il
// arrive, et aucun fichier ne reste.
static bool lock_port(unsigned port)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "socket-lab-port-%u", port);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    if (bind(fd, (struct sockaddr *)&name, size) == 0)
        return true;
    close(fd);
    return false;
}

// Sans SO_REUSEADDR, bind refuse aussi un port où traîne un TIME_WAIT : le port est vraiment neuf.
static bool port_is_fresh(unsigned port)
{
    return bind_once(AF_INET, SOCK_STREAM, port, false) == 0 &&
           bind_once(AF_INET, SOCK_DGRAM, port, false) == 0 &&
           (!network_has_ipv6() || (bind_once(AF_INET6, SOCK_STREAM, port, false) == 0 &&
                                    bind_once(AF_INET6, SOCK_DGRAM, port, false) == 0));
}

static unsigned reserve_port(void)
{
    unsigned start = (unsigned)getpid() * 31;
    for (unsigned i = 0; i < PORT_COUNT; i++) {
        unsigned port = FIRST_PORT + (start + i) % PORT_COUNT;
        if (lock_port(port) && port_is_fresh(port))
            return port;
    }
    verdict_broken("aucun port libre sur cette machine");
}

static const char *chosen_port(char *text, size_t size, unsigned isolated_choice)
{
    if (text[0] == '\0')
        snprintf(text, size, "%u", network_is_isolated() ? isolated_choice : reserve_port());
    return text;
}

const char *test_port(void)
{
    static char text[8];
    return chosen_port(text, sizeof text, the_lab.default_port);
}

const char *other_port(void)
{
    static char text[8];
    return chosen_port(text, sizeof text, the_lab.default_port + 1);
}

static void wait_for_lock(unsigned port)
{
    const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
    for (int i = 0; i < DEFAULT_PORT_PATIENCE_S * 200; i++) {
        if (lock_port(port))
            return;
        nanosleep(&pause, NULL);
    }
    verdict_broken("le port %u n'a pas été rendu par les autres tests", port);
}

const char *default_port(void)
{
    static char text[8];
    if (text[0] != '\0')
        return text;
    snprintf(text, sizeof text, "%u", the_lab.default_port);
    if (network_is_isolated())
        return text;
    wait_for_lock(the_lab.default_port);
    if (bind_once(AF_INET, SOCK_STREAM, the_lab.default_port, true) < 0 ||
        bind_once(AF_INET, SOCK_DGRAM, the_lab.default_port, false) < 0)
        verdict_broken("le port %u, que ce test demande, est pris par un autre programme de cette "
                       "machine (ss -ltnup)",
                       the_lab.default_port);
    return text;
}
