/**
 * @file start.c
 * @brief Le premier processus d'un bac à sable : pose les limites, lance le programme jugé, rend compte.
 *
 * Usage : `start NOM=VALEUR… PROGRAMME ARGUMENTS…`, où NOM est `tasks`, `space`, `cpu`, `file`, `descriptors` ou
 * `stack` (les limites, un nombre ou « unlimited »), `preload` (une bibliothèque à précharger dans le programme, et
 * en lui seul), `report` (le descripteur où rendre compte) ou `streams` (le premier de trois descripteurs qui se
 * suivent : les entrée et sorties du programme ; bwrap garde les siennes ouvertes, leur fin ne se verrait pas).
 *
 * Sans bwrap, `start closed=DOSSIER [user=NUMÉRO] [read=CHEMIN]… …` prend lui-même la place du programme, après avoir fermé
 * la machine autour de lui (closing.h) : il ne pourra écrire que dans DOSSIER.
 *
 * Étant le processus 1 de son espace de numéros, rien de ce qu'il a lancé ne peut le tuer, ni lui
 * survivre. Il n'est pas non plus lisible de l'intérieur (PR_SET_DUMPABLE) : son compte rendu est à lui.
 */
#include "closing.h"
#include "sandbox_report.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SANDBOX 125
#define BOX "/box"

static const struct {
    const char *name;
    int resource;
} limit_names[] = {
    {"tasks", RLIMIT_NPROC}, {"space", RLIMIT_AS},           {"cpu", RLIMIT_CPU},
    {"file", RLIMIT_FSIZE},  {"descriptors", RLIMIT_NOFILE}, {"stack", RLIMIT_STACK},
};

#define LIMIT_COUNT (sizeof limit_names / sizeof limit_names[0])
#define UNLIMITED UINT64_MAX

/** Ce qui est demandé sur la ligne de commande. */
struct request {
    uint64_t limits[LIMIT_COUNT];
    int report;
    int streams;
    const char *preload;
    struct closing closing;
    char **command;
};

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "bac à sable : %s : %s\n", what, strerror(errno));
    exit(EXIT_SANDBOX);
}

// Rend la valeur de « nom=valeur », ou NULL si ce mot n'est pas celui-là.
static const char *value_of(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static uint64_t read_limit(const char *text)
{
    return strcmp(text, "unlimited") == 0 ? UNLIMITED : strtoull(text, NULL, 10);
}

static bool read_one_limit(uint64_t *limits, const char *word)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        const char *value = value_of(word, limit_names[i].name);
        if (value != NULL) {
            limits[i] = read_limit(value);
            return true;
        }
    }
    return false;
}

static bool read_closing(struct closing *closing, const char *word)
{
    const char *value;
    if ((value = value_of(word, "closed")) != NULL)
        closing->folder = value;
    else if ((value = value_of(word, "user")) != NULL)
        closing->user = (uid_t)strtoul(value, NULL, 10);
    else if ((value = value_of(word, "read")) != NULL && closing->read_count < CLOSING_READS)
        closing->reads[closing->read_count++] = value;
    return value != NULL;
}

static bool read_setting(struct request *request, const char *word)
{
    const char *value;
    if ((value = value_of(word, "report")) != NULL)
        request->report = atoi(value);
    else if ((value = value_of(word, "streams")) != NULL)
        request->streams = atoi(value);
    else if ((value = value_of(word, "preload")) != NULL)
        request->preload = value;
    return value != NULL || read_one_limit(request->limits, word) ||
           read_closing(&request->closing, word);
}

static void read_request(struct request *request, char **words)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        request->limits[i] = UNLIMITED;
    while (*words != NULL && read_setting(request, *words))
        words++;
    request->command = words;
}

// Une limite dure à la fois : le programme ne peut pas la relever. L'appel même, et les 64 bits qu'il veut sur toutes les
// machines : glibc donne à « resource » un type à elle, que les autres bibliothèques n'ont pas.
static void set_limit(int resource, uint64_t wanted)
{
    struct {
        uint64_t soft;
        uint64_t hard;
    } limit;
    if (syscall(SYS_prlimit64, 0, resource, NULL, &limit) < 0)
        fail("prlimit");
    if (wanted > limit.hard)
        wanted = limit.hard;
    limit.soft = limit.hard = wanted;
    // Une seconde avant de le tuer sans un mot, le noyau dit au programme que son temps est passé (SIGXCPU).
    if (resource == RLIMIT_CPU && wanted != UNLIMITED && wanted > 1)
        limit.soft = wanted - 1;
    if (syscall(SYS_prlimit64, 0, resource, &limit, NULL) < 0)
        fail("prlimit");
}

static void set_limits(const struct request *request)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        set_limit(limit_names[i].resource, request->limits[i]);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_MSGQUEUE, 0);
    set_limit(RLIMIT_MEMLOCK, 0);
}

