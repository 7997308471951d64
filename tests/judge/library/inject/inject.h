/**
 * @file inject.h
 * @brief Ce que partagent les morceaux de la bibliothèque préchargée ; ses réglages sont dans
 * inject_preload.c.
 */
#ifndef INJECT_H
#define INJECT_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

#define SECOND_NS 1000000000LL
#define MILLISECOND_NS 1000000LL
#define MICROSECOND_NS 1000LL

/** @brief Une durée, ou une date, en nanosecondes. */
static inline long long ns_of(const struct timespec *time)
{
    return (long long)time->tv_sec * SECOND_NS + time->tv_nsec;
}

/** @brief Comme ns_of(), d'une `struct timeval`. */
static inline long long ns_of_timeval(const struct timeval *time)
{
    return (long long)time->tv_sec * SECOND_NS + time->tv_usec * MICROSECOND_NS;
}

/** @brief Le nombre qui suit `NAME=` dans JUDGE_INJECT, ou 0. */
unsigned inject_setting(const char *name);

/** @brief Dit à qui trace le programme que cet appel va échouer ; `errno` n'en est pas changé. */
void inject_tell_fault(void);

/** @brief Arrête ce thread ; `errno` n'en est pas changé. */
void inject_sleep_ms(unsigned duration);

/** @brief Avant d'écrire sur stdout : s'arrête un instant, une fois sur deux (réglage `hesitate`). */
void inject_hesitate(void);

/** @brief Dit si au moins @p count clients ont été acceptés. */
bool inject_has_clients(unsigned count);

/** @brief De quoi compter pour ce programme et ses enfants (fork) ensemble ; à zéro. */
void *inject_shared(size_t size);

/** @brief Dit si ce thread est le dernier qui ait accepté un client. */
bool inject_is_receptionist(void);

/** @brief Un client vient d'être accepté, sur ce descripteur (réglage `reuse`). */
void inject_note_client(int fd);

/** @brief Ce thread se sert de ce descripteur : s'il l'avait rendu, il l'a repris (réglage `reuse`). */
void inject_note_use(int fd);

/** @brief Le programme écoute, ou il est connecté : ce qu'il attend désormais est un correspondant. */
void inject_note_service(void);

/** @brief Un client accepté : sa mémoire d'envoi est petite, pour que celui qui ne lit pas se voie vite (réglage `expire`). */
void inject_narrow(int fd);

/** @brief Quelque chose est venu : un nouveau silence commence, le compte des attentes qui expirent repart. */
void inject_end_silence(void);

/**
 * @brief Combien dure une attente que le programme borne lui-même (réglage `expire`).
 * @param bound_ns ce qu'il a demandé, en nanosecondes ; négatif : sans fin
 * @return ce que l'attente durera au plus, en nanosecondes
 */
long long inject_shortened_ns(long long bound_ns);

/** @brief Cette attente a expiré : ce qui manquait à sa durée est passé, à l'horloge du programme. */
void inject_note_expiry(long long bound_ns, long long waited_ns);

/**
 * @brief Un appel que borne une option du socket (SO_RCVTIMEO, SO_SNDTIMEO) expire-t-il ?
 * @param fd     le socket
 * @param events `POLLIN` ou `POLLOUT`
 * @return `true` si rien n'est venu : l'appel échoue, errno le dit
 */
bool inject_expires(int fd, short events);

/**
 * @brief Ce qu'il faut ajouter aux options d'un envoi que borne SO_SNDTIMEO, et qui peut n'être que partiel.
 *
 * Le noyau rendrait à l'expiration ce qui est déjà parti : il le rend tout de suite.
 */
int inject_send_flags(int fd);

/** @brief Dit si SIGTERM doit encore arriver à un instant choisi (réglages `stop`, `retry`, `arrival`, `reading`). */
bool inject_is_stopping(void);

/**
 * @brief Avant une attente : c'est peut-être là que SIGTERM doit arriver (réglages `stop` et `retry`).
 * @return `true` si l'attente échoue ; errno est alors ce que le gestionnaire en a laissé
 */
bool inject_stop_before_waiting(void);

/** @brief Avant d'attendre ce que dit un client : c'est peut-être là que SIGTERM doit arriver (réglage `reading`). */
void inject_stop_before_reading(void);

/** @brief Un client est accepté : c'est peut-être là que SIGTERM doit arriver (réglage `arrival`). */
void inject_stop_at_arrival(void);

/**
 * @brief Un verrou que ce thread a déjà pris est-il encore à prendre ? Tant que oui, qui l'attend l'attend pour toujours.
 *
 * Le gestionnaire d'un signal s'exécute ici, et ce signal aurait pu venir quand le thread tenait ce verrou (réglage `holding`).
 */
void inject_mind_locks(bool minded);

/** @brief Le socket du serveur est prêt : c'est peut-être là que SIGTERM doit arriver (réglage `opening`). */
void inject_stop_at_opening(void);

/** @brief Dit si cet appel est d'abord interrompu (réglage `eintr`) ; errno le dit aussi. */
bool inject_interrupts(void);

/** @brief Laisse au juge un fichier vide de ce nom, dans le dossier de travail du programme ; `errno` n'en change pas. */
void inject_leave_mark(const char *name);

/** @brief Un appel vient de servir à quelque chose : le programme ne tourne pas à vide. */
void inject_note_useful(void);

/** @brief Un appel a rendu la main sans rien apprendre ; trop de suite, le programme est retenu (réglage `spin`). */
void inject_note_futile(void);

/**
 * @brief Note ce qu'a rendu un appel qui attend (poll, select…).
 * @param result  ce qu'il a rendu
 * @param bounded il pouvait durer
 * @return @p result
 */
int inject_note_wait(int result, bool bounded);

/**
 * @brief Note ce qu'a rendu une réception, et le rend.
 * @param looked ce n'était qu'un regard (MSG_PEEK) : ce qu'il a montré attend encore
 */
ssize_t inject_note_transfer(ssize_t result, bool looked);

// dlsym rend un pointeur de données ; POSIX garantit qu'il se convertit en pointeur de fonction.
/** Déclare `real` : la vraie fonction de ce nom. */
#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (real == NULL)                                                                              \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

#endif
