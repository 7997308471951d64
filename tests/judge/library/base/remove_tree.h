/**
 * @file remove_tree.h
 * @brief Effacer un dossier jetable et tout ce qu'il contient.
 */
#ifndef HARNESS_REMOVE_TREE_H
#define HARNESS_REMOVE_TREE_H

/**
 * @brief Efface un dossier et son contenu, sans suivre les liens ; ce qui résiste est laissé.
 * @param path le dossier
 * @see nftw(3)
 */
void remove_tree(const char *path);

#endif
