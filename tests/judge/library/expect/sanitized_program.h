/**
 * @file sanitized_program.h
 * @brief Lancer un programme compilé avec un assainisseur, et vérifier qu'il n'a rien à en dire.
 */
#ifndef HARNESS_SANITIZED_PROGRAM_H
#define HARNESS_SANITIZED_PROGRAM_H

#include "program.h"

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

/**
 * @brief De même, pour qui perd un morceau de mémoire autant de fois qu'il lui est venu de clients.
 *
 * Ce qui n'est perdu qu'une fois ne grandit pas : la liste des adresses, par exemple.
 */
void program_expect_no_repeated_leak(struct program *program, unsigned long times);

/** @brief Attend que le programme n'ait plus rien à faire, et conclut de même ; il vit encore. */
void program_expect_clean_report(struct program *program);

/** @brief Attend de même, et conclut par un échec si un assainisseur a vu autre chose qu'une fuite. */
void program_expect_no_overflow(struct program *program);

/** @brief Attend que le programme finisse de lui-même, et conclut de même. */
void program_end_and_expect_clean_report(struct program *program);

#endif
