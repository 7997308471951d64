#include "memory_map.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Aucun de nos programmes n'en a davantage ; un fichier qui en annonce plus n'est pas lu.
#define MAX_SEGMENTS 64

bool memory_open(struct memory *memory, pid_t pid)
{
    char path[64];
    struct stat program;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    if (stat(path, &program) < 0)
        return false;
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    *memory = (struct memory){.pid = pid, .program = program.st_ino};
    memory->fd = open(path, O_RDONLY | O_CLOEXEC);
    return memory->fd >= 0;
}

void memory_close(const struct memory *memory)
{
    close(memory->fd);
}

bool memory_read(const struct memory *memory, uint64_t address, void *bytes, size_t length)
{
    return address <= INT64_MAX &&
           pread(memory->fd, bytes, length, (off_t)address) == (ssize_t)length;
}

// Le premier morceau chargé dit où le fichier voulait être ; un autre, où sont ses tables.
static bool read_segments(const struct memory *memory, struct image *image)
{
    Elf64_Ehdr header;
    Elf64_Phdr segments[MAX_SEGMENTS];
    if (!memory_read(memory, image->start, &header, sizeof header) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_phentsize != sizeof segments[0] || header.e_phnum > MAX_SEGMENTS ||
        !memory_read(memory, image->start + header.e_phoff, segments,
                     header.e_phnum * sizeof segments[0]))
        return false;
    uint64_t table = 0;
    bool loaded = false;
    for (int i = 0; i < header.e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD && segments[i].p_offset == 0) {
            image->bias = image->start - segments[i].p_vaddr;
            loaded = true;
        }
        if (segments[i].p_type == PT_GNU_EH_FRAME)
            table = segments[i].p_vaddr;
    }
    image->table = table != 0 ? image->bias + table : 0;
    return loaded;
}

bool memory_find_image(const struct memory *memory, uint64_t address, struct image *image)
{
    char path[64];
    char line[4400];
    uint64_t first = 0;
    unsigned long owner = 0;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/maps", (int)memory->pid);
    FILE *maps = fopen(path, "re");
    while (maps != NULL && !found && fgets(line, sizeof line, maps) != NULL) {
        uint64_t start;
        uint64_t end;
        uint64_t offset;
        unsigned long inode;
        char rights[5];
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %lu", &start, &end, rights,
                   &offset, &inode) != 5)
            continue;
        if (offset == 0 && (inode != owner || inode == 0 || first == 0)) {
            first = start;
            owner = inode;
        }
        found = start <= address && address < end && rights[2] == 'x' && inode == owner;
    }
    if (maps != NULL)
        fclose(maps);
    *image = (struct image){.start = first, .program = owner == memory->program};
    return found && read_segments(memory, image);
}
