/**
 * @file second_look.h
 * @brief Jouer une seconde fois un test raté, tracé cette fois, pour voir où son programme fait ce qui est en cause.
 *
 * La première exécution, celle qui compte, n'est pas tracée. La seconde ne conclut rien : si le programme n'y fait pas la
 * même chose, ou si le système refuse, rien n'est dit.
 */
#ifndef HARNESS_SECOND_LOOK_H
#define HARNESS_SECOND_LOOK_H

#include "call_frames.h"

/** Combien d'adresses une seconde exécution rend au plus. */
#define MAX_SEEN (2 * MAX_FRAMES)

/** Ce que l'on y guette. */
enum sight {
    SIGHT_DEATH,  /**< Un signal tue le programme : lequel. */
    SIGHT_OUTPUT, /**< Il écrit sur stdout l'octet de tel rang. */
    SIGHT_SEND,   /**< Son dernier envoi. */
    SIGHT_CALL, /**< Son dernier appel sur un socket : bind ou connect, envoi, lecture ; rien, s'il écoute depuis. */
    SIGHT_FAULT, /**< Le dernier appel que la mise à l'épreuve a fait échouer. */
    SIGHT_END, /**< Il finit de lui-même : où un appel lui a été refusé en dernier ; sinon où il finit, puis où il a écrit sur stderr. */
};

/** Un appel que le système a refusé au programme. */
struct refusal {
    char call[16]; /**< Son nom en C. */
    int error;     /**< Son errno, ou 0 si rien n'a été refusé. */
};

/**
 * @brief Rejoue le test en cours, les programmes de la première fois étant d'abord terminés.
 *
 * @param which   le programme dont il s'agit
 * @param watched ce que l'on guette
 * @param detail  le signal, ou le rang de l'octet
 * @param refusal reçoit, pour SIGHT_CALL et SIGHT_END, cet appel si le système l'a refusé
 * @param calls   reçoit les adresses des appels, comme call_frames()
 * @return leur nombre
 */
size_t second_look(const char *which, enum sight watched, size_t detail, struct refusal *refusal,
                   uint64_t calls[MAX_SEEN]);

/** @brief Le processus de la seconde exécution : `--again LEÇON PROGRAMME QUOI DÉTAIL` ; écrit les adresses sur stdout. */
int second_look_main(char **words);

#endif
