/**
 * @file usage.h
 * @brief Une ligne de commande mal écrite est refusée : code 2, un message, rien sur stdout.
 */
#ifndef SHARED_USAGE_H
#define SHARED_USAGE_H

#include <stddef.h>

/** @brief Des ports mal écrits, puis `NULL` ; le premier commence comme celui du lab. */
const char *const *bad_ports(void);

/** @brief Le programme refuse ces mots : son nom et ses arguments, puis `NULL`. */
void expect_usage_refused(const char *const *words);

/** De même, ses mots écrits l'un après l'autre. */
#define EXPECT_USAGE_REFUSED(...) expect_usage_refused((const char *const[]){__VA_ARGS__, NULL})

#endif
