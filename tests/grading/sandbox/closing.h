/**
 * @file closing.h
 * @brief Fermer la machine à un programme jugé, là où bubblewrap ne peut pas s'ouvrir (le conteneur d'une plateforme).
 *
 * Lancé par root, il devient un autre utilisateur, à qui rien de ce qui juge n'est ouvert. Lancé par un autre que root, qui ne
 * peut pas changer d'utilisateur, c'est Landlock (Linux 5.13) qui ne lui laisse que les fichiers du système, à lire, et son
 * dossier. Sources : credentials(7), landlock(7), execveat(2).
 */
#ifndef CLOSING_H
#define CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CLOSING_READS 8

/** Ce qui reste ouvert au programme. */
struct closing {
    const char *folder; /**< Le seul dossier où il écrit, ou NULL : rien n'est à fermer. */
    uid_t user;         /**< Qui il devient ; 0 : personne d'autre, et c'est Landlock qui ferme. */
    const char *reads[CLOSING_READS]; /**< Ce qu'il peut lire, outre le système. */
    size_t read_count;                /**< Combien de ces chemins. */
};

/**
 * @brief Ferme tout, sans retour ; à appeler quand il ne reste qu'à exécuter le programme.
 *
 * Le programme est ouvert d'abord : son chemin n'a pas à l'être à qui il devient.
 * @param closing Ce qui reste ouvert.
 * @param program Le chemin du programme.
 * @return Un descripteur pour execveat, fermé à l'exécution ; -1 (et errno) si une porte n'a pas pu être fermée.
 */
int closing_shut(const struct closing *closing, const char *program);

/**
 * @brief Refuse les sockets d'adresse locale (AF_UNIX), que Landlock ne ferme pas : une plateforme y écoute parfois.
 *
 * socketpair(2) reste permis.
 */
void closing_refuse_local_sockets(void);

#endif
