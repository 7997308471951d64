/**
 * @file inject_preload.c
 * @brief Bibliothèque préchargée (LD_PRELOAD) : envois et lectures partiels, appels interrompus.
 *
 * Le noyau a le droit de ne prendre qu'une partie des octets, et un signal d'interrompre un appel.
 * Sur la boucle locale cela n'arrive presque jamais ; ici, cela arrive quand on le demande.
 * La variable JUDGE_INJECT contient des réglages séparés par des virgules ; leurs comptes sont ceux du programme, processus
 * fils compris :
 *   short=N  un appel sur un socket ne transfère jamais plus de N octets (un regard, MSG_PEEK, ne transfère rien) ;
 *   eintr=K  un appel sur un socket (ou poll) sur K échoue d'abord avec EINTR, à partir du premier ;
 *            sauf un appel qui n'attend jamais (MSG_DONTWAIT, O_NONBLOCK) : le noyau ne
 *            l'interrompt pas ;
 *   phase=N  ces interruptions commencent comme après N appels : c'est un autre appel qui les trouve ;
 *   refuse=N les N premiers datagrammes envoyés sont refusés avec EPERM, comme par un pare-feu ;
 *   accept=N  les N premiers accept échouent, tour à tour avec ECONNABORTED et EMFILE ;
 *   high=N   le socket d'un client accepté a un numéro d'au moins N, et qui n'a jamais servi, si la limite le permet : comme
 *            dans un serveur qui en a déjà autant ;
 *   connect=N  les N premiers connect sont interrompus (EINTR) une fois la connexion lancée ;
 *   reuse=N  le premier thread qui ferme le socket d'un client est retenu, N millisecondes au plus, jusqu'à ce
 *            que le client suivant en ait reçu le numéro : ce qu'il fermerait encore est à cet autre, et est noté ;
 *   pause=N  un thread qui a vidé stdout (fflush) s'arrête N millisecondes : les autres ont le temps
 *            d'écrire, si rien ne les retient ;
 *   threads=N  après le deuxième client accepté, les N premières créations de thread échouent ;
 *   late=N   un thread ne commence que N millisecondes après sa création : son créateur a le temps
 *            de faire autre chose, si rien ne le retient ;
 *   linger=N celui qui vient de créer un thread attend qu'il ait fini, N millisecondes au plus : le
 *            nouveau a le temps de toute sa vie, si rien ne le retient ;
 *   hesitate=N  un appel sur deux qui écrit sur stdout s'arrête N millisecondes avant de le faire : un
 *            autre thread passe devant, si rien ne le retient ;
 *   sends=N  N datagrammes peuvent partir ; celui qui en envoie un de plus est retenu pour toujours,
 *            et laisse une marque : un programme qui finit trop vite pour être observé ne finit plus ;
 *   handler=1  SIGWINCH, d'ordinaire ignoré, est reçu par une fonction qui ne fait rien : il interrompt
 *            alors l'appel où le programme attend, sans le reprendre (pas de SA_RESTART) ;
 *   families=N  les N premiers sockets d'Internet demandés sont refusés (EAFNOSUPPORT), comme par un système qui n'a pas
 *            IPv6, ou pas IPv4 : une adresse qui ne convient pas, et il en reste d'autres ;
 *   unreachable=1  vers la famille de la première adresse essayée, il n'y a pas de chemin (ENETUNREACH) ;
 *   listen=N  les N premiers listen échouent avec EADDRINUSE : le socket a son adresse, et n'écoute pas ;
 *   lost=N   les N premiers envois d'un flux trouvent la connexion perdue : elle est coupée, ECONNRESET ;
 *   overlap=1  le premier memcpy dont les deux zones se recouvrent est noté (aucun autre n'est changé) ;
 *   expire=N  N attentes de suite, de celles que le programme borne lui-même (SO_RCVTIMEO, poll, alarm…), expirent en
 *            une milliseconde, et son horloge avance de ce qui leur manquait : ce qu'il ferait d'un long silence
 *            se voit tout de suite ; seulement une fois qu'il écoute, ou qu'il est connecté, et encore après
 *            chaque chose qui vient ; et la mémoire d'envoi d'un client accepté est petite ;
 *   damaged=N  les N premiers datagrammes lus sans attendre ont une somme de contrôle fausse : annoncés, ils
 *            sont jetés, et la lecture rend EAGAIN ;
 *   spin=N   qui redemande plus de N fois de suite ce qu'il sait déjà (un événement qu'il n'a pas traité, un socket
 *            vide) est retenu, et laisse une marque ;
 *   stop=1   SIGTERM arrive au premier client accepté, ou au premier datagramme reçu, à l'instant où
 *            le thread qui l'a pris allait attendre de nouveau : tout est déjà consulté, rien n'attend
 *            encore ;
 *   retry=1  au même instant, mais l'attente a été interrompue (EINTR) : si le gestionnaire change errno, c'est cela que
 *            le programme lira ; s'il le laisse, rien n'a été interrompu ;
 *   arrival=1  SIGTERM arrive quand accept a pris le premier client, et ne l'a pas encore rendu : rien d'autre dans le
 *            programme ne le connaît ;
 *   reading=1  SIGTERM arrive juste avant que le programme attende ce que dit son premier client ;
 *   holding=1  SIGTERM arrive, comme pour stop=1, mais les verrous (mutex) que ce thread a déjà pris, sans retenir SIGTERM, sont
 *            comme tenus : si le gestionnaire en demande un, personne ne le rendra ;
 *   move=1   realloc déplace toujours ce dont il change la taille, comme il en a le droit : qui en a gardé l'ancienne adresse
 *            lit une mémoire rendue ;
 *   opening=1  SIGTERM arrive dès que le socket écoute, ou a son adresse, si le programme l'attend déjà.
 */
