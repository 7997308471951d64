/**
 * @file peer.h
 * @brief Les correspondants TCP du test : clients et serveurs tenus par le juge, geste par geste.
 *
 * Ce qui est attendu d'eux est dans peer_expect.h.
 */
#ifndef HARNESS_PEER_H
#define HARNESS_PEER_H

#include "peer_socket.h"
#include "sockdiag.h"

#include <stdbool.h>
#include <stddef.h>

/** @brief Se connecte au serveur du test, sur 127.0.0.1 et test_port(). */
struct peer *peer_connect(const char *name);

/** @brief Se connecte à une adresse numérique donnée. */
struct peer *peer_connect_to(const char *name, const char *host, const char *port);

/** @brief De même, depuis l'adresse du serveur et ce port, que rien ne doit avoir pris. */
struct peer *peer_connect_from(const char *name, const char *host, const char *port, unsigned from);

/**
 * @brief Se connecte à 127.0.0.1 avec une petite fenêtre de réception, pour forcer des envois partiels.
 * @param name         nom dans le compte rendu
 * @param port         le port du serveur
 * @param window_bytes taille demandée pour la mémoire de réception (`SO_RCVBUF`), en octets
 */
struct peer *peer_connect_narrow(const char *name, const char *port, int window_bytes);

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
 * @brief Voit le bout que tient le programme d'une connexion.
 *
 * @param peer      le correspondant, encore connecté
 * @param[out] view ce que le noyau en dit
 * @return `false` si le programme a fermé son bout
 */
bool peer_other_end(const struct peer *peer, struct socket_view *view);

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

#endif
