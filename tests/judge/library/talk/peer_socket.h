/**
 * @file peer_socket.h
 * @brief Un bout de connexion tenu par le juge : son socket, son adresse, ce qu'il a reçu.
 */
#ifndef HARNESS_PEER_SOCKET_H
#define HARNESS_PEER_SOCKET_H

#include "pump.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/** Place pour `[ADDR]:PORT` et son octet nul. */
#define PEER_ADDRESS_SIZE 80

/** Un bout de connexion tenu par le juge. */
struct peer {
    const char *name;                /**< Son nom dans le compte rendu. */
    struct source source;            /**< Son socket, surveillé par la pompe. */
    char address[PEER_ADDRESS_SIZE]; /**< Son adresse locale : `127.0.0.1:40112`. */
    char *bytes;                     /**< Tout ce qu'il a reçu. */
    size_t length;                   /**< Combien d'octets. */
    size_t consumed;                 /**< Combien le test en a déjà attendu et reconnu. */
    bool ended;                      /**< Fin de flux reçue. */
    int error;                       /**< errno de la connexion (`ECONNRESET`…), 0 sinon. */
    bool connected;                  /**< La connexion est établie. */
    bool sending_closed;             /**< peer_half_close() a été fait. */
    size_t sent;                     /**< Octets remis au système. */
    char *said;                      /**< Les premiers de ces octets : voir peer_who_heard(). */
    size_t said_length;              /**< Leur nombre. */
    struct peer *next;               /**< Suivant dans la liste du test. */
};

/** @brief Traduit une adresse et un port numériques. */
void peer_resolve(const char *host, const char *port, struct sockaddr_storage *address,
                  socklen_t *length);

/** @brief Crée un socket TCP non bloquant qui n'attend pas pour envoyer (TCP_NODELAY). */
int peer_socket(int family);

/** @brief Met une adresse en texte, dans ::PEER_ADDRESS_SIZE octets. */
void peer_format_address(const struct sockaddr *address, socklen_t length, char *text);

/** @brief Fait d'un descripteur un correspondant, surveillé par la pompe. */
struct peer *peer_new(const char *name, int fd);

/** @brief Note que la connexion a fini : par une fin de flux (0), ou par cette erreur. */
void peer_end_with(struct peer *peer, int error);

/** @brief Le dernier correspondant du test, ou `NULL` ; les autres suivent, par `next`. */
const struct peer *peer_first(void);

/** @brief Retient l'adresse locale d'un correspondant. */
void peer_note_address(struct peer *peer);

#endif
