/**
 * @file probe.h
 * @brief Lancer un programme exactement comme le ferait un test, mais sans test : pour éprouver le bac à sable.
 */
#ifndef HARNESS_PROBE_H
#define HARNESS_PROBE_H

/**
 * @brief Lance un programme comme dans un test : son réseau, son bac à sable, ses limites ; et attend sa fin.
 *
 * Ce qu'il écrit sort sur les mêmes sorties. La dernière ligne de stdout est de nous :
 * `@ isolated=0|1 status=N limit=PHRASE`, où N est le statut de waitpid().
 *
 * @param words le programme (un chemin) et ses arguments, terminés par `NULL`
 * @return 0, ou 2 s'il n'a pas pu être lancé
 */
int probe_run(char **words);

#endif
