#include "frame_value.h"

#include <string.h>

// Les calculs de ces tables tiennent en quelques octets.
#define MAX_EXPRESSION 256
#define MAX_STACK 16

void cursor_skip(struct cursor *cursor, uint64_t count)
{
    if (count > (uint64_t)(cursor->end - cursor->at)) {
        cursor->broken = true;
        count = (uint64_t)(cursor->end - cursor->at);
    }
    cursor->at += count;
    cursor->address += count;
}

uint64_t cursor_number(struct cursor *cursor, size_t size)
{
    uint64_t value = 0;
    if (size > (size_t)(cursor->end - cursor->at))
        cursor->broken = true;
    else
        memcpy(&value, cursor->at, size); // petit-boutistes, comme toutes les machines visées
    cursor_skip(cursor, size);
    return value;
}

static uint64_t read_variable(struct cursor *cursor, unsigned *shift, uint8_t *last)
{
    uint64_t value = 0;
    *shift = 0;
    do {
        *last = (uint8_t)cursor_number(cursor, 1);
        if (*shift < 64)
            value |= (uint64_t)(*last & 0x7f) << *shift;
        *shift += 7;
    } while ((*last & 0x80) != 0 && !cursor->broken && *shift < 70);
    return value;
}

uint64_t cursor_unsigned(struct cursor *cursor)
{
    unsigned shift;
    uint8_t last;
    return read_variable(cursor, &shift, &last);
}

int64_t cursor_signed(struct cursor *cursor)
{
    unsigned shift;
    uint8_t last;
    uint64_t value = read_variable(cursor, &shift, &last);
    if ((last & 0x40) != 0 && shift < 64)
        value |= ~UINT64_C(0) << shift;
    return (int64_t)value;
}

/** Un calcul en cours. */
struct computation {
    const struct memory *memory;
    const struct frame *frame;
    struct cursor cursor;
    uint64_t stack[MAX_STACK];
    size_t depth;
};

static void push(struct computation *computation, uint64_t value)
{
    if (computation->depth == MAX_STACK)
        computation->cursor.broken = true;
    else
        computation->stack[computation->depth++] = value;
}

static uint64_t pop(struct computation *computation)
{
    if (computation->depth == 0) {
        computation->cursor.broken = true;
        return 0;
    }
    return computation->stack[--computation->depth];
}

static void push_register(struct computation *computation, uint64_t number)
{
    int64_t offset = cursor_signed(&computation->cursor);
    if (number >= FRAME_REGISTERS || !computation->frame->known[number])
        computation->cursor.broken = true;
    else
        push(computation, computation->frame->values[number] + (uint64_t)offset);
}

static void push_memory(struct computation *computation)
{
    uint64_t value = 0;
    if (!memory_read(computation->memory, pop(computation), &value, sizeof value))
        computation->cursor.broken = true;
    push(computation, value);
}

static uint64_t combine(uint8_t code, uint64_t a, uint64_t b, bool *unknown)
{
    switch (code) {
    case 0x1a:
        return a & b;
    case 0x1c:
        return a - b;
    case 0x1e:
        return a * b;
    case 0x21:
        return a | b;
    case 0x22:
        return a + b;
    case 0x24:
        return b < 64 ? a << b : 0;
    case 0x25:
        return b < 64 ? a >> b : 0;
    case 0x29:
        return a == b;
    case 0x2a:
        return (int64_t)a >= (int64_t)b;
    case 0x2b:
        return (int64_t)a > (int64_t)b;
    case 0x2c:
        return (int64_t)a <= (int64_t)b;
    case 0x2d:
        return (int64_t)a < (int64_t)b;
    case 0x2e:
        return a != b;
    default:
        *unknown = true;
        return 0;
    }
}

static bool push_constant(struct computation *computation, uint8_t code)
{
    struct cursor *cursor = &computation->cursor;
    if (code >= 0x30 && code <= 0x4f)
        push(computation, code - 0x30u);
    else if (code == 0x08 || code == 0x0a || code == 0x0c || code == 0x0e)
        push(computation, cursor_number(cursor, (size_t)1 << (code - 0x08) / 2));
    else if (code == 0x09)
        push(computation, (uint64_t)(int64_t)(int8_t)cursor_number(cursor, 1));
    else if (code == 0x0b)
        push(computation, (uint64_t)(int64_t)(int16_t)cursor_number(cursor, 2));
    else if (code == 0x0d)
        push(computation, (uint64_t)(int64_t)(int32_t)cursor_number(cursor, 4));
    else if (code == 0x10)
        push(computation, cursor_unsigned(cursor));
    else if (code == 0x11)
        push(computation, (uint64_t)cursor_signed(cursor));
    else
        return false;
    return true;
}

static void compute(struct computation *computation)
{
    struct cursor *cursor = &computation->cursor;
    uint8_t code = (uint8_t)cursor_number(cursor, 1);
    if (push_constant(computation, code))
        return;
    if (code >= 0x70 && code <= 0x8f) {
        push_register(computation, code - 0x70u);
    } else if (code == 0x92) {
        push_register(computation, cursor_unsigned(cursor));
    } else if (code == 0x06) {
        push_memory(computation);
    } else if (code == 0x23) {
        uint64_t offset = cursor_unsigned(cursor);
        push(computation, pop(computation) + offset);
    } else {
        uint64_t b = pop(computation);
        uint64_t a = pop(computation);
        push(computation, combine(code, a, b, &cursor->broken));
    }
}

bool frame_value(const struct memory *memory, uint64_t address, uint64_t length,
                 const struct frame *frame, const uint64_t *start, uint64_t *value)
{
    uint8_t bytes[MAX_EXPRESSION];
    if (length > sizeof bytes || !memory_read(memory, address, bytes, length))
        return false;
    struct computation computation = {
        .memory = memory,
        .frame = frame,
        .cursor = {.at = bytes, .end = bytes + length, .address = address}};
    push(&computation, *start);
    while (computation.cursor.at < computation.cursor.end && !computation.cursor.broken)
        compute(&computation);
    *value = pop(&computation);
    return !computation.cursor.broken;
}
