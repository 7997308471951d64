/**
 * @file resources.h
 * @brief Ce qu'un programme occupe : descripteurs, threads, mémoire, processeur, ports.
 *
 * Ces mesures portent sur le programme et sur tous ses descendants : il peut être lancé par un bac
 * à sable, ou donner un processus à chaque client. Aucune n'est comparée à une valeur absolue, mais
 * à une autre mesure du même programme.
 */
#ifndef HARNESS_RESOURCES_H
#define HARNESS_RESOURCES_H

#include "process_holdings.h"
#include "program.h"

/** @brief Mesure ce que le programme occupe à cet instant. */
struct footprint program_footprint(const struct program *program);

/**
 * @brief Attend que descripteurs et threads soient revenus à ce qu'ils étaient.
 *
 * @param program le programme
 * @param before  la mesure de départ
 * @param slack   combien de plus est admis, de chaque (un programme peut garder des threads prêts)
 * @param clients nombre de clients passés entre les deux mesures, pour le message
 */
void program_expect_footprint_back(struct program *program, const struct footprint *before,
                                   int slack, int clients);

/** @brief Attend qu'il ne reste presque plus de processus fils finis que le programme n'a pas attendus (waitpid). */
void program_expect_children_awaited(const struct program *program);

/**
 * @brief Dit si la mémoire que l'on mesure est celle du programme : sous un assainisseur, sous valgrind, elle est celle de l'outil.
 */
bool program_owns_its_memory(void);

/**
 * @brief Vérifie que la mémoire du programme n'a pas grandi à chaque échange.
 *
 * N'exige rien sous un assainisseur ou sous valgrind : la mémoire y est celle de l'outil.
 *
 * @param program   le programme
 * @param before    la mesure de départ
 * @param slack_kib ce qu'il peut occuper de plus, en kibioctets
 * @param exchanges ce qui s'est passé entre les deux mesures, pour le message : « 400 datagrammes »
 */
void program_expect_memory_back(const struct program *program, const struct footprint *before,
                                long slack_kib, const char *exchanges);

/** @brief Ne laisse au programme que quelques descripteurs de plus, sans retour. */
void program_limit_descriptors(struct program *program, int spare);

/**
 * @brief Demande au système que le test, et les programmes qu'il lancera, puissent ouvrir plus de descripteurs.
 *
 * @param wanted combien
 * @return combien ils peuvent en ouvrir : au moins @p wanted, sauf si la limite dure est plus basse
 * @see getrlimit(2), `RLIMIT_NOFILE`
 */
long resources_allow_descriptors(long wanted);

/** @brief Un port TCP sur lequel le programme écoute, 0 s'il n'écoute pas. */
unsigned program_listening_port(const struct program *program);

#endif
