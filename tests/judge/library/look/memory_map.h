/**
 * @file memory_map.h
 * @brief La mémoire d'un autre processus : ce qu'elle contient, et le fichier d'où vient chaque morceau de code.
 */
#ifndef HARNESS_MEMORY_MAP_H
#define HARNESS_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** La mémoire d'un processus, ouverte pour la lire. */
struct memory {
    pid_t pid;             /**< Le processus. */
    int fd;                /**< Sa mémoire. */
    unsigned long program; /**< Le numéro d'inode de son exécutable. */
};

/** Un fichier, programme ou bibliothèque, tel qu'il est posé en mémoire. */
struct image {
    uint64_t start; /**< Où commence son en-tête ELF. */
    uint64_t bias;  /**< Ce qu'il faut ôter à une adresse pour avoir celle du fichier. */
    uint64_t table; /**< Où est `.eh_frame_hdr`, ou 0. */
    bool program;   /**< C'est l'exécutable lui-même. */
};

/** @brief Ouvre la mémoire d'un processus ; `false` si le système refuse. */
bool memory_open(struct memory *memory, pid_t pid);

/** @brief Ferme ce que memory_open() a ouvert. */
void memory_close(const struct memory *memory);

/** @brief Lit des octets ; `false` s'ils ne sont pas tous là. */
bool memory_read(const struct memory *memory, uint64_t address, void *bytes, size_t length);

/** @brief Le fichier d'où vient l'instruction à cette adresse ; `false` si ce n'est pas le code d'un fichier ELF. */
bool memory_find_image(const struct memory *memory, uint64_t address, struct image *image);

#endif
