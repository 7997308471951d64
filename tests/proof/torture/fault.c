/**
 * @file fault.c
 * @brief Bibliothèque préchargée (LD_PRELOAD) : un appel échoue, une fois, quand on le demande.
 *
 * TORTURE_FAULTS contient des pannes séparées par des virgules, chacune `APPEL=RANG:MANIÈRE:CODE` :
 * le RANG-ième APPEL fait par le programme (1 : le premier) échoue de cette MANIÈRE.
 *   errno    rend -1 (ou NULL), errno vaut CODE ; rien n'est fait
 *   return   rend CODE ; rien n'est fait
 *   after    l'appel est fait pour de bon, puis rend -1, errno vaut CODE
 *   started  (connect) la connexion commence pour de bon, puis l'appel rend -1, errno vaut CODE
 *   short    ne transfère pas plus de CODE octets
 *   stop     le signal CODE arrive juste avant l'appel, qui est fait comme d'habitude
 *   stopped  l'appel est fait comme d'habitude ; le signal CODE arrive juste après
 * Les appels que la bibliothèque C fait elle-même ne comptent pas, sauf les demandes de mémoire :
 * `libc.malloc`, `libc.calloc`, `libc.realloc`.
 *
 * TORTURE_REPORT est le numéro d'un descripteur où écrire : `ready ADRESSE` quand un socket attend des
 * clients à ADRESSE, `fault APPEL` quand une panne a lieu, et à la fin le compte des appels et des oublis.
 */
#include "calls.h"
#include "ledger.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define MAX_FAULTS 4

/** Ce nom a deux adresses, 127.0.0.1 puis ::1, quoi que dise la machine. */
#define TWO_ADDRESSES "deux.exemple"

#define NUMBER(type, name, parameters, arguments) CALL_##name,
enum call {
    PLAIN_CALLS(NUMBER) TRANSFER_CALLS(NUMBER) SPECIAL_CALLS(NUMBER) LIBC_malloc,
    LIBC_calloc,
    LIBC_realloc,
    CALL_COUNT
};

#define NAME(type, name, parameters, arguments) [CALL_##name] = #name,
static const char *const names[CALL_COUNT] = {
    PLAIN_CALLS(NAME) TRANSFER_CALLS(NAME) SPECIAL_CALLS(NAME)[LIBC_malloc] = "libc.malloc",
    [LIBC_calloc] = "libc.calloc",
    [LIBC_realloc] = "libc.realloc",
};

#define POINTER(type, name, parameters, arguments) static type(*real_##name) parameters;
PLAIN_CALLS(POINTER)
TRANSFER_CALLS(POINTER)
SPECIAL_CALLS(POINTER)
static void (*real_free)(void *block);
static void (*real_freeaddrinfo)(struct addrinfo *addresses);

enum manner {
    MANNER_ERRNO,
    MANNER_RETURN,
    MANNER_AFTER,
    MANNER_STARTED,
    MANNER_SHORT,
    MANNER_STOP,
    MANNER_STOPPED,
    MANNER_COUNT
};
static const char *const manners[MANNER_COUNT] = {"errno", "return", "after",  "started",
                                                  "short", "stop",   "stopped"};

struct fault {
    enum call call;
    unsigned rank;
    enum manner manner;
    int code;
};

static struct fault faults[MAX_FAULTS];
static unsigned fault_count;
static atomic_uint calls[CALL_COUNT];
static atomic_bool active;
static int report = -1;
static uintptr_t program_start;
static uintptr_t program_end;

// dlsym rend un pointeur de données ; POSIX garantit qu'il se convertit en pointeur de fonction.
#define FIND(type, name, parameters, arguments)                                                    \
    if (real_##name == NULL)                                                                       \
        *(void **)&real_##name = dlsym(RTLD_NEXT, #name);

static int find_program(struct dl_phdr_info *object, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        if (object->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        uintptr_t start = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;
        uintptr_t end = start + object->dlpi_phdr[i].p_memsz;
        program_start = program_start == 0 || start < program_start ? start : program_start;
        program_end = end > program_end ? end : program_end;
    }
    // Le premier objet est le programme lui-même : les bibliothèques viennent ensuite.
    return 1;
}

static void read_fault(const char *text)
{
    char name[32];
    char manner[16];
    struct fault *fault = &faults[fault_count];
    if (sscanf(text, "%31[^=]=%u:%15[^:]:%d", name, &fault->rank, manner, &fault->code) != 4)
        return;
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        if (strcmp(name, names[i]) == 0)
            fault->call = (enum call)i;
    }
    for (unsigned i = 0; i < MANNER_COUNT; i++) {
        if (strcmp(manner, manners[i]) == 0)
            fault->manner = (enum manner)i;
    }
    fault_count++;
}