#include "inject.h"

#include "../launch/inject_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// Avec _GNU_SOURCE, glibc déclare ces arguments par une union transparente ; musl, non.
#ifndef __GLIBC__
#define __SOCKADDR_ARG struct sockaddr *
#define __CONST_SOCKADDR_ARG const struct sockaddr *
#endif

/** Ce qui reste à faire échouer, et ce qui a déjà eu lieu. */
struct counts {
    atomic_uint calls;
    atomic_uint accepted;
    atomic_uint sends;
    atomic_int refusals;
    atomic_int failing_accepts;
    atomic_int interrupted_connects;
    atomic_int failing_listens;
    atomic_int missing_families;
    atomic_int lost_route;
    atomic_int lost_sends;
    atomic_int overlaps;
    atomic_int damaged;
    atomic_long receptionist;
};

// Dans lost_route, avant que soit connue la famille qui n'a pas de chemin.
#define ROUTE_TO_LOSE (-1)

static size_t short_limit;
static atomic_uint lowest_client;
static unsigned eintr_period;
static unsigned sends_allowed;
// Avant que les réglages soient lus, personne n'a de processus fils.
static struct counts own_counts;
static struct counts *counts = &own_counts;

unsigned inject_setting(const char *name)
{
    const char *settings = getenv("JUDGE_INJECT");
    const char *found = settings != NULL ? strstr(settings, name) : NULL;
    return found != NULL ? (unsigned)atoi(found + strlen(name)) : 0;
}

void inject_tell_fault(void)
{
    int saved = errno;
    syscall(SYS_close, INJECT_FAULT_MARK);
    errno = saved;
}

static void do_nothing(int signal)
{
    (void)signal;
}

static void catch_window_changes(void)
{
    struct sigaction quiet = {.sa_handler = do_nothing};
    sigemptyset(&quiet.sa_mask);
    sigaction(SIGWINCH, &quiet, NULL);
}

// Partagés avec les processus que le programme crée : un serveur qui répond par fork est un seul serveur, et ce qui
// devait échouer une fois n'échoue pas une fois dans chacun.
static void share_counts(void)
{
    void *shared = inject_shared(sizeof *counts);
    if (shared != NULL)
        counts = shared;
}

__attribute__((constructor)) static void read_settings(void)
{
    share_counts();
    short_limit = inject_setting("short=");
    lowest_client = inject_setting("high=");
    eintr_period = inject_setting("eintr=");
    sends_allowed = inject_setting("sends=");
    counts->calls = inject_setting("phase=");
    counts->refusals = (int)inject_setting("refuse=");
    counts->failing_accepts = (int)inject_setting("accept=");
    counts->interrupted_connects = (int)inject_setting("connect=");
    counts->missing_families = (int)inject_setting("families=");
    counts->lost_route = inject_setting("unreachable=") > 0 ? ROUTE_TO_LOSE : 0;
    counts->failing_listens = (int)inject_setting("listen=");
    counts->lost_sends = (int)inject_setting("lost=");
    counts->overlaps = (int)inject_setting("overlap=");
    counts->damaged = (int)inject_setting("damaged=");
    if (inject_setting("handler=") > 0)
        catch_window_changes();
}

