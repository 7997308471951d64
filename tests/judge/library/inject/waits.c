// Les appels qui attendent plusieurs descripteurs : interrompus, arrêtés avant d'attendre, ou qui expirent.
#include "inject.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

// La durée d'une attente en millisecondes, celle-là ou plus courte ; au retour, inject_note_expiry() compte.
static int shortened_ms(int timeout)
{
    long long bound_ns = timeout * MILLISECOND_NS;
    return (int)(inject_shortened_ns(bound_ns) / MILLISECOND_NS);
}

static int note_ms(int result, int timeout, int waited)
{
    if (result == 0)
        inject_note_expiry(timeout * MILLISECOND_NS, waited * MILLISECOND_NS);
    return inject_note_wait(result, timeout != 0);
}

static const struct timespec *shortened_time(const struct timespec *timeout,
                                             struct timespec *shorter)
{
    if (timeout == NULL || inject_shortened_ns(ns_of(timeout)) == ns_of(timeout))
        return timeout;
    *shorter = (struct timespec){.tv_nsec = (long)inject_shortened_ns(ns_of(timeout))};
    return shorter;
}

static int note_time(int result, const struct timespec *timeout, const struct timespec *waited)
{
    if (result == 0 && timeout != NULL)
        inject_note_expiry(ns_of(timeout), ns_of(waited));
    return inject_note_wait(result, timeout == NULL || ns_of(timeout) != 0);
}

int poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    REAL(poll);
    if ((timeout != 0 && inject_stop_before_waiting()) || inject_interrupts())
        return -1;
    int wait = shortened_ms(timeout);
    return note_ms(real(descriptors, count, wait), timeout, wait);
}

int ppoll(struct pollfd *descriptors, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
    REAL(ppoll);
    if (inject_stop_before_waiting() || inject_interrupts())
        return -1;
    struct timespec shorter;
    const struct timespec *wait = shortened_time(timeout, &shorter);
    return note_time(real(descriptors, count, wait, mask), timeout, wait);
}

// Comme Linux : au retour, `timeout` contient ce qui restait à attendre.
int select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
           struct timeval *timeout)
{
    REAL(select);
    if (inject_stop_before_waiting())
        return -1;
    if (timeout == NULL)
        return inject_note_wait(real(count, readable, writable, exceptional, NULL), true);
    long long bound_ns = ns_of_timeval(timeout);
    long long wait_ns = inject_shortened_ns(bound_ns);
    if (wait_ns == bound_ns) {
        int result = real(count, readable, writable, exceptional, timeout);
        if (result == 0)
            inject_note_expiry(bound_ns, wait_ns);
        return inject_note_wait(result, bound_ns != 0);
    }
    struct timeval wait = {.tv_usec = wait_ns / MICROSECOND_NS};
    int result = real(count, readable, writable, exceptional, &wait);
    int error = errno;
    if (result == 0) {
        *timeout = (struct timeval){0};
        inject_note_expiry(bound_ns, wait_ns);
    }
    errno = error;
    return result;
}

int pselect(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
            const struct timespec *timeout, const sigset_t *mask)
{
    REAL(pselect);
    if (inject_stop_before_waiting())
        return -1;
    struct timespec shorter;
    const struct timespec *wait = shortened_time(timeout, &shorter);
    return note_time(real(count, readable, writable, exceptional, wait, mask), timeout, wait);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
    REAL(epoll_wait);
    if (timeout != 0 && inject_stop_before_waiting())
        return -1;
    int wait = shortened_ms(timeout);
    return note_ms(real(fd, events, count, wait), timeout, wait);
}

int epoll_pwait(int fd, struct epoll_event *events, int count, int timeout, const sigset_t *mask)
{
    REAL(epoll_pwait);
    if (timeout != 0 && inject_stop_before_waiting())
        return -1;
    int wait = shortened_ms(timeout);
    return note_ms(real(fd, events, count, wait, mask), timeout, wait);
}
