/**
 * @file peer_expect.h
 * @brief Ce que le test attend d'un correspondant TCP ; une attente déçue l'arrête, avec une explication.
 */
#ifndef HARNESS_PEER_EXPECT_H
#define HARNESS_PEER_EXPECT_H

#include "peer_socket.h"

/** @brief Attend une ligne, `\n` non compris dans @p format ; comme printf. */
void peer_expect_line(struct peer *peer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** @brief Attend exactement ces octets. */
void peer_expect_bytes(struct peer *peer, const void *bytes, size_t length);

/** @brief Attend la fin de flux, sans un octet de plus. */
void peer_expect_end(struct peer *peer);

/** @brief Attend que l'autre ferme, par une fin de flux ou par un RST, sans un octet de plus. */
void peer_expect_gone(struct peer *peer);

/** @brief Laisse les programmes finir ce qu'ils font, et vérifie que rien d'autre n'est reçu. */
void peer_expect_nothing_more(struct peer *peer);

/** @brief Attend d'avoir reçu au moins @p length octets en tout. */
void peer_expect_at_least(struct peer *peer, size_t length);

/** @brief Attend que les programmes dorment, et recueille tout ce qu'ils ont envoyé à ce correspondant. */
void peer_take_all(struct peer *peer);

#endif
