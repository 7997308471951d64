// La naissance d'un thread : elle échoue (`threads`), son début tarde (`late`), ou son créateur (`linger`).
#include "inject.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static unsigned late_ms;
static unsigned linger_ms;
static atomic_int refused_threads;

__attribute__((constructor)) static void read_settings(void)
{
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
