// SIGTERM à l'instant qui gêne (`stop`, `retry`, `arrival`, `reading`, `holding`, `opening`), et le traitement qu'un programme lui donne.
#include "inject.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/** Un instant où le signal doit arriver, une fois, au programme et à ses enfants ensemble. */
struct moment {
    const char *setting; /**< Son réglage. */
    const char
        *mark; /**< Ce que le juge saura : un programme peut s'y prendre d'une autre façon. */
    atomic_bool *coming; /**< Il doit encore arriver ; `NULL` : rien n'est prévu. */
};

// Le programme que le juge a lancé : c'est à lui que le signal s'adresse, même quand un de ses enfants sert le client.
static pid_t program;

static struct moment before_waiting = {"stop=", "judge-stop", NULL};
static struct moment at_interruption = {"retry=", "judge-retry", NULL};
static struct moment at_arrival = {"arrival=", "judge-arrival", NULL};
static struct moment before_reading = {"reading=", "judge-reading", NULL};
static struct moment while_holding = {"holding=", "judge-holding", NULL};
static struct moment at_opening = {"opening=", "judge-opening", NULL};

static void plan(struct moment *moment)
{
    if (inject_setting(moment->setting) == 0)
        return;
    moment->coming = inject_shared(sizeof *moment->coming);
    if (moment->coming != NULL)
        atomic_store(moment->coming, true);
}

__attribute__((constructor)) static void read_settings(void)
{
    program = getpid();
    plan(&before_waiting);
    plan(&at_interruption);
    plan(&at_arrival);
    plan(&before_reading);
    plan(&while_holding);
    plan(&at_opening);
}

static bool is_coming(const struct moment *moment)
{
    return moment->coming != NULL && atomic_load(moment->coming);
}

bool inject_is_stopping(void)
{
    return is_coming(&before_waiting) || is_coming(&at_interruption) || is_coming(&at_arrival) ||
           is_coming(&before_reading) || is_coming(&while_holding);
}

static bool strike(struct moment *moment)
{
    if (!atomic_exchange(moment->coming, false))
        return false;
    inject_leave_mark(moment->mark);
    kill(program, SIGTERM);
    return true;
}

static void strike_unseen(struct moment *moment)
{
    int saved = errno;
    strike(moment);
    errno = saved;
}

// Le gestionnaire s'exécute dans ce thread pendant que strike() y envoie le signal.
static void strike_as_if_holding(void)
{
    inject_mind_locks(true);
    strike_unseen(&while_holding);
    inject_mind_locks(false);
}

// Un second signal trouve l'appel que le premier a interrompu, et errno que le programme n'a pas encore lu.
static bool spoil_errno(void)
{
    int saved = errno;
    errno = EINTR;
    if (strike(&at_interruption) && errno != EINTR) {
        inject_tell_fault();
        return true;
    }
    errno = saved;
    return false;
}

bool inject_stop_before_waiting(void)
{
    if (is_coming(&before_waiting) && inject_is_receptionist())
        strike_unseen(&before_waiting);
    if (is_coming(&while_holding) && inject_is_receptionist())
        strike_as_if_holding();
    return is_coming(&at_interruption) && inject_is_receptionist() && spoil_errno();
}

void inject_stop_before_reading(void)
{
    if (is_coming(&before_reading) && inject_has_clients(1))
        strike_unseen(&before_reading);
}

void inject_stop_at_arrival(void)
{
    if (is_coming(&at_arrival))
        strike_unseen(&at_arrival);
}

// Qui ne s'y est pas encore préparé en mourrait, et rien ne demande qu'il le soit déjà.
static bool is_expected(void)
{
    sigset_t blocked;
    struct sigaction action;
    if (pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 && sigismember(&blocked, SIGTERM) == 1)
        return true;
    return sigaction(SIGTERM, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
           action.sa_handler != SIG_IGN;
}

void inject_stop_at_opening(void)
{
    if (is_coming(&at_opening) && is_expected())
        strike_unseen(&at_opening);
}

// SA_UNSUPPORTED, SA_EXPOSE_TAGBITS et SA_RESTORER ne sont nommées que dans les en-têtes du noyau.
#define EVERY_FLAG                                                                                 \
    ((unsigned)(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER) | \
     (unsigned)SA_RESETHAND | SA_INTERRUPT | 0x04000C00u)

// Ce que le compilateur du juge met dans une variable à qui le programme n'a rien donné (work.mk) : 0xFE, ou 0xAA. Aucun
// programme ne demande ces options-là, qui n'existent pas, ni ne retient ces signaux-là : un temps réel sur deux, ou sept sur huit.
static bool is_unset(const struct sigaction *action)
{
    static const unsigned char patterns[][4] = {{0xFE, 0xFE, 0xFE, 0xFE}, {0xAA, 0xAA, 0xAA, 0xAA}};
    const char *upper_signals = (const char *)&action->sa_mask + 4;
    return ((unsigned)action->sa_flags & ~EVERY_FLAG) != 0 ||
           memcmp(upper_signals, patterns[0], 4) == 0 || memcmp(upper_signals, patterns[1], 4) == 0;
}

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    REAL(sigaction);
    if (action != NULL && action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN &&
        is_unset(action))
        inject_leave_mark("judge-unset-action");
    return real(signal, action, old);
}
