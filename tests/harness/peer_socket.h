/**
 * @file peer_socket.h
 * @brief Ce que peer.c et listener.c partagent : créer un socket du juge, nommer son adresse.
 */
#ifndef HARNESS_PEER_SOCKET_H
#define HARNESS_PEER_SOCKET_H

#include "peer.h"

#include <sys/socket.h>

/** @brief Traduit une adresse et un port numériques. */
void peer_resolve(const char *host, const char *port, struct sockaddr_storage *address,
                  socklen_t *length);

/** @brief Crée un socket TCP non bloquant qui n'attend pas pour envoyer (TCP_NODELAY). */
int peer_socket(int family);

/** @brief Met une adresse en texte, dans ::PEER_ADDRESS_SIZE octets. */
void peer_format_address(const struct sockaddr *address, socklen_t length, char *text);

/** @brief Fait d'un descripteur un correspondant, surveillé par la pompe. */
struct peer *peer_new(const char *name, int fd);

/** @brief Le dernier correspondant du test, ou `NULL` ; les autres suivent, par `next`. */
const struct peer *peer_first(void);

/** @brief Retient l'adresse locale d'un correspondant. */
void peer_note_address(struct peer *peer);

#endif
