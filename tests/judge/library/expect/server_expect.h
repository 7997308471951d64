/**
 * @file server_expect.h
 * @brief Lancer le serveur, et vérifier où il écoute, sans s'y connecter.
 */
#ifndef HARNESS_SERVER_EXPECT_H
#define HARNESS_SERVER_EXPECT_H

#include "program.h"

/**
 * @brief Attend que plus personne ne tienne ce port, si ce test a déjà lancé un programme.
 *
 * Le serveur d'avant a fini, mais celui de ses processus fils qui répondait a encore le socket : il finit aussi, à son heure.
 */
void server_wait_for_port(const char *port);

/**
 * @brief Lance le serveur sur 127.0.0.1 et test_port(), et attend de le voir écouter.
 */
struct program *start_server(void);

/** @brief Lance le serveur sur 127.0.0.1 et test_port(), et attend de le voir lié à ce port. */
struct program *start_datagram_server(void);

/** @brief Attend de voir un serveur TCP écouter sur un port, sans s'y connecter. */
void server_expect_listening(struct program *server, const char *port);

/** @brief Vérifie qu'un socket TCP n'écoute, sur un port, qu'à une adresse IPv4 donnée. */
void server_expect_only_address(const char *address, const char *port);

/** @brief Vérifie qu'un socket TCP écoute, sur un port, à l'une des adresses d'un nom. */
void server_expect_address_of(const char *name, const char *port);

/**
 * @brief Attend de voir un serveur tenir un port dans une famille d'adresses donnée.
 * @param protocol `IPPROTO_TCP` ou `IPPROTO_UDP`
 */
void server_expect_open_on(struct program *server, int protocol, int family, const char *port);

/** @brief Attend de voir un serveur UDP lié à un port, sans lui écrire. */
void server_expect_bound(struct program *server, const char *port);

#endif