static bool is_socket(int fd)
{
    struct stat status;
    int saved = errno;
    bool result = fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
    errno = saved;
    return result;
}

// Un appel sur K, mais pas toujours le même : un programme juste qui ferait tour à tour poll, puis
// accept, et reprendrait à poll, verrait sinon le second interrompu chaque fois.
static bool interrupt(void)
{
    if (eintr_period == 0)
        return false;
    unsigned rank = atomic_fetch_add(&counts->calls, 1) % (2 * eintr_period + 1);
    if (rank != 0 && rank != eintr_period)
        return false;
    inject_tell_fault();
    errno = EINTR;
    return true;
}

static bool waits(int fd, int flags)
{
    int saved = errno;
    int status = fcntl(fd, F_GETFL);
    errno = saved;
    return (flags & MSG_DONTWAIT) == 0 && (status < 0 || (status & O_NONBLOCK) == 0);
}

// Chaque appel sur un socket passe par ici.
static bool interrupt_on(int fd, int flags)
{
    inject_note_use(fd);
    return waits(fd, flags) && interrupt();
}

static size_t shortened(size_t length)
{
    return short_limit > 0 && length > short_limit ? short_limit : length;
}

// Un datagramme part ou arrive en entier : le raccourcir n'aurait pas de sens.
static bool is_stream(int fd)
{
    int type = 0;
    socklen_t length = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

// Un regard (MSG_PEEK) ne transfère rien : il montre tout ce qui est là.
static size_t limited(int fd, size_t length, int flags)
{
    return is_stream(fd) && (flags & MSG_PEEK) == 0 ? shortened(length) : length;
}

static bool refuse(int fd)
{
    if (atomic_load(&counts->refusals) <= 0 || is_stream(fd) ||
        atomic_fetch_sub(&counts->refusals, 1) <= 0)
        return false;
    inject_tell_fault();
    errno = EPERM;
    return true;
}

// Ce que le juge doit savoir : un fichier vide, dans le dossier de travail du programme.
void inject_leave_mark(const char *name)
{
    int saved = errno;
    close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    errno = saved;
}

// La connexion est vraiment perdue : les appels qui suivraient le verraient aussi.
static bool lose(int fd)
{
    if (atomic_load(&counts->lost_sends) <= 0 || !is_stream(fd) ||
        atomic_fetch_sub(&counts->lost_sends, 1) <= 0)
        return false;
    inject_leave_mark("judge-lost");
    shutdown(fd, SHUT_RDWR);
    inject_tell_fault();
    errno = ECONNRESET;
    return true;
}

// Un datagramme est parti : au-delà du compte, plus rien ne suivra, et le juge a le temps de le voir.
static ssize_t count_datagram(int fd, ssize_t result)
{
    if (sends_allowed == 0 || result < 0 || is_stream(fd) ||
        atomic_fetch_add(&counts->sends, 1) < sends_allowed)
        return result;
    inject_leave_mark("judge-sends");
    for (;;)
        pause();
}

static bool is_datagram(int fd)
{
    int saved = errno;
    bool result = is_socket(fd) && !is_stream(fd);
    errno = saved;
    return result;
}

// Une réception qui bloque est aussi une attente : d'un datagramme, celle du suivant ; d'un flux, celle de son client.
static bool stop_before_receiving(int fd, int flags)
{
    if (!inject_is_stopping() || !waits(fd, flags))
        return false;
    if (is_datagram(fd))
        return inject_stop_before_waiting();
    inject_stop_before_reading();
    return false;
}

// Un datagramme dont la somme de contrôle est fausse : annoncé, puis jeté. Qui accepterait d'attendre attend le suivant,
// sans rien en savoir.
static ssize_t spoil(int fd, int flags, ssize_t result)
{
    char rest;
    if (result < 0 || atomic_load(&counts->damaged) <= 0 || waits(fd, flags) || !is_datagram(fd) ||
        atomic_fetch_sub(&counts->damaged, 1) <= 0)
        return result;
    if ((flags & MSG_PEEK) != 0)
        syscall(SYS_recvfrom, fd, &rest, sizeof rest, MSG_DONTWAIT, NULL, NULL);
    errno = EAGAIN;
    return -1;
}

static ssize_t note_arrival(int fd, int flags, ssize_t received)
{
    ssize_t result = inject_note_transfer(spoil(fd, flags, received), (flags & MSG_PEEK) != 0);
    if (result >= 0)
        inject_end_silence();
    if (result >= 0 && inject_is_stopping() && is_datagram(fd))
        atomic_store(&counts->receptionist, syscall(SYS_gettid));
    return result;
}

/** À qui un socket UDP a écrit en dernier. */
static struct {
    ino_t socket;
    socklen_t length;
    struct sockaddr_storage place;
} destination;

// La même adresse, d'un autre socket : le programme ne passe pas d'une adresse à l'autre, il y revient.
static void note_destination(int fd, __CONST_SOCKADDR_ARG place, socklen_t length)
{
    const void *address;
    memcpy(&address, &place, sizeof address);
    struct stat status;
    int saved = errno;
    bool known = address != NULL && length <= sizeof destination.place && is_datagram(fd) &&
                 fstat(fd, &status) == 0;
    errno = saved;
    if (!known)
        return;
    if (length == destination.length && memcmp(&destination.place, address, length) == 0 &&
        destination.socket != status.st_ino)
        inject_leave_mark("judge-again");
    memcpy(&destination.place, address, length);
    destination.length = length;
    destination.socket = status.st_ino;
}

ssize_t read(int fd, void *bytes, size_t length)
{
    REAL(read);
    if (!is_socket(fd))
        return real(fd, bytes, length);
    if (stop_before_receiving(fd, 0) || interrupt_on(fd, 0) || inject_expires(fd, POLLIN))
        return -1;
    return note_arrival(fd, 0, real(fd, bytes, shortened(length)));
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    REAL(write);
    if (fd == STDOUT_FILENO)
        inject_hesitate();
    if (!is_socket(fd))
        return real(fd, bytes, length);
    if (interrupt_on(fd, 0) || refuse(fd) || lose(fd) || inject_expires(fd, POLLOUT))
        return -1;
    if (inject_send_flags(fd) != 0)
        return send(fd, bytes, length, 0);
    return count_datagram(fd, real(fd, bytes, shortened(length)));
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    REAL(recv);
    if (stop_before_receiving(fd, flags) || interrupt_on(fd, flags) || inject_expires(fd, POLLIN))
        return -1;
    return note_arrival(fd, flags, real(fd, bytes, limited(fd, length, flags), flags));
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    REAL(send);
    if (interrupt_on(fd, flags) || refuse(fd) || lose(fd) || inject_expires(fd, POLLOUT))
        return -1;
    flags |= inject_send_flags(fd);
    return count_datagram(fd, real(fd, bytes, limited(fd, length, flags), flags));
}

ssize_t recvfrom(int fd, void *bytes, size_t length, int flags, __SOCKADDR_ARG from,
                 socklen_t *from_length)
{
    REAL(recvfrom);
    if (stop_before_receiving(fd, flags) || interrupt_on(fd, flags) || inject_expires(fd, POLLIN))
        return -1;
    return note_arrival(fd, flags,
                        real(fd, bytes, limited(fd, length, flags), flags, from, from_length));
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, __CONST_SOCKADDR_ARG to,
               socklen_t to_length)
{
    REAL(sendto);
    note_destination(fd, to, to_length);
    if (interrupt_on(fd, flags) || refuse(fd) || lose(fd) || inject_expires(fd, POLLOUT))
        return -1;
    flags |= inject_send_flags(fd);
    return count_datagram(fd, real(fd, bytes, limited(fd, length, flags), flags, to, to_length));
}

// Un vecteur raccourci au premier morceau non vide : un transfert partiel parmi d'autres.
static struct iovec first_piece(const struct iovec *vector, size_t count)
{
    struct iovec piece = {0};
    for (size_t i = 0; i < count && piece.iov_len == 0; i++)
        piece = vector[i];
    piece.iov_len = shortened(piece.iov_len);
    return piece;
}

ssize_t writev(int fd, const struct iovec *vector, int count)
{
    REAL(writev);
    if (fd == STDOUT_FILENO)
        inject_hesitate();
    if (!is_socket(fd))
        return real(fd, vector, count);
    if (interrupt_on(fd, 0) || refuse(fd) || lose(fd) || inject_expires(fd, POLLOUT))
        return -1;
    struct iovec piece = first_piece(vector, (size_t)count);
    return count_datagram(fd, short_limit > 0 ? real(fd, &piece, 1) : real(fd, vector, count));
}

ssize_t readv(int fd, const struct iovec *vector, int count)
{
    REAL(readv);
    if (!is_socket(fd))
        return real(fd, vector, count);
    if (stop_before_receiving(fd, 0) || interrupt_on(fd, 0) || inject_expires(fd, POLLIN))
        return -1;
    struct iovec piece = first_piece(vector, (size_t)count);
    return note_arrival(fd, 0, short_limit > 0 ? real(fd, &piece, 1) : real(fd, vector, count));
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    REAL(sendmsg);
    if (interrupt_on(fd, flags) || refuse(fd) || lose(fd) || inject_expires(fd, POLLOUT))
        return -1;
    flags |= inject_send_flags(fd);
    struct msghdr partial = *message;
    struct iovec piece = first_piece(message->msg_iov, message->msg_iovlen);
    partial.msg_iov = &piece;
    partial.msg_iovlen = 1;
    return count_datagram(fd,
                          real(fd, short_limit > 0 && is_stream(fd) ? &partial : message, flags));
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    REAL(recvmsg);
    if (stop_before_receiving(fd, flags) || interrupt_on(fd, flags) || inject_expires(fd, POLLIN))
        return -1;
    return note_arrival(fd, flags, real(fd, message, flags));
}

// Un datagramme abîmé l'est seul : les autres du même appel seraient perdus avec lui.
int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
    REAL(recvmmsg);
    if (stop_before_receiving(fd, flags) || interrupt_on(fd, flags) || inject_expires(fd, POLLIN))
        return -1;
    unsigned most = count > 1 && atomic_load(&counts->damaged) > 0 ? 1 : count;
    return (int)note_arrival(fd, flags, real(fd, messages, most, flags, timeout));
}

