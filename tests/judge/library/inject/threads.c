// La naissance d'un thread : elle échoue (`threads`), son début tarde (`late`), ou son créateur (`linger`) ; les verrous qu'il
// prend.
#include "inject.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

// Bien plus de verrous que n'en a un programme de ces labs.
#define MOST_LOCKS 64

static bool holding;
static unsigned late_ms;
static unsigned linger_ms;
static atomic_int refused_threads;

__attribute__((constructor)) static void read_settings(void)
{
    holding = inject_setting("holding=") > 0;
    late_ms = inject_setting("late=");
    linger_ms = inject_setting("linger=");
    refused_threads = (int)inject_setting("threads=");
}

/** Un thread que l'on suit : à lui et à son créateur, le second qui le lâche le libère. */
struct newborn {
    void *(*start)(void *);
    void *argument;
    atomic_bool ended;
    atomic_int holders;
};

static void let_go(struct newborn *newborn)
{
    if (atomic_fetch_sub(&newborn->holders, 1) == 1)
        free(newborn);
}

// Aussi par pthread_exit, ou par une annulation.
static void note_end(void *argument)
{
    struct newborn *newborn = argument;
    atomic_store(&newborn->ended, true);
    let_go(newborn);
}

static void *live(void *argument)
{
    struct newborn *newborn = argument;
    void *result = NULL;
    if (late_ms > 0)
        inject_sleep_ms(late_ms);
    pthread_cleanup_push(note_end, newborn);
    result = newborn->start(newborn->argument);
    pthread_cleanup_pop(1);
    return result;
}

static void linger(const struct newborn *newborn)
{
    for (unsigned waited = 0; waited < linger_ms && !atomic_load(&newborn->ended); waited++)
        inject_sleep_ms(1);
}

static int create_followed(__typeof__(pthread_create) *real, pthread_t *thread,
                           const pthread_attr_t *attributes, struct newborn *newborn)
{
    int code = real(thread, attributes, live, newborn);
    if (code != 0) {
        free(newborn);
        return code;
    }
    linger(newborn);
    let_go(newborn);
    return 0;
}

// Les threads préparés au démarrage, avant tout client, ne sont ni refusés ni attendus.
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    REAL(pthread_create);
    if (inject_has_clients(3) && atomic_fetch_sub(&refused_threads, 1) > 0) {
        inject_tell_fault();
        return EAGAIN;
    }
    bool followed = late_ms > 0 || (linger_ms > 0 && inject_has_clients(1));
    struct newborn *newborn = followed ? malloc(sizeof *newborn) : NULL;
    if (newborn == NULL)
        return real(thread, attributes, start, argument);
    *newborn = (struct newborn){.start = start, .argument = argument, .holders = 2};
    return create_followed(real, thread, attributes, newborn);
}

/** Les verrous que ce thread a pris, SIGTERM pouvant venir pendant qu'il les tenait. */
static __thread const pthread_mutex_t *taken[MOST_LOCKS];
static __thread unsigned taken_count;
static __thread bool minded;

void inject_mind_locks(bool now_minded)
{
    minded = now_minded;
}

static bool was_taken(const pthread_mutex_t *mutex)
{
    for (unsigned i = 0; i < taken_count; i++) {
        if (taken[i] == mutex)
            return true;
    }
    return false;
}

static void note_lock(const pthread_mutex_t *mutex)
{
    sigset_t blocked;
    if (taken_count < MOST_LOCKS && !was_taken(mutex) &&
        pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 && sigismember(&blocked, SIGTERM) == 0)
        taken[taken_count++] = mutex;
}

// Un verrou récursif se prend plusieurs fois.
static bool can_be_taken_twice(pthread_mutex_t *mutex)
{
    if (pthread_mutex_trylock(mutex) != 0)
        return false;
    bool twice = pthread_mutex_trylock(mutex) == 0;
    if (twice)
        pthread_mutex_unlock(mutex);
    pthread_mutex_unlock(mutex);
    return twice;
}

// Dans l'appel même où il attendrait ce verrou.
static void wait_forever(__typeof__(pthread_mutex_lock) *lock)
{
    static pthread_mutex_t never = PTHREAD_MUTEX_INITIALIZER;
    for (;;)
        lock(&never);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    REAL(pthread_mutex_lock);
    if (minded && was_taken(mutex) && !can_be_taken_twice(mutex))
        wait_forever(real);
    int code = real(mutex);
    if (holding && code == 0 && !minded)
        note_lock(mutex);
    return code;
}
