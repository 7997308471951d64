/**
 * @file process_holdings.h
 * @brief Ce qu'un arbre de processus tient : descripteurs, sockets, mémoire.
 */
#ifndef HARNESS_PROCESS_HOLDINGS_H
#define HARNESS_PROCESS_HOLDINGS_H

#include <stdbool.h>
#include <sys/types.h>

/** Ce qu'un arbre de processus occupe à cet instant. */
struct footprint {
    int descriptors;   /**< Descripteurs ouverts. */
    int threads;       /**< Threads, processus finis que personne n'a attendus compris. */
    int unawaited;     /**< De ces processus-là, combien (état Z, « zombie »). */
    long resident_kib; /**< Mémoire résidente, en kibioctets. */
    long private_kib;  /**< Tas et projections privées, même jamais touchés, en kibioctets. */
};

/**
 * @brief Mesure ce qu'un processus et ses descendants occupent.
 * @param pid       racine de l'arbre
 * @param footprint reçoit la somme
 */
void process_tree_measure(pid_t pid, struct footprint *footprint);

/**
 * @brief Ne laisse à un processus et à ses descendants que quelques descripteurs de plus.
 *
 * @param pid   racine de l'arbre
 * @param spare combien chacun peut encore en ouvrir
 * @return `false` si le système refuse, cause dans `errno`
 * @see prlimit(2), `RLIMIT_NOFILE`
 */
bool process_tree_limit_descriptors(pid_t pid, int spare);

/** Ce que l'on fait d'un socket tenu par un processus ; rend `false` pour arrêter la visite. */
typedef bool inode_visitor(unsigned long inode, void *context);

/**
 * @brief Visite les sockets qu'un processus et ses descendants tiennent.
 * @param pid     racine de l'arbre
 * @param visitor fonction appelée avec le numéro d'inode de chacun
 * @param context passé à @p visitor
 */
void process_tree_visit_sockets(pid_t pid, inode_visitor *visitor, void *context);

/** @brief Dit si un processus ou un descendant tient un socket dont le protocole commence ainsi (`TCP`). */
bool process_tree_holds_protocol(pid_t pid, const char *name);

#endif