bool inject_has_clients(unsigned count)
{
    return atomic_load(&counts->accepted) >= count;
}

bool inject_is_receptionist(void)
{
    return atomic_load(&counts->receptionist) == syscall(SYS_gettid);
}

static int raise_number(int fd)
{
    int high = fcntl(fd, (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD,
                     (int)atomic_load(&lowest_client));
    if (high < 0)
        return fd;
    unsigned lowest = atomic_load(&lowest_client);
    while (lowest <= (unsigned)high &&
           !atomic_compare_exchange_weak(&lowest_client, &lowest, (unsigned)high + 1))
        continue;
    // ThreadSanitizer doit voir que ce numéro-ci est rendu.
    close(fd);
    return high;
}

static int count_client(int fd)
{
    if (fd < 0)
        return fd;
    if (atomic_load(&lowest_client) > 0)
        fd = raise_number(fd);
    inject_narrow(fd);
    inject_end_silence();
    inject_note_client(fd);
    atomic_store(&counts->receptionist, syscall(SYS_gettid));
    atomic_fetch_add(&counts->accepted, 1);
    inject_stop_at_arrival();
    return fd;
}

static bool stop_before_accepting(int fd)
{
    return inject_is_stopping() && waits(fd, 0) && inject_stop_before_waiting();
}

void inject_sleep_ms(unsigned duration)
{
    int saved = errno;
    const struct timespec pause = {.tv_nsec = (long)duration * 1000000};
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
    errno = saved;
}

// Un accept n'échoue, ou n'est interrompu, qu'une fois un client venu : toujours au même instant.
// Rend 0 si l'appel, qui n'attend pas, n'a trouvé personne ; -1 si un vrai signal est venu avant.
static long wait_for_client(int fd)
{
    struct pollfd client = {.fd = fd, .events = POLLIN};
    const struct timespec at_once = {0};
    return syscall(SYS_ppoll, &client, 1, waits(fd, 0) ? NULL : &at_once, NULL, 0);
}

static bool fail_accept(int fd)
{
    if (eintr_period == 0 && atomic_load(&counts->failing_accepts) <= 0)
        return false;
    long ready = wait_for_client(fd);
    if (ready <= 0)
        return ready < 0;
    int left = atomic_fetch_sub(&counts->failing_accepts, 1);
    if (left <= 0)
        return interrupt_on(fd, 0);
    inject_tell_fault();
    errno = left % 2 == 0 ? ECONNABORTED : EMFILE;
    return true;
}

int accept(int fd, __SOCKADDR_ARG address, socklen_t *length)
{
    REAL(accept);
    return stop_before_accepting(fd) || fail_accept(fd) || inject_expires(fd, POLLIN)
               ? -1
               : count_client(real(fd, address, length));
}

int accept4(int fd, __SOCKADDR_ARG address, socklen_t *length, int flags)
{
    REAL(accept4);
    return stop_before_accepting(fd) || fail_accept(fd) || inject_expires(fd, POLLIN)
               ? -1
               : count_client(real(fd, address, length, flags));
}

static int note_service(int result)
{
    if (result == 0)
        inject_note_service();
    return result;
}

static int note_opening(int result)
{
    if (result == 0)
        inject_stop_at_opening();
    return note_service(result);
}

// Un socket UDP est joignable dès qu'il a son adresse.
int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    REAL(bind);
    int result = real(fd, address, length);
    return is_datagram(fd) ? note_opening(result) : result;
}

