// Le temps qui passe sans que rien ne vienne : les attentes que le programme borne lui-même expirent (`expire`).
#include "inject.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define RING_AGAIN_US 50000
#define NARROW_BYTES 16384
// Un programme peut compter les attentes qui expirent, ou le temps : après la première, une heure a passé.
#define FIRST_JUMP_NS (3600 * SECOND_NS)
// Tant d'attentes de suite, rien n'étant venu, et plus de réveils par seconde que rien ne permet : c'est ce que demande le
// programme, et non ce que lui donne une machine surchargée.
#define PACED_WAITS 20
#define ACCUSED_PER_S 200

/** Ce que le programme et ses enfants comptent ensemble. */
struct silence {
    atomic_int expiries; /**< Attentes qui expireront encore avant leur terme, si rien ne vient. */
    atomic_llong skipped_ns; /**< Temps qui a passé sans être attendu. */
    atomic_bool serving;     /**< Il écoute, ou il est connecté. */
    atomic_int waits;        /**< Attentes expirées depuis que rien ne vient… */
    atomic_llong asked_ns;   /**< … et combien elles devaient durer, ensemble. */
};

static unsigned allowed;
static struct silence *silence;

__attribute__((constructor)) static void read_settings(void)
{
    allowed = inject_setting("expire=");
    if (allowed == 0)
        return;
    silence = inject_shared(sizeof *silence);
    inject_end_silence();
}

void inject_narrow(int fd)
{
    if (silence != NULL)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(const int){NARROW_BYTES}, sizeof(int));
}

static void begin_pace(void)
{
    atomic_store(&silence->waits, 0);
    atomic_store(&silence->asked_ns, 0);
}

void inject_end_silence(void)
{
    if (silence == NULL)
        return;
    atomic_store(&silence->expiries, (int)allowed);
    begin_pace();
}

// Regarder sans attendre n'est pas se réveiller : c'est le temps de calcul qui le dit.
static void note_pace(long long bound_ns)
{
    if (bound_ns <= 0 || !atomic_load(&silence->serving))
        return;
    int waits = atomic_fetch_add(&silence->waits, 1) + 1;
    long long asked_ns = atomic_fetch_add(&silence->asked_ns, bound_ns) + bound_ns;
    if (waits < PACED_WAITS)
        return;
    if (asked_ns < waits * SECOND_NS / ACCUSED_PER_S)
        inject_leave_mark("judge-restless");
    begin_pace();
}

void inject_note_service(void)
{
    if (silence != NULL)
        atomic_store(&silence->serving, true);
}

long long inject_shortened_ns(long long bound_ns)
{
    bool shortened = silence != NULL && atomic_load(&silence->serving) &&
                     bound_ns > MILLISECOND_NS && atomic_load(&silence->expiries) > 0;
    return shortened ? MILLISECOND_NS : bound_ns;
}

void inject_note_expiry(long long bound_ns, long long waited_ns)
{
    if (silence == NULL)
        return;
    note_pace(bound_ns);
    if (waited_ns == bound_ns)
        return;
    atomic_fetch_sub(&silence->expiries, 1);
    if (atomic_load(&silence->skipped_ns) == 0)
        atomic_fetch_add(&silence->skipped_ns, FIRST_JUMP_NS);
    atomic_fetch_add(&silence->skipped_ns, bound_ns - waited_ns);
}

static long long skipped_ns(void)
{
    return silence != NULL ? atomic_load(&silence->skipped_ns) : 0;
}

static long long socket_bound_ns(int fd, short events)
{
    struct timeval bound = {0};
    socklen_t length = sizeof bound;
    int saved = errno;
    int option = events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO;
    int result = getsockopt(fd, SOL_SOCKET, option, &bound, &length);
    errno = saved;
    return result < 0 ? 0 : ns_of_timeval(&bound);
}

bool inject_expires(int fd, short events)
{
    if (silence == NULL)
        return false;
    long long bound_ns = socket_bound_ns(fd, events);
    long long wait_ns = inject_shortened_ns(bound_ns);
    if (bound_ns <= 0 || wait_ns == bound_ns)
        return false;
    struct pollfd socket = {.fd = fd, .events = events};
    const struct timespec wait = {.tv_nsec = (long)wait_ns};
    long ready = syscall(SYS_ppoll, &socket, 1, &wait, NULL, 0);
    if (ready != 0)
        return ready < 0;
    inject_note_expiry(bound_ns, wait_ns);
    errno = EAGAIN;
    return true;
}

int inject_send_flags(int fd)
{
    if (silence == NULL)
        return 0;
    long long bound_ns = socket_bound_ns(fd, POLLOUT);
    return bound_ns > 0 && inject_shortened_ns(bound_ns) != bound_ns ? MSG_DONTWAIT : 0;
}

static struct timespec time_of(long long ns)
{
    return (struct timespec){.tv_sec = ns / SECOND_NS, .tv_nsec = (long)(ns % SECOND_NS)};
}

// Les horloges du temps qui passe ; celles du temps de calcul n'avancent pas quand on attend.
static bool is_wall_clock(clockid_t clock)
{
    return clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID && clock >= 0;
}

static int real_time(clockid_t clock, struct timespec *now)
{
    return (int)syscall(SYS_clock_gettime, clock, now);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(clock_gettime);
    int result = real(clock, now);
    if (result == 0 && is_wall_clock(clock))
        *now = time_of(ns_of(now) + skipped_ns());
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    REAL(gettimeofday);
    int result = real(now, zone);
    if (result == 0) {
        long long ns = ns_of_timeval(now) + skipped_ns();
        *now = (struct timeval){.tv_sec = ns / SECOND_NS, .tv_usec = ns % SECOND_NS / 1000};
    }
    return result;
}

