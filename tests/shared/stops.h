/**
 * @file stops.h
 * @brief Un ordre de s'arrêter qui vient à l'instant qui gêne : avant une attente, à l'arrivée d'un client…
 */
#ifndef HARNESS_STOPS_H
#define HARNESS_STOPS_H

#include "peer.h"
#include "program.h"

/**
 * @brief Un client vient au serveur, sur other_port(), et tout s'endort : le signal l'a trouvé, ou ne viendra plus.
 * @return ce client, à couper quand le serveur a fini ; `NULL` quand il n'y a pas de connexion
 */
typedef struct peer *stop_visit(struct program *server);

/** @brief Dit si le signal prévu est déjà venu au serveur, ou si le serveur est fini. */
bool stop_has_struck(const struct program *server);

/**
 * @brief À quelque instant que SIGTERM lui vienne, un serveur TCP s'arrête, avec le code 0.
 *
 * Un serveur est lancé pour chaque instant : avant une attente, quand un client arrive, avant de le lire, après un appel
 * interrompu, dès que le socket écoute. Qui attend d'une façon que l'on ne sait pas surprendre reçoit le signal au repos.
 */
void expect_stop_at_any_moment(stop_visit *visit);

/** @brief Comme expect_stop_at_any_moment(), d'un serveur UDP. */
void expect_datagram_stop_at_any_moment(stop_visit *visit);

/**
 * @brief Refuse que l'arrêt d'un serveur ait fait répondre à une ligne que ce client n'avait pas finie.
 * @param client celui qui attendait au milieu d'une ligne ; le serveur est fini
 */
void refuse_reply_to_half_line(const struct peer *client);

#endif
