/**
 * @file complain.h
 * @brief D'un symptôme à une explication : ce qui était attendu, ce qui est venu, la cause probable.
 *
 * Aucune de ces fonctions ne revient : elles concluent le test par verdict_fail(). Aucune ne donne
 * la solution : elles disent ce qui se voit, et où regarder.
 */
#ifndef HARNESS_COMPLAIN_H
#define HARNESS_COMPLAIN_H

#include "peer_socket.h"
#include "program.h"
#include "pump.h"
#include "verdict.h"

/** Ce qui est connu au moment d'un échec. Les champs inconnus restent à zéro. */
struct symptoms {
    enum wait_end end;             /**< Comment l'attente a fini. */
    const struct program *program; /**< Le programme en cause. */
    const struct peer *peer;       /**< Le correspondant du juge, s'il y en a un. */
    const char *expected;          /**< Octets attendus, ou `NULL`. */
    size_t expected_length;        /**< Leur nombre. */
    const char *received;          /**< Octets venus à la place. */
    size_t received_length;        /**< Leur nombre. */
    bool on_stdout;                /**< C'est la sortie standard qui est en cause. */
    const char *hint; /**< Cause connue du test, si rien d'autre ne parle, ou `NULL`. */
};

/** Ce qui cherche la cause probable d'un échec ; rend un texte français, ou `NULL` si rien ne se dégage. */
typedef const char *cause_finder(const struct symptoms *symptoms);

/**
 * @brief Dit à complain() qui cherche les causes.
 *
 * Une cause se lit dans tout ce que le test tient : qui les cherche connaît les gestes, dont chacun se plaint
 * par complain(). lesson_run() les présente l'un à l'autre.
 */
void complain_find_causes_with(cause_finder *finder);

/** @brief Les symptômes du dernier échec décrit par complain() : de qui il s'agit ; ou `NULL`. */
const struct symptoms *complain_subject(void);

/** @brief Dit de qui il s'agit, quand l'échec est décrit à complain_with(). */
void complain_about(const struct symptoms *symptoms);

/** @brief Conclut par un échec, la cause étant lue dans les symptômes. */
_Noreturn void complain(const struct symptoms *symptoms, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** @brief Comme complain(), mais avec une cause déjà connue du test. */
_Noreturn void complain_because(const char *cause, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** @brief Comme complain_because(), d'un échec déjà décrit : ce qui l'explique (un rapport, une mort) est dit d'abord. */
_Noreturn void complain_with(struct failure *failure);

/** @brief Si un assainisseur a écrit un rapport, en rappelle le début au compte rendu, et conclut par un échec. */
void complain_of_report(const struct program *program);

/** @brief La connexion au serveur n'a pas pu être établie. */
_Noreturn void complain_no_connection(const struct peer *peer, enum wait_end end);

/** @brief Le système n'a pas pris tout ce que le juge envoyait. */
_Noreturn void complain_not_sent(const struct peer *peer, enum wait_end end, int error,
                                 size_t remaining);

/** @brief Aucun client ne s'est connecté au serveur du juge. */
_Noreturn void complain_no_client(const char *address, enum wait_end end);

#endif