__attribute__((constructor)) static void prepare(void)
{
    PLAIN_CALLS(FIND)
    TRANSFER_CALLS(FIND)
    SPECIAL_CALLS(FIND)
    dl_iterate_phdr(find_program, NULL);
    const char *settings = getenv("TORTURE_FAULTS");
    for (const char *text = settings; text != NULL && fault_count < MAX_FAULTS;
         text = strchr(text, ',') == NULL ? NULL : strchr(text, ',') + 1)
        read_fault(text);
    const char *descriptor = getenv("TORTURE_REPORT");
    report = descriptor == NULL ? -1 : atoi(descriptor);
    ledger_open();
    active = true;
}

// Un seul appel par ligne : utilisable dans un gestionnaire de signal, et jamais entremêlé.
static void tell(const char *event, const char *name)
{
    const struct iovec pieces[] = {
        {.iov_base = (void *)(uintptr_t)event, .iov_len = strlen(event)},
        {.iov_base = (void *)(uintptr_t)name, .iov_len = strlen(name)},
        {.iov_base = (void *)(uintptr_t) "\n", .iov_len = 1},
    };
    ssize_t ignored = writev(report, pieces, 3);
    (void)ignored;
}

__attribute__((destructor)) static void conclude(void)
{
    active = false;
    char line[64];
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        snprintf(line, sizeof line, "count %s %u", names[i], calls[i]);
        if (calls[i] > 0)
            tell(line, "");
    }
    snprintf(line, sizeof line, "left %u %u", ledger_descriptors(), ledger_blocks());
    tell(line, "");
}

static bool from_program(const void *caller)
{
    uintptr_t address = (uintptr_t)caller;
    return address >= program_start && address < program_end;
}

static void send_signal(const struct fault *fault)
{
    int saved = errno;
    tell("fault ", names[fault->call]);
    kill(getpid(), fault->code);
    errno = saved;
}

// La panne prévue pour cet appel-ci, s'il y en a une ; l'appel est compté.
static const struct fault *next_fault(enum call call)
{
    if (!active)
        return NULL;
    unsigned rank = atomic_fetch_add(&calls[call], 1) + 1;
    for (unsigned i = 0; i < fault_count; i++) {
        if (faults[i].call != call || faults[i].rank != rank)
            continue;
        if (faults[i].manner == MANNER_STOPPED)
            return &faults[i];
        if (faults[i].manner == MANNER_STOP) {
            send_signal(&faults[i]);
            return NULL;
        }
        tell("fault ", names[call]);
        return &faults[i];
    }
    return NULL;
}

#define FAULT_OF(name) (from_program(__builtin_return_address(0)) ? next_fault(CALL_##name) : NULL)

static int outcome(const struct fault *fault)
{
    if (fault->manner == MANNER_RETURN) {
        // getaddrinfo et getnameinfo laissent alors la vraie raison dans errno.
        if (fault->code == EAI_SYSTEM)
            errno = EMFILE;
        return fault->code;
    }
    errno = fault->code;
    return -1;
}

#define PLAIN(type, name, parameters, arguments)                                                   \
    type name parameters                                                                           \
    {                                                                                              \
        FIND(type, name, parameters, arguments)                                                    \
        const struct fault *fault = FAULT_OF(name);                                                \
        if (fault == NULL)                                                                         \
            return real_##name arguments;                                                          \
        if (fault->manner != MANNER_AFTER && fault->manner != MANNER_STOPPED)                      \
            return outcome(fault);                                                                 \
        type returned = real_##name arguments;                                                     \
        if (fault->manner == MANNER_AFTER)                                                         \
            return outcome(fault);                                                                 \
        send_signal(fault);                                                                        \
        return returned;                                                                           \
    }
