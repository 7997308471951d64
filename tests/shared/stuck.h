/**
 * @file stuck.h
 * @brief Un client qui parle sans lire : le serveur ne peut plus rien lui envoyer.
 */
#ifndef HARNESS_STUCK_H
#define HARNESS_STUCK_H

#include "peer.h"

/**
 * @brief Cesse de lire, et envoie des lignes vides tant que le serveur les lit.
 * @param client un client dont la fenêtre est petite : ::NARROW_WINDOW
 */
void talk_until_stuck(struct peer *client);

/** La fenêtre de ce client, en octets, pour peer_connect_narrow(). */
#define NARROW_WINDOW 4096

#endif
