/**
 * @file probe.c
 * @brief Essaie, du dedans, de sortir du bac à sable : un essai par nom, choisi par le premier argument.
 *
 * Rien de tout cela ne doit réussir. Chaque essai écrit sur stdout, ligne par ligne, ce qu'il a obtenu ;
 * protections.py juge. Ce qui est écrit est à nous : aucun étudiant n'écrit ici.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY 100000
#define BLOCK (1u << 20)

extern char **environ;

static void say(const char *what, int failed)
{
    printf("%s %s\n", failed ? "refusé" : "OBTENU", what);
}

// Sur la boucle locale, le refus vient aussitôt ; au dehors, un départ en cours est déjà de trop.
static int is_refused(int fd)
{
    struct pollfd answer = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t length = sizeof error;
    poll(&answer, 1, 500);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error == ECONNREFUSED;
}

// ADRESSE PORT… : peut-on s'y connecter ?
static void try_connections(char **arguments)
{
    for (; arguments[0] != NULL && arguments[1] != NULL; arguments += 2) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((unsigned short)atoi(arguments[1]))};
        inet_pton(AF_INET, arguments[0], &address.sin_addr);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        int failed = connect(fd, (struct sockaddr *)&address, sizeof address) < 0;
        say(arguments[0], failed && (errno != EINPROGRESS || is_refused(fd)));
        close(fd);
    }
}

static void try_abstract(char **arguments)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(arguments[0]);
    memcpy(address.sun_path + 1, arguments[0], length);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    say("unix", connect(fd, (struct sockaddr *)&address,
                        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)) < 0);
}

static void try_reading(char **paths)
{
    for (; *paths != NULL; paths++)
        say(*paths, open(*paths, O_RDONLY | O_NONBLOCK) < 0);
}

static void try_writing(char **folders)
{
    char path[4096];
    for (; *folders != NULL; folders++) {
        snprintf(path, sizeof path, "%s/sonde", *folders);
        say(*folders, open(path, O_WRONLY | O_CREAT, 0600) < 0);
    }
    say("le programme lui-même", chmod("/proc/self/exe", 0777) < 0);
}

static void try_signals(char **numbers)
{
    for (; *numbers != NULL; numbers++)
        say(*numbers, kill(atoi(*numbers), SIGKILL) < 0);
    say("kill(-1)", kill(-1, SIGKILL) < 0);
}

static void list_folder(const char *path, int digits_only)
{
    DIR *folder = opendir(path);
    int inside = folder != NULL ? dirfd(folder) : -1;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        int number = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && (number > 0 || entry->d_name[0] == '0' || !digits_only) &&
            (number != inside || strcmp(path, "/proc/self/fd") != 0))
            printf("%s\n", entry->d_name);
    }
}

static void list_processes(char **unused)
{
    (void)unused;
    list_folder("/proc", 1);
}

static void list_descriptors(char **unused)
{
    (void)unused;
    list_folder("/proc/self/fd", 1);
}

static void show_file(const char *path)
{
    char bytes[65536];
    int fd = open(path, O_RDONLY);
    ssize_t count = fd >= 0 ? read(fd, bytes, sizeof bytes) : 0;
    for (ssize_t i = 0; i < count; i++)
        putchar(bytes[i] != '\0' ? bytes[i] : '\n');
}

static void show_environment(char **unused)
{
    (void)unused;
    for (char **variable = environ; *variable != NULL; variable++)
        puts(*variable);
    show_file("/proc/self/environ");
    show_file("/proc/1/environ");
    show_file("/proc/1/cmdline");
}

// Combien de processus de plus ? Ils attendent que le premier finisse, pour être là tous à la fois.
static void count_forks(char **unused)
{
    (void)unused;
    int count = 0;
    while (count < MANY) {
        pid_t pid = fork();
        if (pid == 0)
            for (;;)
                pause();
        if (pid < 0)
            break;
        count++;
    }
    printf("%d\n", count);
}

static void *sleep_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        pause();
    return NULL;
}

static void count_threads(char **unused)
{
    (void)unused;
    pthread_t thread;
    pthread_attr_t small;
    int count = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    while (count < MANY && pthread_create(&thread, &small, sleep_for_ever, NULL) == 0)
        count++;
    printf("%d\n", count);
}

// Le juge regarde dix fois par seconde : une seconde lui suffit, ou il ne regarde pas.
static void let_be_seen(void)
{
    poll(NULL, 0, 1000);
}

static void eat(size_t blocks)
{
    for (size_t i = 0; i < blocks; i++) {
        char *block = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED)
            break;
        memset(block, 1, BLOCK);
    }
    let_be_seen();
}

// MÉBIOCTETS PROCESSUS : prendre tant de mémoire dans chacun de tant de processus.
static void eat_memory(char **arguments)
{
    size_t blocks = (size_t)atoi(arguments[0]);
    for (int i = 1; i < atoi(arguments[1]); i++) {
        if (fork() == 0)
            eat(blocks);
    }
    eat(blocks);
}

static void reserve_addresses(char **arguments)
{
    size_t size = (size_t)atoi(arguments[0]) << 30;
    say("adresses", mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                         0) == MAP_FAILED);
}

// MÉBIOCTETS : combien le dossier de travail en accepte-t-il, en fichiers d'un mébioctet ?
static void fill_disk(char **arguments)
{
    static const char *const folders[] = {"/box", "/tmp", "/dev/shm", "."};
    static char block[BLOCK];
    char path[64];
    long written = 0;
    for (int i = 0; i < atoi(arguments[0]); i++) {
        snprintf(path, sizeof path, "%s/sonde-%d", folders[i % 4], i);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);
        ssize_t count = fd >= 0 ? write(fd, block, sizeof block) : -1;
        written += count > 0 ? count : 0;
        if (count < (ssize_t)sizeof block)
            break;
        close(fd);
    }
    printf("%ld\n", written >> 20);
}

static void fill_inodes(char **unused)
{
    (void)unused;
    char path[64];
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "sonde-%d", i);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);
        if (fd < 0)
            break;
        close(fd);
    }
    let_be_seen();
}

static void write_one_file(char **arguments)
{
    static char block[BLOCK];
    int fd = open("sonde", O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < atoi(arguments[0]); i++) {
        if (write(fd, block, sizeof block) < 0)
            break;
    }
}

static void raise_limits(char **unused)
{
    static const struct {
        const char *name;
        int resource;
    } known[] = {{"processus", RLIMIT_NPROC},
                 {"temps", RLIMIT_CPU},
                 {"fichier", RLIMIT_FSIZE},
                 {"descripteurs", RLIMIT_NOFILE}};
    (void)unused;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct {
            uint64_t soft;
            uint64_t hard;
        } limit;
        syscall(SYS_prlimit64, 0, known[i].resource, NULL, &limit);
        printf("%s %lld\n", known[i].name, limit.hard == UINT64_MAX ? -1LL : (long long)limit.hard);
        limit.soft = limit.hard = limit.hard == UINT64_MAX ? UINT64_MAX : limit.hard + 1;
        say(known[i].name, syscall(SYS_prlimit64, 0, known[i].resource, &limit, NULL) < 0);
    }
}

static int namespace_refused(int flag)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(unshare(flag) < 0);
    int status = 1;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) != 0;
}

static void gain_privileges(char **unused)
{
    (void)unused;
    say("être root", getuid() != 0 && setuid(0) < 0);
    say("nouvel espace d'utilisateurs", namespace_refused(CLONE_NEWUSER));
    say("nouvel espace de montage", namespace_refused(CLONE_NEWNS));
    say("nouveau réseau", namespace_refused(CLONE_NEWNET));
    say("monter", mount("none", "/box", "tmpfs", 0, NULL) < 0);
    say("ôter la lecture seule", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) < 0);
    say("reprendre des droits par exec", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ? 0 : 1);
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)
            say("un pouvoir", 0);
    }
}

static void trace_others(char **unused)
{
    (void)unused;
    say("ptrace(1)", ptrace(PTRACE_SEIZE, 1, NULL, NULL) < 0);
    say("/proc/1/mem", open("/proc/1/mem", O_RDWR) < 0);
    say("/proc/1/fd", open("/proc/1/fd/3", O_WRONLY) < 0);
    say("/proc/1/environ", open("/proc/1/environ", O_RDONLY) < 0);
}

// Un démon : détaché, sourd aux signaux, il ne tient plus aucun tube de celui qui l'a lancé.
static void survive(char **unused)
{
    (void)unused;
    if (fork() != 0)
        return;
    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
    if (fork() != 0)
        _exit(0);
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    for (;;)
        pause();
}

static void wait_for_ever(char **unused)
{
    (void)unused;
    puts("prêt");
    fflush(stdout);
    if (fork() == 0)
        setsid();
    for (;;)
        pause();
}

static void write_for_ever(char **unused)
{
    (void)unused;
    for (;;)
        puts("encore");
}

// De la mémoire que personne n'occupe : fichier anonyme, mémoire System V, file de messages, clé du noyau.
static void hide_memory(char **unused)
{
    (void)unused;
    say("memfd_create", memfd_create("sonde", 0) < 0);
    say("shmget", shmget(IPC_PRIVATE, BLOCK, IPC_CREAT | 0600) < 0);
    say("msgget", msgget(IPC_PRIVATE, IPC_CREAT | 0600) < 0);
    say("add_key", syscall(SYS_add_key, "user", "sonde", "x", 1, -3) < 0);
}

static void show_namespaces(char **unused)
{
    static const char *const names[] = {"user", "mnt", "pid", "ipc", "uts", "net"};
    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        char target[64] = "";
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        ssize_t ignored = readlink(path, target, sizeof target - 1);
        (void)ignored;
        printf("%s %s\n", names[i], target);
    }
}

static const struct {
    const char *name;
    void (*attempt)(char **arguments);
} attempts[] = {
    {"connect", try_connections},
    {"abstract", try_abstract},
    {"read", try_reading},
    {"write", try_writing},
    {"kill", try_signals},
    {"processes", list_processes},
    {"descriptors", list_descriptors},
    {"environment", show_environment},
    {"forks", count_forks},
    {"threads", count_threads},
    {"memory", eat_memory},
    {"addresses", reserve_addresses},
    {"disk", fill_disk},
    {"inodes", fill_inodes},
    {"file", write_one_file},
    {"limits", raise_limits},
    {"privileges", gain_privileges},
    {"trace", trace_others},
    {"daemon", survive},
    {"wait", wait_for_ever},
    {"flood", write_for_ever},
    {"namespaces", show_namespaces},
    {"hidden", hide_memory},
};

int main(int argc, char **argv)
{
    static char *none[] = {NULL, NULL, NULL};
    for (size_t i = 0; argc > 1 && i < sizeof attempts / sizeof attempts[0]; i++) {
        if (strcmp(argv[1], attempts[i].name) != 0)
            continue;
        attempts[i].attempt(argc > 2 ? argv + 2 : none);
        return 0;
    }
    // Lancé comme un serveur par le juge : écrire sans fin.
    write_for_ever(none);
    return 0;
}
