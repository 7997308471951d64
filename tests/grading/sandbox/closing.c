#include "closing.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Les numéros de ces appels sont les mêmes partout ; les en-têtes d'un système ancien ne les ont pas.
#define CREATE_RULESET 444
#define ADD_RULE 445
#define RESTRICT_SELF 446
#define RULE_PATH_BENEATH 1
#define ASK_VERSION 1

// Landlock : les droits sur les fichiers, un bit chacun, et ce que chaque version y a ajouté.
#define RIGHT_EXECUTE (1u << 0)
#define RIGHT_WRITE_FILE (1u << 1)
#define RIGHT_READ_FILE (1u << 2)
#define RIGHT_READ_FOLDER (1u << 3)
#define RIGHTS_FIRST ((1u << 13) - 1)
#define RIGHT_MOVE (1u << 13)
#define RIGHT_TRUNCATE (1u << 14)
#define RIGHTS_OF_A_FILE (RIGHT_EXECUTE | RIGHT_WRITE_FILE | RIGHT_READ_FILE | RIGHT_TRUNCATE)
#define READ_ONLY (RIGHT_EXECUTE | RIGHT_READ_FILE | RIGHT_READ_FOLDER)
#define SCOPES 3u // les sockets abstraits et les signaux vers qui n'est pas enfermé avec lui

/** struct landlock_ruleset_attr, avec tous ses champs. */
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

/** struct landlock_path_beneath_attr. */
struct rule {
    uint64_t rights;
    int32_t path;
} __attribute__((packed));

static const char *const system_folders[] = {"/usr", "/lib",  "/lib32",           "/lib64",
                                             "/bin", "/proc", "/etc/alternatives"};

// De /etc, ce que lit la bibliothèque C.
static const char *const system_files[] = {
    "/etc/hosts",    "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf",
    "/etc/gai.conf", "/etc/services",    "/etc/protocols",     "/etc/ld.so.cache"};

static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// Changer d'utilisateur fait oublier de qui la mort doit entraîner la nôtre.
static bool become_user(const struct closing *closing)
{
    pid_t parent = getppid();
    if (chown(closing->folder, closing->user, closing->user) < 0 || setgroups(0, NULL) < 0 ||
        setresgid(closing->user, closing->user, closing->user) < 0 ||
        setresuid(closing->user, closing->user, closing->user) < 0)
        return false;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return getppid() == parent;
}

// Ce que la version du noyau sait fermer ; ce qui n'y est pas reste ouvert, et n'y est que peu : voir docs/noter.md.
static size_t known_rights(long version, struct ruleset *ruleset)
{
    ruleset->files =
        RIGHTS_FIRST | (version >= 2 ? RIGHT_MOVE : 0) | (version >= 3 ? RIGHT_TRUNCATE : 0);
    if (version < 6)
        return sizeof ruleset->files;
    ruleset->scopes = SCOPES;
    return sizeof *ruleset;
}

// Un fichier n'a pas les droits d'un dossier ; ce qui n'existe pas ici n'a rien à ouvrir.
static bool allow(int rules, const char *path, uint64_t rights, bool is_file)
{
    struct rule rule = {.rights = is_file ? rights & RIGHTS_OF_A_FILE : rights,
                        .path = open(path, O_PATH | O_CLOEXEC)};
    if (rule.path < 0)
        return errno == ENOENT;
    long result = syscall(ADD_RULE, rules, RULE_PATH_BENEATH, &rule, 0);
    close(rule.path);
    return result == 0;
}

static bool allow_all(int rules, const char *const paths[], size_t count, uint64_t rights,
                      bool is_file)
{
    for (size_t i = 0; i < count; i++) {
        if (!allow(rules, paths[i], rights, is_file))
            return false;
    }
    return true;
}

static bool lock_files(const struct closing *closing, const char *program)
{
    struct ruleset ruleset = {0};
    long version = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    if (version < 1)
        return false;
    size_t size = known_rights(version, &ruleset);
    int rules = (int)syscall(CREATE_RULESET, &ruleset, size, 0);
    const char *library = getenv("LD_PRELOAD");
    bool done =
        rules >= 0 && allow_all(rules, system_folders, COUNT(system_folders), READ_ONLY, false) &&
        allow_all(rules, system_files, COUNT(system_files), READ_ONLY, true) &&
        allow_all(rules, devices, COUNT(devices), RIGHT_READ_FILE | RIGHT_WRITE_FILE, true) &&
        allow_all(rules, closing->reads, closing->read_count, READ_ONLY, false) &&
        allow(rules, closing->folder, ruleset.files, false) &&
        allow(rules, program, READ_ONLY, true) &&
        (library == NULL || allow(rules, library, READ_ONLY, true)) &&
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(RESTRICT_SELF, rules, 0) == 0;
    close(rules);
    return done;
}

int closing_shut(const struct closing *closing, const char *program)
{
    int opened = open(program, O_PATH | O_CLOEXEC);
    if (opened < 0)
        return -1;
    bool shut = closing->user != 0 ? become_user(closing) : lock_files(closing, program);
    return shut ? opened : -1;
}

void closing_refuse_local_sockets(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = COUNT(filter), .filter = filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
