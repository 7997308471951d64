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

/** @brief Le nombre qui suit `NAME=` dans JUDGE_INJECT, ou 0. */
unsigned inject_setting(const char *name);

/** @brief Arrête ce thread ; `errno` n'en est pas changé. */
void inject_sleep_ms(unsigned duration);

/** @brief Avant d'écrire sur stdout : s'arrête un instant, une fois sur deux (réglage `hesitate`). */
void inject_hesitate(void);

/** @brief Dit si au moins @p count clients ont été acceptés. */
bool inject_has_clients(unsigned count);

// dlsym rend un pointeur de données ; POSIX garantit qu'il se convertit en pointeur de fonction.
/** Déclare `real` : la vraie fonction de ce nom. */
#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (real == NULL)                                                                              \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

#endif
