#include "remove_tree.h"

#include <ftw.h>
#include <stdio.h>

// Rend 0 quoi qu'il arrive : un fichier qui résiste n'empêche pas d'effacer les autres.
static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    remove(path);
    return 0;
}

void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
