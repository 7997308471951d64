/**
 * @file listener.h
 * @brief Le serveur TCP tenu par le juge, pour les tests d'un client.
 */
#ifndef HARNESS_LISTENER_H
#define HARNESS_LISTENER_H

#include "peer_socket.h"

/** Un socket d'écoute tenu par le juge, pour les tests d'un client. */
struct listener;

/** @brief Écoute sur une adresse numérique et sur test_port(). */
struct listener *listener_open(const char *host);

/** @brief Écoute sur une adresse numérique et un port donnés. */
struct listener *listener_open_on(const char *host, const char *port);

/** @brief Attend la connexion suivante, et dit si elle est venue. */
bool listener_has_client(struct listener *listener);

/** @brief Attend une connexion à l'une ou à l'autre, et rend celle où elle est venue ; la première si personne ne vient. */
struct listener *listener_first_with_client(struct listener *listener, struct listener *other);

/** @brief Attend la connexion suivante ; conclut par un échec si personne ne vient. */
struct peer *listener_accept(struct listener *listener, const char *name);

/** @brief Cesse d'écouter. */
void listener_close(struct listener *listener);

#endif
