/**
 * @file datagram_expect.h
 * @brief Ce que le test attend d'une boîte : une réponse, une question, rien de plus.
 */
#ifndef HARNESS_DATAGRAM_EXPECT_H
#define HARNESS_DATAGRAM_EXPECT_H

#include "datagram.h"

/** @brief Attend une réponse, exactement ces octets, de celui à qui la question a été envoyée. */
void postbox_expect_reply(struct postbox *box, const char *text);

/**
 * @brief Attend une question, exactement ces octets, de n'importe qui.
 * @param hint  cause à dire si rien ne vient et que le programme vit encore, ou `NULL`
 */
const struct datagram *postbox_expect_question(struct postbox *box, const void *bytes,
                                               size_t length, const char *hint);

/** @brief Vérifie que rien d'autre n'a été reçu jusqu'ici. */
void postbox_expect_nothing_more(struct postbox *box);

/** Ce que le noyau sait des sockets liés à un port UDP : de quoi dire où un datagramme s'est perdu. */
struct reception {
    unsigned port;   /**< Ce port. */
    unsigned unread; /**< Octets qui attendent encore d'être lus. */
    bool open;       /**< L'un de ces sockets prend ce qui vient de n'importe qui. */
    bool reserved;   /**< L'un d'eux est connecté : il n'entend que son correspondant. */
};

/** @brief Regarde le port d'une adresse, écrite comme `127.0.0.1:40112`. */
struct reception reception_at(const char *address);

#endif
