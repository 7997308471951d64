/**
 * @file sandbox_etc.h
 * @brief Ce que les programmes jugés dans un bac à sable voient de `/etc`.
 */
#ifndef HARNESS_SANDBOX_ETC_H
#define HARNESS_SANDBOX_ETC_H

/**
 * @brief Copie dans @p scratch ce que les programmes jugés verront de `/etc`.
 *
 * Un seul montage au lieu de huit à chaque programme : bwrap relit à chacun la table de tous les autres, et c'est ce
 * qui lui coûte le plus. Si la copie n'a pas pu être faite, run.sh montre les fichiers un à un.
 */
void sandbox_copy_etc(const char *scratch);

#endif