int socket(int domain, int type, int protocol)
{
    REAL(socket);
    if ((domain != AF_INET && domain != AF_INET6) || atomic_load(&counts->missing_families) <= 0 ||
        atomic_fetch_sub(&counts->missing_families, 1) <= 0)
        return real(domain, type, protocol);
    inject_tell_fault();
    errno = EAFNOSUPPORT;
    return -1;
}

int listen(int fd, int backlog)
{
    REAL(listen);
    if (atomic_load(&counts->failing_listens) <= 0 ||
        atomic_fetch_sub(&counts->failing_listens, 1) <= 0)
        return note_opening(real(fd, backlog));
    inject_tell_fault();
    errno = EADDRINUSE;
    return -1;
}

// Par un pointeur : le compilateur, qui sait que les arguments de memcpy ne se recouvrent pas, se rappellerait ici.
static void *(*volatile move)(void *, const void *, size_t) = memmove;

// Celle d'AddressSanitizer, dans un programme compilé avec lui : il y regarde ce qui est copié.
void *__asan_memcpy(void *to, const void *from, size_t length) __attribute__((weak));

// memmove copie juste dans tous les cas : le programme n'est pas changé, il est seulement observé.
void *memcpy(void *to, const void *from, size_t length)
{
    const char *a = to;
    const char *b = from;
    bool apart = a == b || (a < b ? (size_t)(b - a) >= length : (size_t)(a - b) >= length);
    if (!apart && atomic_load(&counts->overlaps) > 0 && atomic_fetch_sub(&counts->overlaps, 1) > 0)
        inject_leave_mark("judge-overlap");
    return __asan_memcpy != NULL ? __asan_memcpy(to, from, length) : move(to, from, length);
}

