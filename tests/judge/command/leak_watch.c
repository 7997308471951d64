/**
 * @file leak_watch.c
 * @brief Chercher les fuites d'un programme qui vit encore.
 *
 * AddressSanitizer ne les cherche qu'à une fin ordinaire : un serveur tué par un signal, ou qui finit
 * par _exit, n'est jamais examiné. Dans le programme compilé pour être vérifié, un thread à nous
 * attend que le juge ouvre le tube « judge-leaks », cherche, et laisse la marque « judge-leaks-done ».
 *
 * Où un pointeur peut être gardé, nous le disons nous-mêmes (le juge lance ce programme avec `use_globals=0`) :
 * laissé à lui, LeakSanitizer lit toutes les variables globales du processus, huit mégaoctets, des siennes surtout,
 * jamais touchées : la moitié du temps du programme.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int __lsan_do_recoverable_leak_check(void);
void __lsan_register_root_region(const void *start, size_t size);

static int note_globals_of(struct dl_phdr_info *module, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    if (strstr(module->dlpi_name, "san.so") != NULL)
        return 0;
    for (int i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &module->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) != 0)
            __lsan_register_root_region((const char *)module->dlpi_addr + segment->p_vaddr,
                                        segment->p_memsz);
    }
    return 0;
}

static void note_globals(void)
{
    dl_iterate_phdr(note_globals_of, NULL);
}

static void *watch(void *unused)
{
    (void)unused;
    for (;;) {
        // L'ouverture attend le juge : d'ici là, pas un descripteur n'est pris au programme.
        int demand = open("judge-leaks", O_RDONLY | O_CLOEXEC);
        if (demand < 0)
            return NULL;
        close(demand);
        note_globals();
        __lsan_do_recoverable_leak_check();
        close(open("judge-leaks-done", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
}

__attribute__((constructor)) static void begin_watch(void)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    // Un test peut lancer deux programmes, l'un après l'autre : ce que le premier a laissé est au second.
    unlink("judge-leaks-done");
    atexit(note_globals);
    if (mkfifo("judge-leaks", 0600) < 0 && errno != EEXIST)
        return;
    // Aucun signal destiné au programme ne doit échoir à ce thread.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, watch, NULL) == 0)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
