/**
 * @file addresses.h
 * @brief Le client et le serveur sont là où on le leur demande : le corps des tests que plusieurs labs déclarent.
 *
 * Chaque lab garde sa déclaration (::LESSON) : ce que le test y vaut, ce qu'il demande, ce qu'il montre.
 */
#ifndef SHARED_ADDRESSES_H
#define SHARED_ADDRESSES_H

#include "peer.h"
#include "program.h"

/** @brief Le test n'a pas d'objet sur une machine sans IPv6. */
void require_ipv6(void);

/** @brief Le test n'a pas d'objet si localhost n'a pas ici deux adresses, IPv4 et IPv6. */
void require_two_addresses(void);

/** @brief Sans argument, le serveur TCP écoute sur 127.0.0.1 et le port par défaut du lab, et là seulement. */
void expect_default_address(void);

/** @brief Lancé sur 127.0.0.2, le serveur TCP n'écoute que là. */
void expect_only_address_asked(void);

/**
 * @brief Lance le serveur TCP sur `::1`, et attend de le voir écouter.
 *
 * Qui ignore IPv6 le perd dans le test qui le demande, et nulle part ailleurs.
 *
 * @return `NULL` s'il n'y écoute pas, ou si cette machine n'a pas d'IPv6 : il n'y a rien à juger de plus
 */
struct program *start_ipv6_server(const char *port);

/**
 * @brief Lance le client vers localhost, tenu par le juge aux deux adresses ; le premier socket qu'il demande est refusé.
 * @param client reçoit le programme
 * @return la connexion, acceptée à l'adresse qui lui restait
 */
struct peer *start_client_without_first_family(struct program **client);

/** @brief Comme start_client_without_first_family(), mais c'est le chemin vers la première adresse qui manque (ENETUNREACH). */
struct peer *start_client_without_first_route(struct program **client);

/** @brief La première adresse de localhost est sans chemin, la dernière refuse : c'est de celle-ci que le client parle. */
void expect_last_refusal_told(void);

/**
 * @brief L'une des adresses de localhost étant prise, le serveur se contente de l'autre, dans les deux sens ; de même si son socket est refusé.
 * @param type `SOCK_STREAM` ou `SOCK_DGRAM`
 */
void expect_each_address_tried(int type);

/**
 * @brief Lance le client vers un serveur TCP tenu par le juge, à cette adresse et à test_port().
 *
 * Qui ignore IPv6 le perd dans le test qui le demande, et nulle part ailleurs.
 *
 * @param host   une adresse, IPv4 ou IPv6
 * @param server reçoit la connexion, acceptée
 * @return `NULL` si l'adresse est d'IPv6 et qu'il n'y vient pas : il n'y a rien à juger de plus
 */
struct program *start_client_of(const char *host, struct peer **server);

/**
 * @brief Lance le client vers un serveur TCP tenu par le juge, à 127.0.0.1 et test_port().
 * @param server reçoit la connexion, acceptée
 */
struct program *start_tcp_client(struct peer **server);

/**
 * @brief Les ports d'où venir pour éprouver l'affichage d'une adresse, puis `NULL`.
 *
 * Sur un réseau isolé : un port qui a un nom (`http`), le dernier des ports réservés, de part et d'autre de 32 768, le
 * dernier de tous. Sinon ceux que le système veut bien donner, `"0"` étant n'importe lequel.
 */
const char *const *client_ports(void);

/**
 * @brief Un client est annoncé sous son adresse, quel que soit son port ; chacun a un serveur neuf. Sans réseau isolé, rien.
 * @param host   où lancer le serveur : une adresse, IPv4 ou IPv6
 * @param ready  la ligne qu'il affiche avant tout client
 * @param before ce qui précède l'adresse dans la ligne suivante
 */
void expect_ports_shown(const char *host, const char *ready, const char *before);

/** Aucune adresse ne s'écrit plus long, en IPv4. */
#define LONGEST_IPV4 "127.255.255.254"

/** De même en IPv6 ; à donner d'abord à la machine, par network_add_neighbour(). */
#define LONGEST_IPV6 "fd00:1111:2222:3333:4444:5555:6666:7777"

/** Ce qu'il faut se demander quand une longue adresse n'est pas montrée entière. */
#define LONG_ADDRESS                                                                               \
    "La plus longue adresse tient-elle dans la place prévue ? INET6_ADDRSTRLEN est celle d'une "  \
    "adresse IPv6 seule, sans crochets ni port, et INET_ADDRSTRLEN celle d'une adresse IPv4."

/** @brief La plus longue adresse de chaque famille est montrée entière, d'un serveur neuf chaque fois. Sans réseau isolé, rien. */
void expect_longest_addresses_shown(const char *ready, const char *before);

/** @brief Deux serveurs ne se partagent pas un port : le second finit, et dit pourquoi. */
void expect_second_server_refused(const char *port);

#endif
