/**
 * @file criterion_files.h
 * @brief Où Criterion range ce que ses processus se disent.
 *
 * Chaque processus d'un test y a une mémoire partagée et un socket, que Criterion nomme d'après un numéro de
 * processus, dans /dev/shm et dans /tmp. Un juge tué les y laisse ; le jour où ce numéro revient, le nom est pris et
 * le test finit sans verdict. Dans un dossier neuf, aucun nom n'est pris, et tout part avec lui. Et Criterion lance chaque
 * test en exécutant de nouveau le juge : celui qui est en cours, même reconstruit entre-temps.
 */
#ifndef HARNESS_CRITERION_FILES_H
#define HARNESS_CRITERION_FILES_H

/** @brief Les range dans ce dossier, pour ce processus et ceux qu'il lancera. */
void criterion_files_keep_in(const char *folder);

#endif
