/**
 * @file peer.h
 * @brief Les correspondants TCP du test : clients et serveurs tenus par le juge, geste par geste.
 *
 * Chaque geste attendu (peer_expect_…) arrête le test avec une explication s'il n'est pas tenu.
 */
#ifndef HARNESS_PEER_H
#define HARNESS_PEER_H

#include "pump.h"

#include <stdbool.h>
#include <stddef.h>

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

/**
 * @brief Le correspondant qui a reçu ces octets, attendus par un autre et que lui n'a pas demandés.
 * @return lui, ou `NULL`
 */
const struct peer *peer_who_heard(const struct peer *waiting, const char *bytes, size_t length);

/** @brief Le correspondant dont l'adresse locale a ce port, ou `NULL`. */
const struct peer *peer_at_port(unsigned port);

/** @brief Se connecte au serveur du test, sur 127.0.0.1 et test_port(). */
struct peer *peer_connect(const char *name);

/** @brief Se connecte à une adresse numérique donnée. */
struct peer *peer_connect_to(const char *name, const char *host, const char *port);

/**
 * @brief Se connecte avec une petite fenêtre de réception, pour forcer des envois partiels.
 * @param name         nom dans le compte rendu
 * @param window_bytes taille demandée pour la mémoire de réception (`SO_RCVBUF`), en octets
 */
struct peer *peer_connect_narrow(const char *name, int window_bytes);

/** @brief Lance une connexion sans attendre qu'elle soit établie (pour une rafale). */
struct peer *peer_connect_begin(const char *name);

/** @brief Vérifie que chaque connexion est établie, sans qu'aucun SYN ait dû être répété. */
void peers_expect_established(struct peer *const *peers, size_t count);

/** @brief Envoie du texte, et attend que le système l'ait pris. */
void peer_send(struct peer *peer, const char *text);

/** @brief Envoie des octets, et attend que le système les ait pris. */
void peer_send_bytes(struct peer *peer, const void *bytes, size_t length);

/**
 * @brief Envoie sans se plaindre d'un correspondant qui ferme en route.
 * @return combien d'octets le système a pris
 */
size_t peer_send_while_open(struct peer *peer, const void *bytes, size_t length);

/** @brief Envoie chaque octet dans un segment à lui, en attendant que l'autre l'ait acquitté. */
void peer_send_byte_by_byte(struct peer *peer, const char *text);

/**
 * @brief Attend que le programme ait lu tout ce qui lui a été envoyé.
 * @return `false` s'il ne lit plus cette connexion
 */
bool peer_wait_until_read(struct peer *peer);

/** @brief Attend que tout ce qui a été envoyé soit dans le socket du programme, lu ou non. */
void peer_wait_until_delivered(struct peer *peer);

/** @brief Cesse de recevoir : la mémoire du système se remplit, puis l'autre est retenu. */
void peer_stop_reading(struct peer *peer);

/** @brief Recommence à recevoir. */
void peer_resume_reading(struct peer *peer);

/** @brief Ferme le sens de l'envoi (FIN) ; la réception continue. */
void peer_half_close(struct peer *peer);

/** @brief Ferme la connexion. */
void peer_close(struct peer *peer);

/** @brief Coupe la connexion par un RST. */
void peer_reset(struct peer *peer);

/** @brief Attend une ligne, `\n` non compris dans @p format ; comme printf. */
void peer_expect_line(struct peer *peer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** @brief Attend exactement ces octets. */
void peer_expect_bytes(struct peer *peer, const void *bytes, size_t length);

/** @brief Attend la fin de flux, sans un octet de plus. */
void peer_expect_end(struct peer *peer);

/** @brief Attend que l'autre ferme, par une fin de flux ou par un RST, sans un octet de plus. */
void peer_expect_gone(struct peer *peer);

/** @brief Laisse les programmes finir ce qu'ils font, et vérifie que rien d'autre n'est reçu. */
void peer_expect_nothing_more(struct peer *peer);

/** @brief Attend d'avoir reçu au moins @p length octets en tout. */
void peer_expect_at_least(struct peer *peer, size_t length);

/** Un socket d'écoute tenu par le juge, pour les tests d'un client. */
struct listener;

/** @brief Écoute sur une adresse numérique et sur test_port(). */
struct listener *listener_open(const char *host);

/** @brief Écoute sur une adresse numérique et un port donnés. */
struct listener *listener_open_on(const char *host, const char *port);

/** @brief Attend la connexion suivante. */
struct peer *listener_accept(struct listener *listener, const char *name);

/** @brief Cesse d'écouter. */
void listener_close(struct listener *listener);

#endif
