/**
 * @file cause_peers.h
 * @brief Ce que les correspondants du test, tous ensemble, disent d'un échec.
 */
#ifndef HARNESS_CAUSE_PEERS_H
#define HARNESS_CAUSE_PEERS_H

#include "complain.h"

/**
 * @brief Ce que sock_diag montre de ce correspondant, du côté du programme : octets non lus, file
 * d'attente, sens d'envoi fermé.
 * @return texte français, valable jusqu'à l'appel suivant, ou `NULL`
 */
const char *cause_from_queues(const struct peer *peer);

/**
 * @brief Ce qui était à l'un est allé à l'autre : une réponse, ou une adresse affichée.
 * @return texte français, valable jusqu'à l'appel suivant, ou `NULL`
 */
const char *cause_from_neighbours(const struct symptoms *symptoms);

/** @brief Le serveur vit, ce correspondant l'a joint, et son socket d'écoute n'est plus ; ou `NULL`. */
const char *cause_from_closed_listener(const struct symptoms *symptoms);

/** @brief Dit si ce correspondant a eu une réponse à chacune de ses lignes : tout ce qu'il a envoyé a été lu. */
bool peer_is_answered(const struct peer *peer);

/** @brief La ligne est montrée, et la réponse n'est pas partie : elle attend dans un FILE ; ou `NULL`. */
const char *cause_from_kept_reply(const struct symptoms *symptoms);

#endif
