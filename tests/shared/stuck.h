/**
 * @file stuck.h
 * @brief Un client qui parle sans lire : le serveur ne peut plus rien lui envoyer.
 */
#ifndef HARNESS_STUCK_H
#define HARNESS_STUCK_H

#include "peer.h"
#include "program.h"

/**
 * @brief Cesse de lire, et envoie des lignes vides tant que le serveur les lit.
 * @param client un client dont la fenêtre est petite : ::NARROW_WINDOW
 */
void talk_until_stuck(struct peer *client);

/**
 * @brief Refuse qu'un serveur garde en mémoire, sans borne, les réponses d'un client qui ne les lit pas.
 * @param server le serveur
 * @param client un client dont la fenêtre est petite : ::NARROW_WINDOW ; il cesse de lire
 */
void refuse_hoarding(const struct program *server, struct peer *client);

/**
 * @brief Fait qu'un envoi qui attend n'ait vraiment plus de place : le serveur est suspendu et reprend, tant qu'il envoie encore.
 *
 * Le noyau ne réveille un envoi que lorsqu'un tiers de sa mémoire est libre ; interrompu et recommencé, il prend la moindre
 * place qui s'y est faite depuis. Qui recommence sans rien regarder passerait ainsi, une fois, pour qui s'arrête.
 */
void exhaust_room(struct program *server);

/** La fenêtre de ce client, en octets, pour peer_connect_narrow(). */
#define NARROW_WINDOW 4096

/** Ce qu'un lab fait, entre deux silences, d'un serveur lancé là. */
typedef void silent_dialogue(struct program *server, const char *host, const char *port);

/**
 * @brief Qui se tait, ou ne lit plus, n'est pas quitté par le serveur TCP, qui dort : en IPv4, puis en IPv6.
 * @param dialogue ce que le lab en fait : une attente bornée peut ne l'être que d'une famille d'adresses
 * @param greeting la ligne que le serveur dit d'abord, ou `NULL`
 */
void expect_silence_borne(silent_dialogue *dialogue, const char *greeting);

#endif
