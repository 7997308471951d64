/**
 * @file in_flight.h
 * @brief Savoir si le réseau a encore quelque chose à remettre.
 *
 * Que tous les programmes dorment ne suffit pas pour conclure : des octets peuvent être en route. Sur la
 * boucle locale le trajet est instantané, sauf quand le noyau, surchargé ou à court de mémoire, referme
 * une fenêtre ou perd un acquittement ; il n'y revient alors qu'au bout d'un délai, de plus en plus long.
 */
#ifndef HARNESS_IN_FLIGHT_H
#define HARNESS_IN_FLIGHT_H

#include <stdbool.h>

/**
 * @brief Dit si, dans une connexion du test, l'un attend un acquittement et l'autre n'a rien à lire.
 *
 * Le réseau doit alors quelque chose à quelqu'un : TCP le remettra, tôt ou tard, sans qu'aucun programme
 * n'y soit pour rien. Celui qui a de quoi lire et ne lit pas ne fait rien attendre d'autre que lui-même.
 *
 * @return toujours `false` sur un réseau commun, où se verraient aussi les connexions des autres
 * @see RFC 9293, sections 3.8.1 (retransmission) et 3.8.6.1 (fenêtre nulle)
 */
bool network_in_flight(void);

/** Ce qui était dans les files d'attente quand un programme a paru tourner à vide. */
struct suspicion {
    bool raised;
    unsigned long queued;
};

/**
 * @brief Dit si rien n'est entré dans les files d'attente des connexions du test, ni n'en est sorti, depuis l'appel d'avant.
 *
 * Qui lit encore, ou envoie, travaille : cent mille lignes déjà arrivées ne disent rien au dehors tant que leurs réponses
 * ne sont pas lues.
 *
 * Sur un réseau commun se voient aussi les connexions des autres : la conclusion n'y est que plus lente.
 *
 * @param suspicion à zéro la première fois, où rien n'est encore su : `false`
 */
bool network_stands_still(struct suspicion *suspicion);

#endif