// Comme le noyau : la connexion est lancée, elle s'établira toute seule, mais l'appel a été
// interrompu. Le rappeler en rend le résultat ; attendre qu'on puisse écrire (poll) le dit aussi.
static int interrupted_connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    REAL(connect);
    int flags = fcntl(fd, F_GETFL);
    if ((flags & O_NONBLOCK) != 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return real(fd, address, length);
    int result = real(fd, address, length);
    int error = errno;
    fcntl(fd, F_SETFL, flags);
    inject_tell_fault();
    errno = result < 0 && error == EINPROGRESS ? EINTR : error;
    return result;
}

// La première famille essayée est celle qui n'a pas de chemin. Un envoi, lui, peut échouer pour un temps : connect seul le dit.
static bool has_no_route(__CONST_SOCKADDR_ARG place)
{
    const struct sockaddr *address = place.__sockaddr__;
    if (atomic_load(&counts->lost_route) == 0 || address == NULL ||
        (address->sa_family != AF_INET && address->sa_family != AF_INET6))
        return false;
    int to_lose = ROUTE_TO_LOSE;
    atomic_compare_exchange_strong(&counts->lost_route, &to_lose, address->sa_family);
    if (atomic_load(&counts->lost_route) != address->sa_family)
        return false;
    inject_tell_fault();
    errno = ENETUNREACH;
    return true;
}

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    REAL(connect);
    note_destination(fd, address, length);
    if (has_no_route(address))
        return -1;
    if (!is_stream(fd) || atomic_fetch_sub(&counts->interrupted_connects, 1) <= 0)
        return note_service(real(fd, address, length));
    return interrupted_connect(fd, address, length);
}

bool inject_interrupts(void)
{
    return interrupt();
}

void *inject_shared(size_t size)
{
    void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared != MAP_FAILED ? shared : NULL;
}
