#include "sandbox_guard.h"

#include "sandbox.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

// Entre deux regards, un programme peut remplir quelques centaines de mégaoctets, pas la machine.
#define PERIOD_MS 80
#define MAX_GUARDED 512
#define MEBIBYTE (1024ull * 1024ull)

/** Un bac à sable surveillé. Ses descripteurs désignent l'intérieur, vu du dehors. */
struct guarded {
    const char *actor;
    bool sanitized;
    int init;      /**< pidfd de son premier processus. */
    int processes; /**< Son /proc. */
    int box;       /**< Son dossier de travail. */
};

/** Ce qu'un bac à sable occupe, tous processus ensemble. */
struct weight {
    unsigned long long tasks;
    unsigned long long memory;
};

static struct {
    unsigned long long tasks;
    unsigned long long memory;
    unsigned long long sanitized_memory;
    unsigned long long disk;
    unsigned long long files;
} limits;

static struct guarded guarded[MAX_GUARDED];
static atomic_int guarded_count;
static pthread_t watcher;
static bool watching;
static int stopping = -1; /**< Lisible quand le guetteur doit finir. */
static char sentence[512];
static atomic_flag sentence_taken = ATOMIC_FLAG_INIT;
static atomic_bool sentence_ready;

// La première limite atteinte est celle qu'on dit : les autres en découlent souvent.
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    va_list arguments;
    if (atomic_flag_test_and_set(&sentence_taken))
        return;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    atomic_store(&sentence_ready, true);
}

const char *sandbox_limit_reached(void)
{
    return atomic_load(&sentence_ready) ? sentence : NULL;
}

static void read_limit(const char *line, const char *name, unsigned long long *limit)
{
    size_t length = strlen(name);
    if (strncmp(line, name, length) == 0 && line[length] == '=')
        *limit = strtoull(line + length + 1, NULL, 10);
}

// Les mêmes limites que run.sh, lues au même endroit : à côté de lui.
static void read_limits(void)
{
    char path[4200];
    char line[256];
    const char *script = sandbox_path();
    const char *slash = strrchr(script, '/');
    snprintf(path, sizeof path, "%.*slimits.conf", (int)(slash + 1 - script), script);
    FILE *in = fopen(path, "re");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        read_limit(line, "RUN_TASKS", &limits.tasks);
        read_limit(line, "RUN_MEMORY", &limits.memory);
        read_limit(line, "RUN_SANITIZED_MEMORY", &limits.sanitized_memory);
        read_limit(line, "RUN_DISK", &limits.disk);
        read_limit(line, "RUN_INODES", &limits.files);
    }
    if (in != NULL)
        fclose(in);
}

static unsigned long long field(const char *status, const char *name)
{
    const char *found = strstr(status, name);
    return found != NULL ? strtoull(found + strlen(name), NULL, 10) : 0;
}

// Les pages d'un fichier (le programme, la bibliothèque C) sont partagées par tous : elles ne comptent pas.
static void weigh_process(int processes, const char *number, struct weight *weight)
{
    char path[32];
    char status[4096];
    snprintf(path, sizeof path, "%.16s/status", number);
    int fd = openat(processes, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, status, sizeof status - 1);
    close(fd);
    status[length > 0 ? length : 0] = '\0';
    weight->tasks += field(status, "\nThreads:");
    weight->memory += 1024 * (field(status, "\nRssAnon:") + field(status, "\nRssShmem:"));
}

static void weigh(const struct guarded *one, struct weight *weight)
{
    int copy = openat(one->processes, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *processes = copy >= 0 ? fdopendir(copy) : NULL;
    if (processes == NULL) {
        if (copy >= 0)
            close(copy);
        return;
    }
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        if (isdigit((unsigned char)entry->d_name[0]))
            weigh_process(one->processes, entry->d_name, weight);
    }
    closedir(processes);
}

static void say_disk(const char *actor)
{
    say("%s a rempli son dossier de travail (%llu Mio) : c'est la limite de disque. Qu'écrit-il "
        "ainsi, et quand s'arrête-t-il ?",
        actor, limits.disk / MEBIBYTE);
}

static void say_files(const char *actor)
{
    say("%s a créé plus de %llu fichiers : c'est la limite. Une boucle en crée-t-elle sans fin ?",
        actor, limits.files);
}

static bool exceeds_processes(const struct guarded *one)
{
    struct weight weight = {0};
    weigh(one, &weight);
    unsigned long long allowed = one->sanitized ? limits.sanitized_memory : limits.memory;
    if (weight.memory > allowed) {
        say("%s occupait plus de %llu Mio de mémoire, tous ses processus ensemble : c'est la "
            "limite. Le juge l'a arrêté. Une boucle demande-t-elle de la mémoire sans la rendre ?",
            one->actor, allowed / MEBIBYTE);
        return true;
    }
    if (weight.tasks >= limits.tasks) {
        say("%s avait %llu processus et threads : c'est la limite. Le juge l'a arrêté. Une boucle "
            "en crée-t-elle sans fin ?",
            one->actor, limits.tasks);
        return true;
    }
    return false;
}

static bool exceeds_disk(const struct guarded *one)
{
    struct statvfs box;
    if (fstatvfs(one->box, &box) < 0)
        return false;
    if (box.f_bavail == 0)
        say_disk(one->actor);
    else if (box.f_files - box.f_ffree > limits.files)
        say_files(one->actor);
    else
        return false;
    return true;
}

// Quand des centaines de processus se disputent la machine, le guetteur attend son tour comme les autres.
void sandbox_look(void)
{
    for (int i = 0; i < atomic_load(&guarded_count); i++)
        if (exceeds_processes(&guarded[i]) || exceeds_disk(&guarded[i]))
            return;
}

// Le premier processus mort, le noyau tue tous les autres.
static void *watch(void *unused)
{
    struct pollfd stop = {.fd = stopping, .events = POLLIN};
    (void)unused;
    do {
        for (int i = 0; i < atomic_load(&guarded_count); i++) {
            if (exceeds_processes(&guarded[i]) || exceeds_disk(&guarded[i]))
                syscall(SYS_pidfd_send_signal, guarded[i].init, SIGKILL, NULL, 0);
        }
    } while (poll(&stop, 1, PERIOD_MS) <= 0);
    return NULL;
}

static void start_watching(void)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    stopping = eventfd(0, EFD_CLOEXEC);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    watching = pthread_create(&watcher, NULL, watch, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void sandbox_unguard(void)
{
    if (!watching || eventfd_write(stopping, 1) < 0)
        return;
    pthread_join(watcher, NULL);
    watching = false;
}

static int open_inside(pid_t init, const char *folder)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/root/%s", (int)init, folder);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void sandbox_guard(pid_t init, const char *actor, bool sanitized)
{
    int place = atomic_load(&guarded_count);
    struct guarded one = {.actor = actor, .sanitized = sanitized};
    if (limits.tasks == 0)
        read_limits();
    one.init = init > 0 ? (int)syscall(SYS_pidfd_open, init, 0) : -1;
    if (one.init < 0 || place >= MAX_GUARDED)
        return;
    one.processes = open_inside(init, "proc");
    one.box = open_inside(init, "box");
    guarded[place] = one;
    atomic_store(&guarded_count, place + 1);
    if (place == 0)
        start_watching();
}

void sandbox_note_end(const char *actor, const struct sandbox_report *message)
{
    if (message->disk_full)
        say_disk(actor);
    else if ((unsigned long long)message->files > limits.files)
        say_files(actor);
}
