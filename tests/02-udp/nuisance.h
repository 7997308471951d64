/**
 * @file nuisance.h
 * @brief Déranger un client, à intervalle régulier, pendant qu'il attend le serveur.
 *
 * Ni un étranger qui parle, ni un signal ne changent l'heure du prochain envoi. Un client qui repart
 * de zéro à chaque dérangement ne renvoie jamais rien : cela se voit au temps qu'il a dormi, pas à la
 * montre.
 */
#ifndef UDP_NUISANCE_H
#define UDP_NUISANCE_H

#include "talk.h"

/** Ce qui dérange le client. */
struct nuisance {
    struct postbox *server;                      /**< La boîte qui attend l'envoi suivant. */
    const struct program *client;                /**< Le client dérangé. */
    void (*strike)(struct nuisance *nuisance);   /**< Le dérange une fois. */
    void (*check)(const struct program *client); /**< Autre explication à essayer, ou `NULL`. */
    struct postbox *stranger;                    /**< L'étranger, s'il y en a un. */
    const struct datagram *question;             /**< La question à laquelle il répond. */
    const char *what;  /**< Complète « tant… » : `qu'un étranger parle`. */
    const char *cause; /**< Pourquoi, sans doute, l'envoi ne part pas. */
    double last_ms;    /**< Dernier dérangement. */
};

/** @brief Comme expect_question_again(), en dérangeant le client jusque-là. */
const struct datagram *expect_again_despite(struct nuisance *nuisance, int number);

#endif
