/**
 * @file multithread.h
 * @brief Les gestes communs aux tests du lab 03.
 */
#ifndef MULTITHREAD_H
#define MULTITHREAD_H

#include "judge.h"

/** Ce que reçoit un client accueilli, sans le `\n`. */
#define WELCOME "welcome to the server"

/** Ce que reçoit un client refusé, sans le `\n`. */
#define SERVER_FULL "server full"

/** Ce qui précède la ligne du client dans sa réponse. */
#define REPLY "Hello I'm Server "

/**
 * @brief Mise à l'épreuve : aucun client n'a le numéro d'un autre avant lui.
 *
 * Ce qu'une seconde fermeture coûte au suivant dépend de l'instant ; server_closes_once, qui la juge, n'attend pas la chance.
 */
#define FRESH_DESCRIPTORS "high=64"

/** @brief Lance le serveur et lit `waiting for connection`. */
struct program *open_service(void);

/** @brief Connecte un client nommé comme par printf, et lit son accueil. */
struct peer *arrive(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** @brief Lance la connexion d'un client nommé comme par printf, sans rien attendre. */
struct peer *knock(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * @brief Connecte plusieurs clients, quelques-uns au même instant, et lit leurs accueils.
 *
 * Pas tous à la fois : la longueur de la file d'attente est l'affaire d'un autre test.
 *
 * @param clients où les ranger
 * @param first   indice du premier ; le client d'indice i s'appelle « client i + 1 »
 * @param count   leur nombre
 */
void gather(struct peer **clients, int first, int count);

/** @brief Envoie une ligne, et lit la réponse. */
void exchange(struct peer *client, const char *text);

/** @brief Attend l'accueil, et rend `true`, ou bien `server full` et la fermeture. */
bool expect_welcome_or_full(struct peer *client);

/** @brief Un client entier : accueil, échange, départ poli. */
void expect_service(const char *name);

/** @brief Attend sur stdout la paire de lignes d'une arrivée. */
void expect_arrival(struct program *server, const struct peer *client, int number);

/** @brief Attend sur stdout la paire de lignes d'un départ. */
void expect_departure(struct program *server, const struct peer *client, int number);

/** @brief Fait partir un client, d'une façon ou d'une autre selon @p manner : FIN ou RST. */
void leave(struct peer *client, int manner);

/**
 * @brief Un client qui ne lit plus : envoie jusqu'à ce que ses réponses ne puissent plus partir.
 *
 * Au retour, le serveur a fait tout ce qu'il pouvait pour lui, et attend.
 */
struct peer *flood(struct program *server, const char *name);

/** @brief Le client de flood() lit de nouveau : pas une réponse ne doit manquer. */
void expect_flood_answered(struct peer *client);

/** @brief Le test est sans objet sous un vérificateur, pour la raison donnée. */
void skip_under_checker(const char *reason);

/**
 * @brief Relit tout ce que le serveur a affiché depuis son démarrage.
 *
 * Chaque client arrive et repart une fois ; les deux lignes d'une paire se suivent ; chaque arrivée
 * ajoute un au nombre, chaque départ retire un ; à la fin il est à zéro. Attend que tout soit là.
 *
 * @param server le serveur
 * @param peers  tous les clients, partis
 * @param count  leur nombre
 */
void expect_journal(struct program *server, struct peer *const *peers, size_t count);

#endif
