#include "call_frames.h"

#include "frame_table.h"
#include "memory_map.h"

// L'adresse de retour suit l'appel : la ligne de l'appel est celle de l'octet d'avant.
static uint64_t inside_call(const struct frame *frame, bool deepest)
{
    return deepest ? frame->pc : frame->pc - 1;
}

size_t call_frames(pid_t pid, struct frame *frame, uint64_t calls[MAX_FRAMES])
{
    struct memory memory;
    size_t count = 0;
    if (!memory_open(&memory, pid))
        return 0;
    bool deepest = true;
    uint64_t last_stack = 0;
    for (int depth = 0; depth < MAX_FRAMES && frame->known[FRAME_STACK_POINTER]; depth++) {
        struct image image;
        struct row row;
        uint64_t stack = frame->values[FRAME_STACK_POINTER];
        uint64_t place = inside_call(frame, deepest);
        // Sauf dans la fonction d'un signal, qui peut avoir une pile à elle, chaque appelant est plus haut.
        if ((depth > 0 && !deepest && stack <= last_stack) ||
            !memory_find_image(&memory, place, &image))
            break;
        if (image.program)
            calls[count++] = place - image.bias;
        if (!frame_table_find(&memory, &image, place, &row) ||
            !frame_table_apply(&memory, &row, frame))
            break;
        last_stack = stack;
        deepest = row.interrupted;
    }
    memory_close(&memory);
    return count;
}
