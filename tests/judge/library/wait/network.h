/**
 * @file network.h
 * @brief Un réseau à soi pour chaque test, là où le système le permet.
 *
 * Chaque test est un processus. Avant sa première instruction il entre dans un espace de noms
 * d'utilisateur et de réseau neuf : les ports du cours y sont toujours libres, rien d'extérieur
 * n'y est joignable, aucun TIME_WAIT n'y est hérité. Ailleurs, des ports libres sont réservés.
 */
#ifndef HARNESS_NETWORK_H
#define HARNESS_NETWORK_H

#include <stdbool.h>

/** Variable d'environnement : `shared` force le réseau commun. */
#define NETWORK_VARIABLE "JUDGE_NETWORK"

/** @brief Ouvre pour ce processus un réseau à lui, comme chaque test en a un ; `false` si c'est impossible. */
bool network_isolate(void);

/** @brief Essaie, dans un processus jetable, d'ouvrir un réseau isolé. */
bool network_can_isolate(void);

/** @brief Dit si le test courant a un réseau à lui. */
bool network_is_isolated(void);

/** @brief Dit si la boucle locale IPv6 (`::1`) existe ici. */
bool network_has_ipv6(void);

/**
 * @brief Donne à la machine une adresse IPv6 de plus, sur le réseau isolé du test, et attend qu'elle serve.
 * @param address cette adresse, numérique
 * @return `false` si le réseau n'est pas isolé, ou si le système refuse
 * @see rtnetlink(7), RTM_NEWADDR
 */
bool network_add_neighbour(const char *address);

/** @brief Dit si un nom a ici une adresse IPv4 et une adresse IPv6 (voir /etc/hosts). */
bool name_has_both_families(const char *name);

/**
 * @brief Port que le serveur du test doit prendre.
 *
 * Réseau isolé : le port par défaut du lab. Réseau commun : un port réservé pour ce test, sans
 * reste de connexions passées. Le même à chaque appel dans un même test.
 *
 * @return le numéro, en texte décimal
 */
const char *test_port(void);

/**
 * @brief Tient un port d'une adresse de la boucle locale jusqu'à la fin du test, sans y écouter.
 * @param family `AF_INET` (127.0.0.1) ou `AF_INET6` (::1)
 * @param type   `SOCK_STREAM` ou `SOCK_DGRAM`
 * @param port   le port, en texte décimal
 */
void hold_port(int family, int type, const char *port);

/** @brief Un autre port libre, le même à chaque appel dans un même test. */
const char *other_port(void);

/**
 * @brief Réserve le port par défaut du lab, pour les tests sans argument de port.
 *
 * Sur un réseau commun, attend que les autres tests l'aient rendu ; si un programme étranger le
 * tient, le juge dit qu'il ne peut pas faire ce test.
 *
 * @return le numéro, en texte décimal
 */
const char *default_port(void);

#endif
