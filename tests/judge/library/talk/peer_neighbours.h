/**
 * @file peer_neighbours.h
 * @brief Chercher parmi tous les correspondants du test : lequel a reçu la réponse d'un autre, lequel a ce port.
 */
#ifndef HARNESS_PEER_NEIGHBOURS_H
#define HARNESS_PEER_NEIGHBOURS_H

#include "peer_socket.h"

/**
 * @brief Le correspondant qui a reçu ces octets, attendus par un autre et que lui n'a pas demandés.
 * @return lui, ou `NULL`
 */
const struct peer *peer_who_heard(const struct peer *waiting, const char *bytes, size_t length);

/** @brief Le correspondant dont l'adresse locale a ce port, ou `NULL`. */
const struct peer *peer_at_port(unsigned port);

#endif
