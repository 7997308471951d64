/**
 * @file sockdiag.h
 * @brief Voir les sockets du réseau du test sans y toucher.
 *
 * Se connecter pour savoir si un serveur écoute serait déjà un client de plus : un serveur qui
 * n'en sert qu'un le compterait. Le noyau répond sans que le programme n'en sache rien, par
 * sock_diag(7) ou, à défaut, par /proc/net.
 */
#ifndef HARNESS_SOCKDIAG_H
#define HARNESS_SOCKDIAG_H

#include <netinet/in.h>
#include <stdbool.h>

/** Un socket Internet, vu du noyau. */
struct socket_view {
    int family;           /**< `AF_INET` ou `AF_INET6`. */
    int state;            /**< État TCP de RFC 9293, numéroté comme dans netinet/tcp.h. */
    unsigned local_port;  /**< Port local, ordre de la machine. */
    unsigned remote_port; /**< Port distant, 0 s'il n'y en a pas. */
    unsigned char local_address[16]; /**< Adresse locale, ordre du réseau. */
    unsigned send_queue;             /**< Octets remis au système, et pas encore acquittés. */
    unsigned receive_queue; /**< Octets non lus ; pour une écoute, connexions pas acceptées. */
    bool
        window_closed; /**< L'autre bout n'a plus de place : TCP ne fait plus que la lui redemander. */
    unsigned long inode; /**< Numéro d'inode, 0 si plus aucun programme ne tient ce socket. */
};

/** Ce que l'on fait d'un socket vu ; rend `false` pour arrêter la visite. */
typedef bool socket_visitor(const struct socket_view *view, void *context);

/**
 * @brief Visite les sockets TCP ou UDP, IPv4 puis IPv6, de l'espace réseau courant.
 *
 * @param protocol `IPPROTO_TCP` ou `IPPROTO_UDP`
 * @param states   masque des états voulus (bit `1 << TCP_LISTEN`…), ou `~0u`
 * @param visitor  fonction appelée pour chacun
 * @param context  passé à @p visitor
 * @return `false` si le noyau ne répond ni par sock_diag ni par /proc/net
 */
bool sockets_visit(int protocol, unsigned states, socket_visitor *visitor, void *context);

/**
 * @brief Voit l'autre bout d'une connexion TCP, quand il est sur cette machine.
 *
 * @param fd        un socket connecté, celui d'en face de celui que l'on cherche
 * @param[out] view ce que le noyau en dit
 * @return `false` si la connexion n'est plus connue du noyau
 */
bool socket_other_end(int fd, struct socket_view *view);

/**
 * @brief Dit si un socket tient un port dans une famille d'adresses donnée.
 * @param protocol `IPPROTO_TCP` (il écoute) ou `IPPROTO_UDP` (il est lié)
 * @param family   `AF_INET` ou `AF_INET6` ; 0 : l'une ou l'autre
 * @param port     numéro de port, ordre de la machine
 */
bool port_is_open(int protocol, int family, unsigned port);

#endif
