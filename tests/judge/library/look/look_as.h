/**
 * @file look_as.h
 * @brief Regarder, dans /proc, des programmes que quelqu'un d'autre fait tourner.
 */
#ifndef LOOK_AS_H
#define LOOK_AS_H

#include <stdbool.h>

/** La variable qui dit sous quel numéro d'utilisateur tournent les programmes jugés ; vide, ou zéro : sous le nôtre. */
#define CLOSED_VARIABLE "JUDGE_CLOSED"

/**
 * @brief Prend, pour les fichiers seulement, le numéro d'utilisateur des programmes jugés ; ne fait rien si rien n'est demandé.
 *
 * Root ne lit pas partout les processus d'un autre : dans un conteneur, CAP_SYS_PTRACE lui manque. Le noyau compare alors
 * l'utilisateur des fichiers (setfsuid) à celui du programme. Les autres pouvoirs de root sont gardés. Source : setfsuid(2),
 * ptrace(2), « Ptrace access mode checking ».
 */
void look_as_program(void);

/**
 * @brief Devient, le temps d'un appel, l'utilisateur réel des programmes jugés, ou redevient root ; ne fait rien si rien n'est
 * demandé.
 *
 * ptrace(2) et prlimit(2) comparent l'utilisateur réel, et non celui des fichiers. Entre les deux, le programme pourrait nous
 * envoyer un signal : rien d'autre ne doit s'y faire.
 * @param acting Vrai pour le devenir, faux pour redevenir root.
 */
void act_as_program(bool acting);

#endif
