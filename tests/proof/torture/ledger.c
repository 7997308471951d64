#include "ledger.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/** Au-delà, un dialogue de ce banc d'essai serait déjà une fuite. */
#define BLOCKS 512
#define DESCRIPTORS 1024

// Rien d'alloué ici : ces fonctions sont appelées depuis malloc, et à mémoire pleine.
static const void *blocks[BLOCKS];
static unsigned lost;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static bool was_open[DESCRIPTORS];

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

void ledger_open(void)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        was_open[fd] = is_open(fd);
}

// Met NEW à la place de OLD ; faux si OLD n'est pas dans le registre.
static bool replace(const void *old, const void *new)
{
    while (atomic_flag_test_and_set(&lock))
        continue;
    size_t place = 0;
    while (place < BLOCKS && blocks[place] != old)
        place++;
    if (place < BLOCKS)
        blocks[place] = new;
    atomic_flag_clear(&lock);
    return place < BLOCKS;
}

void ledger_take(const void *block)
{
    if (block != NULL && !replace(NULL, block))
        lost++;
}

void ledger_give(const void *block)
{
    if (block != NULL)
        replace(block, NULL);
}

unsigned ledger_blocks(void)
{
    unsigned count = lost;
    for (size_t place = 0; place < BLOCKS; place++)
        count += blocks[place] != NULL;
    return count;
}

unsigned ledger_descriptors(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        count += is_open(fd) && !was_open[fd];
    return count;
}
