/**
 * @file program.h
 * @brief Lancer les programmes à juger, leur parler, recueillir ce qu'ils écrivent.
 *
 * Un programme jugé est toujours un autre processus : groupe et session à lui, descripteurs 0 à 2
 * seulement, environnement neuf, dossier de travail jetable, mort assurée avec son test.
 */
#ifndef HARNESS_PROGRAM_H
#define HARNESS_PROGRAM_H

#include "process_tree.h"
#include "pump.h"
#include "spawn.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Ce qu'un programme a écrit sur l'une de ses sorties. */
struct output {
    struct source source; /**< Le tube, surveillé par la pompe. */
    char *bytes;          /**< Tout ce qui est venu. */
    size_t length;        /**< Combien d'octets. */
    size_t consumed;      /**< Combien le test en a déjà attendu et reconnu. */
    size_t repeated;      /**< Combien, à la fin, ne font que redire les mêmes lignes. */
    bool closed;          /**< Le programme a fermé cette sortie, ou est mort. */
};

/** Un programme lancé par le test. */
struct program {
    const char *which;      /**< `server`, `client`, `framing_driver`. */
    const char *actor;      /**< Son nom dans le compte rendu. */
    char command[512];      /**< Comment il a été lancé : « ./server 127.0.0.1 8001 ». */
    pid_t pid;              /**< Son numéro de processus. */
    struct spawned spawned; /**< Ce qui a été lancé. */
    bool ended;             /**< Il est terminé. */
    int status;             /**< Son statut, comme rendu par waitpid(). */
    struct output out;      /**< Sa sortie standard. */
    struct output err;      /**< Sa sortie d'erreur. */
    struct source input;    /**< Le tube de son entrée standard. */
    char *pending;          /**< Octets tapés qu'il n'a pas encore pu prendre. */
    size_t pending_length;  /**< Leur nombre. */
    bool input_ending;      /**< Fermer l'entrée quand tout est pris. */
    struct source life;     /**< Son pidfd. */
    bool slain; /**< Le test lui a envoyé SIGKILL : cette mort-là n'est pas la sienne. */
    struct program *next; /**< Suivant dans la liste du test. */
};

/**
 * @brief Lance un programme.
 * @param words son nom (`server`, `client`, `framing_driver`) et ses arguments, puis `NULL`
 */
struct program *program_start(const char *const *words);

/** Lance un programme : son nom et ses arguments, écrits l'un après l'autre. */
#define START(...) program_start((const char *const[]){__VA_ARGS__, NULL})

/**
 * @brief Dit si une mise à l'épreuve a déjà eu lieu dans ce programme, qui vit encore.
 * @param name `stop`, `sends`, `lost` ou `overlap` : voir inject_preload.c
 */
bool program_has_mark(const struct program *program, const char *name);

/** @brief Tape du texte sur l'entrée standard. */
void program_type(struct program *program, const char *text);

/** @brief Tape des octets sur l'entrée standard. */
void program_type_bytes(struct program *program, const void *bytes, size_t length);

/** @brief Ferme l'entrée standard, une fois prise ce qui a été tapé : fin de fichier. */
void program_end_input(struct program *program);

/** @brief Envoie un signal au programme. */
void program_signal(struct program *program, int signal);

/**
 * @brief Attend que les programmes n'aient plus rien à faire : chacun de leurs threads dort.
 *
 * Ce qu'ils devaient faire de ce qui leur est arrivé est alors fait. N'exige rien : un programme qui
 * ne dort jamais est laissé à lui-même.
 *
 * @return `true` s'ils dorment.
 */
bool programs_wait_until_asleep(void);

/**
 * @brief Laisse retomber la poussière avant de décrire un échec.
 *
 * Une différence se voit parfois avant que le programme ait fini sa ligne, dit son erreur ou rendu
 * l'âme. Après cet appel, tout cela est là. Le test ne peut plus que conclure.
 */
void programs_settle(void);

/** @brief Dit si un programme est mort d'un signal, ni d'arrêt (SIGTERM, SIGINT), ni dû à une limite du bac à sable. */
bool program_has_died(const struct program *program);

/** @brief Attend la fin des programmes qui ont déjà fermé leurs sorties : ils sont en train de mourir. */
void programs_bury(void);

/** @brief Comment le compte rendu nomme un programme : `server` est « votre serveur ». */
const char *program_actor(const char *which);

/** @brief Dit si un programme est un serveur, compilé de quelque façon que ce soit. */
bool program_is_server(const struct program *program);

/** @brief Condition d'attente (pump_until()) : ce programme est terminé. */
bool program_has_ended(void *program);

/** @brief Dernier programme lancé sous ce nom, ou `NULL`. */
struct program *program_named(const char *which);

/** @brief Premier programme du test, ou `NULL` : pour les passer tous en revue. */
struct program *program_first(void);

#endif