PLAIN_CALLS(PLAIN)

static int option(int fd, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    return real_getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

static void tell_ready(int fd)
{
    tell("ready ", option(fd, SO_DOMAIN) == AF_INET6 ? "::1" : "127.0.0.1");
}

int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    const struct fault *fault = FAULT_OF(bind);
    if (fault != NULL)
        return outcome(fault);
    int result = real_bind(fd, address, length);
    if (result == 0 && option(fd, SO_TYPE) == SOCK_DGRAM)
        tell_ready(fd);
    return result;
}

int listen(int fd, int backlog)
{
    const struct fault *fault = FAULT_OF(listen);
    if (fault != NULL)
        return outcome(fault);
    int result = real_listen(fd, backlog);
    if (result == 0)
        tell_ready(fd);
    return result;
}

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    const struct fault *fault = FAULT_OF(connect);
    if (fault == NULL)
        return real_connect(fd, address, length);
    if (fault->manner == MANNER_STARTED) {
        // Le noyau n'interrompt que l'attente : la connexion, elle, est commencée.
        int flags = fcntl(fd, F_GETFL);
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
        (void)real_connect(fd, address, length);
        fcntl(fd, F_SETFL, flags);
    }
    return outcome(fault);
}

#define TRANSFER(name, parameters, arguments)                                                      \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        FIND(, name, , )                                                                           \
        const struct fault *fault = FAULT_OF(name);                                                \
        if (fault == NULL)                                                                         \
            return real_##name arguments;                                                          \
        if (fault->manner != MANNER_SHORT && fault->manner != MANNER_STOPPED)                      \
            return outcome(fault);                                                                 \
        if (fault->manner == MANNER_SHORT && length > (size_t)fault->code)                         \
            length = (size_t)fault->code;                                                          \
        ssize_t result = real_##name arguments;                                                    \
        if (fault->manner == MANNER_STOPPED)                                                       \
            send_signal(fault);                                                                    \
        return result;                                                                             \
    }
#define TRANSFER_OF(type, name, parameters, arguments) TRANSFER(name, parameters, arguments)
TRANSFER_CALLS(TRANSFER_OF)

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **addresses)
{
    const struct fault *fault = FAULT_OF(getaddrinfo);
    if (fault != NULL)
        return outcome(fault);
    bool both = host != NULL && strcmp(host, TWO_ADDRESSES) == 0;
    int result = real_getaddrinfo(both ? "127.0.0.1" : host, service, hints, addresses);
    if (result == 0 && both)
        result = real_getaddrinfo("::1", service, hints, &(*addresses)->ai_next);
    if (result == 0)
        ledger_take(*addresses);
    return result;
}

void freeaddrinfo(struct addrinfo *addresses)
{
    FIND(, freeaddrinfo, , )
    ledger_give(addresses);
    real_freeaddrinfo(addresses);
}

// Le bloc demandé par le programme lui est compté ; celui de la bibliothèque C, non. free est trouvé
// dès la première demande : dlsym peut rendre un bloc, et le chercherait alors sans fin.
#define ALLOCATOR(name, parameters, arguments, old)                                                \
    void *name parameters                                                                          \
    {                                                                                              \
        FIND(, name, , )                                                                           \
        FIND(, free, , )                                                                           \
        bool own = from_program(__builtin_return_address(0));                                      \
        if (next_fault(own ? CALL_##name : LIBC_##name) != NULL) {                                 \
            errno = ENOMEM;                                                                        \
            return NULL;                                                                           \
        }                                                                                          \
        ledger_give(old);                                                                          \
        void *result = real_##name arguments;                                                      \
        if (own)                                                                                   \
            ledger_take(result);                                                                   \
        return result;                                                                             \
    }
ALLOCATOR(malloc, (size_t size), (size), NULL)
ALLOCATOR(calloc, (size_t count, size_t size), (count, size), NULL)
ALLOCATOR(realloc, (void *block, size_t size), (block, size), block)

void free(void *block)
{
    FIND(, free, , )
    ledger_give(block);
    real_free(block);
}
