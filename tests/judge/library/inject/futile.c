// Un programme qui redemande sans fin ce qu'on lui a déjà dit (`spin`), et ce que le juge saura des appels qui échouent.
#include "inject.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned allowed;
static atomic_uint futile;

__attribute__((constructor)) static void read_settings(void)
{
    allowed = inject_setting("spin=");
}

void inject_note_useful(void)
{
    atomic_store(&futile, 0);
}

// Retenu : un programme qui tourne à vide n'apprend rien de plus au juge, et lui prend un processeur.
void inject_note_futile(void)
{
    if (allowed == 0 || atomic_fetch_add(&futile, 1) < allowed)
        return;
    inject_leave_mark("judge-spin");
    for (;;)
        pause();
}

int inject_note_wait(int result, bool bounded)
{
    if (result < 0 && errno == EINVAL)
        inject_leave_mark("judge-refused");
    if (result > 0 || (result == 0 && !bounded))
        inject_note_futile();
    else if (result == 0)
        inject_note_useful();
    return result;
}

ssize_t inject_note_transfer(ssize_t result, bool looked)
{
    if ((looked && result >= 0) || (result < 0 && (errno == EAGAIN || errno == EINTR)))
        inject_note_futile();
    else
        inject_note_useful();
    return result;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    REAL(setsockopt);
    int result = real(fd, level, option, value, length);
    if (result < 0 && (errno == EDOM || errno == EINVAL))
        inject_leave_mark("judge-refused");
    return result;
}
