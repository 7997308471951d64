// La fermeture du socket d'un client : le thread qui la fait attend que le numéro rendu serve au client suivant, et une
// seconde fermeture se voit dans l'appel même (`reuse`).
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST_CLIENTS 4096
#define NONE_YET (-1)
#define OVER (-2)

static unsigned reuse_ms;
static atomic_bool clients[MOST_CLIENTS];
// Le numéro rendu dont on attend le retour. Une seule fois : au client suivant, rien ne retient plus personne.
static atomic_int given_back = NONE_YET;

__attribute__((constructor)) static void read_setting(void)
{
    reuse_ms = inject_setting("reuse=");
}

// Ce que ce thread a rendu, et n'a pas repris depuis.
static _Thread_local int own_gift = NONE_YET;

static bool change(int before, int after)
{
    return atomic_compare_exchange_strong(&given_back, &before, after);
}

void inject_note_client(int fd)
{
    if (reuse_ms == 0 || fd >= MOST_CLIENTS)
        return;
    atomic_store(&clients[fd], true);
    if (change(fd, OVER))
        syscall(SYS_futex, &given_back, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void inject_note_use(int fd)
{
    if (fd == own_gift)
        own_gift = NONE_YET;
}

// Le même thread, sans s'en être servi : ce numéro n'est plus à personne, ou il est à un client qu'un autre a accepté.
static void note_second_close(int fd)
{
    if (fd < 0 || fd != own_gift || inject_is_receptionist() ||
        (!atomic_load(&clients[fd]) && fcntl(fd, F_GETFD) >= 0))
        return;
    inject_leave_mark("judge-closed-twice");
    inject_tell_fault();
}

// Qui accepte les clients ne peut pas, lui, en recevoir un pendant qu'il ferme.
static bool is_to_wait(int fd)
{
    note_second_close(fd);
    if (reuse_ms == 0 || fd < 0 || fd >= MOST_CLIENTS || !atomic_exchange(&clients[fd], false))
        return false;
    own_gift = fd;
    return !inject_is_receptionist() && change(NONE_YET, fd);
}

static void wait_for_reuse(int fd)
{
    int saved = errno;
    const struct timespec limit = {.tv_sec = reuse_ms / 1000,
                                   .tv_nsec = (long)(reuse_ms % 1000) * 1000000};
    syscall(SYS_futex, &given_back, FUTEX_WAIT_PRIVATE, fd, &limit, NULL, 0);
    change(fd, OVER);
    errno = saved;
}

int close(int fd)
{
    REAL(close);
    bool waiting = is_to_wait(fd);
    int result = real(fd);
    if (waiting)
        wait_for_reuse(fd);
    return result;
}

int fclose(FILE *stream)
{
    REAL(fclose);
    int fd = fileno(stream);
    bool waiting = is_to_wait(fd);
    int result = real(stream);
    if (waiting)
        wait_for_reuse(fd);
    return result;
}
