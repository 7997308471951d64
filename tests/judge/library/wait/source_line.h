/**
 * @file source_line.h
 * @brief La ligne de l'étudiant où se passe un échec.
 */
#ifndef HARNESS_SOURCE_LINE_H
#define HARNESS_SOURCE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Une ligne d'une source de l'étudiant. */
struct source_line {
    bool sought;       /**< Un programme était là, ou mort : il y avait une ligne à chercher. */
    char what[320];    /**< Ce qui s'y passe : `votre serveur dort dans accept (…)`. */
    char file[64];     /**< Le nom du fichier : `server.c`. */
    unsigned number;   /**< Le numéro de la ligne. */
    char function[64]; /**< La fonction, ou vide si elle n'est pas connue. */
    char caller
        [160]; /**< Qui l'a appelée d'un autre de ses fichiers, `serve (server.c:87)`, ou vide. */
};

/**
 * @brief Cherche, parmi les appels d'une pile, la première ligne qui soit de l'étudiant.
 *
 * Un fichier donné (`common/`, le programme d'essai, une référence) n'est jamais le sien.
 * @param which le programme, tel que program_start() le nomme
 * @param calls adresses dans son fichier, de la plus profonde à la plus ancienne
 * @param count leur nombre
 * @param line  reçoit le fichier, la ligne et la fonction
 * @return `false` si aucune ne l'est
 */
bool source_line_find(const char *which, const uint64_t *calls, size_t count,
                      struct source_line *line);

/** @brief Le nom d'une source compilée, sans le dossier de celles qu'un autre lab prête. */
const char *source_line_skip_folder(const char *name);

/** @brief Dit si ce nom est celui d'un fichier de l'étudiant, compilé dans le programme en cours. */
bool source_line_is_own(const char *file);

#endif