// Si la mémoire de la machine venait à manquer, que ce soit ce programme qui s'en aille.
static void offer_to_oom_killer(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t ignored = write(fd, "1000", 4);
    (void)ignored;
    close(fd);
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

// Ce qui prend de la mémoire sans qu'aucun processus l'occupe (fichiers anonymes, mémoires et files System V,
// clés…) échapperait au compte du juge, et n'a rien à faire dans un lab de sockets. Le reste, qui n'est
// d'aucune aide à un programme juste, est refusé au passage.
static const unsigned refused_calls[] = {
    SYS_memfd_create,   SYS_shmget, SYS_msgget, SYS_semget,      SYS_add_key,
    SYS_request_key,    SYS_keyctl, SYS_bpf,    SYS_userfaultfd, SYS_perf_event_open,
#ifdef SYS_io_uring_setup
    SYS_io_uring_setup,
#endif
#ifdef SYS_memfd_secret
    SYS_memfd_secret,
#endif
};

#define REFUSED_COUNT (sizeof refused_calls / sizeof refused_calls[0])
#define ERRNO(value) (SECCOMP_RET_ERRNO | ((value)&SECCOMP_RET_DATA))

// Une autre architecture (les appels à 32 bits) numérote autrement : aucun de ses appels n'est permis.
static void refuse_calls(void)
{
    struct sock_filter filter[5 + 2 * REFUSED_COUNT + 1];
    size_t count = 0;
    filter[count++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    filter[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ERRNO(ENOSYS));
    filter[count++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    // x32 : les mêmes appels, sous de grands numéros.
    filter[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u,
                                                   2 * REFUSED_COUNT - 1, 0);
    for (size_t i = 0; i < REFUSED_COUNT; i++) {
        filter[count++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused_calls[i], 0, 1);
        filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ERRNO(EPERM));
    }
    filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        fail("seccomp");
}

#else

// Sur une machine dont les appels n'ont pas été étudiés, rien n'est refusé ; l'essai des protections (running.py) le dit.
static void refuse_calls(void)
{
}

#endif

static void close_above(unsigned first)
{
    if (syscall(SYS_close_range, first, ~0u, 0) == 0)
        return;
    for (unsigned fd = first; fd < 1024; fd++)
        close((int)fd);
}

_Noreturn static void become(const struct request *request, int failure)
{
    for (int i = 0; request->streams > 0 && i < 3; i++)
        dup2(request->streams + i, i);
    int kept = dup3(failure, 3, O_CLOEXEC);
    close_above(4);
    setsid();
    set_limits(request);
    if (request->preload != NULL)
        setenv("LD_PRELOAD", request->preload, 1);
    refuse_calls();
    execv(request->command[0], request->command);
    int error = errno;
    ssize_t ignored = write(kept, &error, sizeof error);
    (void)ignored;
    _exit(EXIT_SANDBOX);
}

_Noreturn static void become_closed(const struct request *request)
{
    set_limits(request);
    if (request->preload != NULL)
        setenv("LD_PRELOAD", request->preload, 1);
    int program = closing_shut(&request->closing, request->command[0]);
    if (program < 0)
        fail(request->command[0]);
    closing_refuse_local_sockets();
    refuse_calls();
    syscall(SYS_execveat, program, "", request->command, environ, AT_EMPTY_PATH);
    fail(request->command[0]);
}

static void report(const struct request *request, const struct sandbox_report *message)
{
    if (request->report < 0)
        return;
    ssize_t ignored = write(request->report, message, sizeof *message);
    (void)ignored;
}

// Le tube se ferme de lui-même quand exec réussit. Rend l'erreur, ou 0.
static int launch(const struct request *request, pid_t *child)
{
    int ends[2];
    int error = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        fail("pipe");
    *child = fork();
    if (*child < 0)
        fail("fork");
    if (*child == 0)
        become(request, ends[1]);
    close(ends[1]);
    ssize_t count;
    while ((count = read(ends[0], &error, sizeof error)) < 0 && errno == EINTR)
        continue;
    close(ends[0]);
    return count == (ssize_t)sizeof error ? error : 0;
}

// Le programme fini, son dossier est encore là : a-t-il rempli le disque qu'on lui prêtait ?
static void report_end(const struct request *request, int status)
{
    struct sandbox_report message = {.kind = REPORT_ENDED, .status = status};
    struct statvfs box;
    if (statvfs(BOX, &box) == 0) {
        message.disk_full = box.f_bavail == 0;
        message.files = (int)(box.f_files - box.f_ffree);
    }
    report(request, &message);
}

// Sans compte rendu, la fin du programme est celle de tout ; avec, ses descendants lui survivent
// jusqu'à la fin du test, comme ils le feraient hors du bac à sable.
static int wait_for_all(const struct request *request, pid_t child)
{
    int result = 0;
    for (;;) {
        int status;
        pid_t ended = wait(&status);
        if (ended < 0 && errno == ECHILD)
            return result;
        if (ended != child)
            continue;
        result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        report_end(request, status);
        if (request->report < 0)
            return result;
    }
}

int main(int argc, char **argv)
{
    struct request request = {.report = -1};
    pid_t child;
    read_request(&request, argv + (argc > 0));
    if (request.command[0] == NULL) {
        errno = EINVAL;
        fail("aucun programme");
    }
    offer_to_oom_killer();
    if (request.closing.folder != NULL)
        become_closed(&request);
    prctl(PR_SET_DUMPABLE, 0);
    if (request.report >= 0)
        fcntl(request.report, F_SETFD, FD_CLOEXEC);

    struct sandbox_report message = {.kind = REPORT_STARTED};
    message.error = launch(&request, &child);
    if (message.error != 0) {
        message.kind = REPORT_FAILED;
        report(&request, &message);
        errno = message.error;
        fail(request.command[0]);
    }
    report(&request, &message);
    // Ces tubes sont ceux du programme : qui les lit doit en voir la fin.
    for (int i = 0; i < 3; i++) {
        close(i);
        if (request.streams > 0)
            close(request.streams + i);
    }
    return wait_for_all(&request, child);
}
