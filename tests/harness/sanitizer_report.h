/**
 * @file sanitizer_report.h
 * @brief Lire le rapport d'un assainisseur (ThreadSanitizer, AddressSanitizer, LeakSanitizer, UBSan)
 * et le redire en français, avec le fichier, la ligne et la variable de l'étudiant.
 */
#ifndef HARNESS_SANITIZER_REPORT_H
#define HARNESS_SANITIZER_REPORT_H

#include "program.h"

/** Ce qu'un assainisseur a trouvé. */
struct finding {
    char summary[512]; /**< Ce qui ne va pas, en une phrase. */
    char cause[1024];  /**< Où, et ce qu'il faut se demander. */
};

/**
 * @brief Lit le premier rapport d'assainisseur que le programme a écrit sur stderr.
 * @return `false` s'il n'y en a pas
 */
bool sanitizer_read(const struct program *program, struct finding *finding);

/** @brief S'il y a un rapport d'erreur, en rappelle le début au compte rendu et conclut par un échec. */
void sanitizer_refuse(const struct program *program);

/**
 * @brief Lance un programme compilé avec un assainisseur.
 *
 * Le test est sans objet si cet assainisseur ne marche pas ici, ce qu'un programme vide du juge a
 * d'abord éprouvé. `SANITIZED` le demande dans lab.mk, et le test
 * le dit (`.sanitizers`).
 *
 * @param sanitizer `thread` ou `address`
 * @param words     `server` ou `client`, ses arguments, puis `NULL`
 */
struct program *start_sanitized(const char *sanitizer, const char *const *words);

/** Lance un programme compilé avec un assainisseur : celui-ci, puis son nom et ses arguments. */
#define START_SANITIZED(sanitizer, ...)                                                            \
    start_sanitized(sanitizer, (const char *const[]){__VA_ARGS__, NULL})

/**
 * @brief Lance le serveur TCP du test, compilé avec un assainisseur, et attend de le voir écouter.
 * @param sanitizer `thread` ou `address`
 */
struct program *start_sanitized_server(const char *sanitizer);

/**
 * @brief Arrête le programme par SIGTERM, et conclut par un échec si un assainisseur a parlé.
 *
 * Un programme qui ne finit pas sur SIGTERM n'est pas accusé ici : un autre test le juge.
 */
void program_stop_and_expect_clean_report(struct program *program);

/**
 * @brief Cherche aussitôt les fuites d'un programme lancé par start_sanitized("address", …).
 *
 * Une fuite se voit ainsi, que le programme sache ou non s'arrêter. À demander quand tous ses clients
 * sont partis : la mémoire d'un client présent peut n'être connue que du noyau (epoll).
 */
void program_expect_no_leak(struct program *program);

/** @brief Attend que le programme n'ait plus rien à faire, et conclut de même ; il vit encore. */
void program_expect_clean_report(struct program *program);

/** @brief Attend que le programme finisse de lui-même, et conclut de même. */
void program_end_and_expect_clean_report(struct program *program);

#endif
