/**
 * @file process_tree.h
 * @brief Observer et terminer les processus d'un test, descendants compris.
 */
#ifndef HARNESS_PROCESS_TREE_H
#define HARNESS_PROCESS_TREE_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * @brief Fait de ce processus le père adoptif de ses descendants orphelins.
 *
 * Un programme qui se détache (`setsid`, double `fork`) reste ainsi à portée.
 * @see PR_SET_CHILD_SUBREAPER(2const)
 */
void process_tree_adopt_orphans(void);

/**
 * @brief Tue tous les descendants de ce processus, et les attend.
 *
 * Recommence tant qu'il en reste : un programme qui se multiplie plus vite qu'on ne le tue est
 * d'abord figé.
 */
void process_tree_kill_descendants(void);

/** Ce que l'on fait d'un processus. */
typedef void process_visitor(pid_t pid, void *context);

/** @brief Visite un processus, puis ses descendants, chacun avant les siens. */
void process_tree_visit(pid_t pid, process_visitor *visitor, void *context);

/** @brief Attend qu'un processus soit arrêté, tous ses threads compris, ou terminé. */
void process_tree_wait_until_stopped(pid_t pid);

/** Ce qu'un arbre de processus a fait jusqu'ici. */
struct activity {
    unsigned long long work; /**< Change dès qu'un thread s'est exécuté. */
    double cpu_s;            /**< Temps de calcul, en secondes. */
    bool asleep;             /**< Chaque thread attend un événement. */
    int processes;           /**< Nombre de processus vivants. */
};

/**
 * @brief Regarde un processus et ses descendants.
 * @param pid racine de l'arbre
 * @param activity reçoit la somme
 */
void process_tree_observe(pid_t pid, struct activity *activity);

/** Ce qu'un arbre de processus occupe à cet instant. */
struct footprint {
    int descriptors;   /**< Descripteurs ouverts. */
    int threads;       /**< Threads, processus finis que personne n'a attendus compris. */
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

/**
 * @brief Décrit en français l'appel système où un processus dort.
 *
 * @param pid  le processus
 * @param text reçoit par exemple `accept (descripteur 3, un socket)`, puis les appels où dorment ses
 *             autres threads, s'il en a ; vide si inconnu
 * @param size taille de @p text, en octets
 */
void process_tree_sleeping_call(pid_t pid, char *text, unsigned size);

#endif