time_t time(time_t *seconds)
{
    struct timespec now = {0};
    real_time(CLOCK_REALTIME, &now);
    time_t result = (time_t)((ns_of(&now) + skipped_ns()) / SECOND_NS);
    if (seconds != NULL)
        *seconds = result;
    return result;
}

// Rend 0, ou l'errno d'un somme interrompu ; ce qui en restait alors est dans `left_ns`.
static int nap(long long bound_ns, long long *left_ns)
{
    inject_note_useful();
    long long wait_ns = inject_shortened_ns(bound_ns);
    const struct timespec wait = time_of(wait_ns > 0 ? wait_ns : 0);
    struct timespec left = {0};
    long result = syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &wait, &left);
    *left_ns = result == 0 ? 0 : bound_ns - wait_ns + ns_of(&left);
    if (result == 0)
        inject_note_expiry(bound_ns, wait_ns);
    return result == 0 ? 0 : errno;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
                    struct timespec *remain)
{
    REAL(clock_nanosleep);
    if (silence == NULL || !is_wall_clock(clock))
        return real(clock, flags, request, remain);
    struct timespec now = {0};
    long long bound_ns = ns_of(request);
    long long left_ns = 0;
    if ((flags & TIMER_ABSTIME) != 0 && real_time(clock, &now) == 0)
        bound_ns -= ns_of(&now) + skipped_ns();
    int error = nap(bound_ns, &left_ns);
    if (error != 0 && remain != NULL && (flags & TIMER_ABSTIME) == 0)
        *remain = time_of(left_ns);
    return error;
}

int nanosleep(const struct timespec *request, struct timespec *remain)
{
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, request, remain);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int usleep(useconds_t microseconds)
{
    const struct timespec request = time_of(microseconds * 1000LL);
    return nanosleep(&request, NULL);
}

unsigned sleep(unsigned seconds)
{
    const struct timespec request = {.tv_sec = seconds};
    struct timespec left = {0};
    int saved = errno;
    if (nanosleep(&request, &left) == 0)
        return 0;
    errno = saved;
    return (unsigned)left.tv_sec + (left.tv_nsec > 0);
}

// Un minuteur est une attente que le programme borne ; celui qui recommence garde son pas.
static struct timespec sooner(const struct timespec *value)
{
    long long wait_ns = inject_shortened_ns(ns_of(value));
    inject_note_expiry(ns_of(value), wait_ns);
    return time_of(wait_ns);
}

static struct itimerspec sooner_timer(const struct itimerspec *timer)
{
    return (struct itimerspec){.it_interval = timer->it_interval,
                               .it_value = sooner(&timer->it_value)};
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict timer,
              struct itimerval *restrict old)
{
    REAL(setitimer);
    if (silence == NULL || which != ITIMER_REAL || timer == NULL)
        return real(which, timer, old);
    struct itimerval shorter = *timer;
    const struct timespec value = time_of(ns_of_timeval(&timer->it_value));
    const struct timespec soon = sooner(&value);
    shorter.it_value = (struct timeval){.tv_sec = soon.tv_sec, .tv_usec = soon.tv_nsec / 1000};
    // Sur une machine surchargée, il sonne parfois avant l'attente qu'il doit interrompre : il sonne donc encore.
    if (!timerisset(&shorter.it_interval) && ns_of(&soon) < ns_of(&value))
        shorter.it_interval = (struct timeval){.tv_usec = RING_AGAIN_US};
    return real(which, &shorter, old);
}

unsigned alarm(unsigned seconds)
{
    const struct itimerval timer = {.it_value = {.tv_sec = seconds}};
    struct itimerval old = {0};
    if (setitimer(ITIMER_REAL, &timer, &old) < 0)
        return 0;
    return (unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}

int timerfd_settime(int fd, int flags, const struct itimerspec *timer, struct itimerspec *old)
{
    REAL(timerfd_settime);
    if (silence == NULL || flags != 0)
        return real(fd, flags, timer, old);
    const struct itimerspec shorter = sooner_timer(timer);
    return real(fd, flags, &shorter, old);
}

int timer_settime(timer_t id, int flags, const struct itimerspec *restrict timer,
                  struct itimerspec *restrict old)
{
    REAL(timer_settime);
    if (silence == NULL || flags != 0)
        return real(id, flags, timer, old);
    const struct itimerspec shorter = sooner_timer(timer);
    return real(id, flags, &shorter, old);
}

// L'échéance est à l'horloge du programme : elle se ramène à la vraie.
static int wait_until(clockid_t clock, const struct timespec *deadline,
                      struct timespec *real_deadline, long long *bound_ns)
{
    struct timespec now = {0};
    if (silence == NULL || real_time(clock, &now) != 0)
        return -1;
    *bound_ns = ns_of(deadline) - ns_of(&now) - skipped_ns();
    long long wait_ns = inject_shortened_ns(*bound_ns);
    *real_deadline = time_of(ns_of(&now) + (wait_ns > 0 ? wait_ns : 0));
    return wait_ns == *bound_ns ? 0 : 1;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline)
{
    REAL(pthread_cond_timedwait);
    struct timespec soon;
    long long bound_ns = 0;
    int shortened = wait_until(CLOCK_REALTIME, deadline, &soon, &bound_ns);
    if (shortened < 0)
        return real(condition, mutex, deadline);
    int result = real(condition, mutex, &soon);
    if (result == ETIMEDOUT && shortened > 0)
        inject_note_expiry(bound_ns, MILLISECOND_NS);
    return result;
}
