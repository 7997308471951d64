#include "frame_table.h"

#include "frame_value.h"

#include <string.h>

// Bornes de ce qui est lu : une table honnête est bien en dessous.
#define MAX_ENTRY 8192
#define MAX_SAVED 8

// .eh_frame_hdr, telle que l'écrivent GNU `ld` et `lld` : des couples de distances sur quatre octets, triés.
#define SORTED_TABLE 0x3b

/** Ce qu'une entrée commune (CIE) dit des fonctions qui s'y rattachent. */
struct common {
    struct cursor program; /**< Les instructions de départ. */
    uint64_t code_factor;
    int64_t data_factor;
    uint64_t return_register;
    uint8_t encoding;
    bool augmented;
    bool signal;
};

// Une entrée entière, en mémoire à nous. La longueur de 64 bits ne sert à aucun programme de moins de 4 Gio.
static bool read_entry(const struct memory *memory, uint64_t address, uint8_t *bytes,
                       struct cursor *cursor)
{
    uint32_t length = 0;
    if (!memory_read(memory, address, &length, sizeof length) || length < 4 || length > MAX_ENTRY ||
        !memory_read(memory, address + 4, bytes, length))
        return false;
    *cursor = (struct cursor){.at = bytes, .end = bytes + length, .address = address + 4};
    return true;
}

// Pointeurs : seuls ceux que les compilateurs de Linux écrivent dans ces tables.
static uint64_t read_pointer(struct cursor *cursor, uint8_t encoding)
{
    uint64_t place = cursor->address;
    uint64_t value = 0;
    switch (encoding & 0x0f) {
    case 0x00:
    case 0x04:
    case 0x0c:
        value = cursor_number(cursor, 8);
        break;
    case 0x03:
        value = cursor_number(cursor, 4);
        break;
    case 0x0b:
        value = (uint64_t)(int64_t)(int32_t)cursor_number(cursor, 4);
        break;
    default:
        cursor->broken = true;
    }
    if ((encoding & 0x70) == 0x10)
        return value + place;
    if ((encoding & 0x70) != 0)
        cursor->broken = true;
    return value;
}

static void read_augmentation(struct cursor *cursor, const char *letters, struct common *common)
{
    for (; *letters != '\0' && !cursor->broken; letters++) {
        if (*letters == 'R')
            common->encoding = (uint8_t)cursor_number(cursor, 1);
        else if (*letters == 'L')
            cursor_number(cursor, 1);
        else if (*letters == 'P')
            read_pointer(cursor, (uint8_t)cursor_number(cursor, 1) & 0x0f);
        else if (*letters == 'S')
            common->signal = true;
        else if (*letters != 'B')
            cursor->broken = true;
    }
}

static bool read_common(struct cursor cursor, struct common *common)
{
    char letters[16];
    size_t count = 0;
    *common = (struct common){0};
    if (cursor_number(&cursor, 4) != 0)
        return false;
    uint64_t version = cursor_number(&cursor, 1);
    while (count < sizeof letters && (letters[count] = (char)cursor_number(&cursor, 1)) != '\0')
        count++;
    if (count == sizeof letters || (version != 1 && version != 3))
        return false;
    common->code_factor = cursor_unsigned(&cursor);
    common->data_factor = cursor_signed(&cursor);
    common->return_register = version == 1 ? cursor_number(&cursor, 1) : cursor_unsigned(&cursor);
    common->augmented = letters[0] == 'z';
    if (!common->augmented && letters[0] != '\0')
        return false;
    if (common->augmented) {
        uint64_t length = cursor_unsigned(&cursor);
        struct cursor inside = cursor;
        read_augmentation(&inside, letters + 1, common);
        cursor_skip(&cursor, length);
        cursor.broken |= inside.broken;
    }
    common->program = cursor;
    return !cursor.broken && common->return_register < FRAME_REGISTERS;
}

/** Une table en train d'être lue, jusqu'à l'instruction voulue. */
struct reading {
    const struct common *common;
    struct row *row;
    struct row initial; /**< Ce que dit l'entrée commune. */
    struct row saved[MAX_SAVED];
    int depth;
    uint64_t location;
    uint64_t wanted;
};

static struct rule *rule_of(struct reading *reading, struct cursor *cursor, uint64_t number)
{
    if (number < FRAME_REGISTERS)
        return &reading->row->registers[number];
    // Un registre que l'on ne suit pas (flottant, vectoriel) : sa règle est lue, et perdue.
    static struct rule ignored;
    (void)cursor;
    return &ignored;
}

static void advance(struct reading *reading, uint64_t steps)
{
    reading->location += steps * reading->common->code_factor;
}

static struct rule read_block(struct cursor *cursor, enum rule_kind kind)
{
    uint64_t length = cursor_unsigned(cursor);
    struct rule rule = {.kind = kind, .offset = (int64_t)length, .reference = cursor->address};
    cursor_skip(cursor, length);
    return rule;
}

static void remember(struct reading *reading, struct cursor *cursor)
{
    if (reading->depth == MAX_SAVED)
        cursor->broken = true;
    else
        reading->saved[reading->depth++] = *reading->row;
}

static void recall(struct reading *reading, struct cursor *cursor)
{
    if (reading->depth == 0)
        cursor->broken = true;
    else
        *reading->row = reading->saved[--reading->depth];
}

static void restore(struct reading *reading, struct cursor *cursor, uint64_t number)
{
    if (number < FRAME_REGISTERS)
        *rule_of(reading, cursor, number) = reading->initial.registers[number];
}

static void set_base(struct reading *reading, uint64_t number, int64_t offset)
{
    reading->row->base =
        (struct rule){.kind = RULE_REGISTER, .reference = number, .offset = offset};
}

static void set_offset(struct reading *reading, struct cursor *cursor, enum rule_kind kind,
                       uint64_t number, int64_t factored)
{
    *rule_of(reading, cursor, number) =
        (struct rule){.kind = kind, .offset = factored * reading->common->data_factor};
}

// Les instructions qui disent où est la base.
static bool read_base(struct reading *reading, struct cursor *cursor, uint8_t code)
{
    uint64_t number;
    switch (code) {
    case 0x0c: // DW_CFA_def_cfa
        number = cursor_unsigned(cursor);
        set_base(reading, number, (int64_t)cursor_unsigned(cursor));
        return true;
    case 0x12: // DW_CFA_def_cfa_sf
        number = cursor_unsigned(cursor);
        set_base(reading, number, cursor_signed(cursor) * reading->common->data_factor);
        return true;
    case 0x0d: // DW_CFA_def_cfa_register
        set_base(reading, cursor_unsigned(cursor), reading->row->base.offset);
        return true;
    case 0x0e: // DW_CFA_def_cfa_offset
        reading->row->base.offset = (int64_t)cursor_unsigned(cursor);
        return true;
    case 0x13: // DW_CFA_def_cfa_offset_sf
        reading->row->base.offset = cursor_signed(cursor) * reading->common->data_factor;
        return true;
    case 0x0f: // DW_CFA_def_cfa_expression
        reading->row->base = read_block(cursor, RULE_VALUE_EXPRESSION);
        return true;
    default:
        return false;
    }
}

// Celles qui disent où est un registre.
static bool read_rule(struct reading *reading, struct cursor *cursor, uint8_t code)
{
    if ((code < 0x05 || code > 0x09) && code != 0x10 && code != 0x11 &&
        (code < 0x14 || code > 0x16))
        return false;
    uint64_t number = cursor_unsigned(cursor);
    struct rule *rule = rule_of(reading, cursor, number);
    switch (code) {
    case 0x05: // DW_CFA_offset_extended
        set_offset(reading, cursor, RULE_OFFSET, number, (int64_t)cursor_unsigned(cursor));
        break;
    case 0x11: // DW_CFA_offset_extended_sf
        set_offset(reading, cursor, RULE_OFFSET, number, cursor_signed(cursor));
        break;
    case 0x14: // DW_CFA_val_offset
        set_offset(reading, cursor, RULE_VALUE_OFFSET, number, (int64_t)cursor_unsigned(cursor));
        break;
    case 0x15: // DW_CFA_val_offset_sf
        set_offset(reading, cursor, RULE_VALUE_OFFSET, number, cursor_signed(cursor));
        break;
    case 0x06: // DW_CFA_restore_extended
        restore(reading, cursor, number);
        break;
    case 0x09: // DW_CFA_register
        *rule = (struct rule){.kind = RULE_REGISTER, .reference = cursor_unsigned(cursor)};
        break;
    case 0x10: // DW_CFA_expression
        *rule = read_block(cursor, RULE_EXPRESSION);
        break;
    case 0x16: // DW_CFA_val_expression
        *rule = read_block(cursor, RULE_VALUE_EXPRESSION);
        break;
    default: // DW_CFA_undefined, DW_CFA_same_value
        *rule = (struct rule){.kind = code == 0x07 ? RULE_UNDEFINED : RULE_SAME};
    }
    return true;
}

static void read_other(struct reading *reading, struct cursor *cursor, uint8_t code)
{
    switch (code) {
    case 0x00: // DW_CFA_nop
    case 0x2d: // DW_CFA_AARCH64_negate_ra_state : la signature est ôtée de toute adresse de retour
        break;
    case 0x01: // DW_CFA_set_loc
        reading->location = read_pointer(cursor, reading->common->encoding);
        break;
    case 0x02: // DW_CFA_advance_loc1, 2 et 4
        advance(reading, cursor_number(cursor, 1));
        break;
    case 0x03:
        advance(reading, cursor_number(cursor, 2));
        break;
    case 0x04:
        advance(reading, cursor_number(cursor, 4));
        break;
    case 0x0a: // DW_CFA_remember_state
        remember(reading, cursor);
        break;
    case 0x0b: // DW_CFA_restore_state
        recall(reading, cursor);
        break;
    case 0x2e: // DW_CFA_GNU_args_size
        cursor_unsigned(cursor);
        break;
    default:
        cursor->broken = true;
    }
}

// Suit les instructions tant qu'elles valent pour l'adresse voulue.
static bool follow(struct reading *reading, struct cursor cursor)
{
    while (cursor.at < cursor.end && !cursor.broken && reading->location <= reading->wanted) {
        uint8_t code = (uint8_t)cursor_number(&cursor, 1);
        uint8_t low = code & 0x3f;
        struct row before = *reading->row;
        if (code >> 6 == 1)
            advance(reading, low);
        else if (code >> 6 == 2)
            set_offset(reading, &cursor, RULE_OFFSET, low, (int64_t)cursor_unsigned(&cursor));
        else if (code >> 6 == 3)
            restore(reading, &cursor, low);
        else if (!read_base(reading, &cursor, code) && !read_rule(reading, &cursor, code))
            read_other(reading, &cursor, code);
        if (reading->location > reading->wanted)
            *reading->row = before;
    }
    return !cursor.broken;
}

// La dernière entrée dont la fonction commence avant cette instruction.
static uint64_t search_entry(const struct memory *memory, uint64_t table, uint64_t pc)
{
    struct {
        uint8_t version, pointer, count, encoding;
    } header;
    uint32_t count = 0;
    int32_t pair[2] = {0, 0};
    if (table == 0 || !memory_read(memory, table, &header, sizeof header) || header.version != 1 ||
        (header.pointer & 0x0f) != 0x0b || header.count != 0x03 ||
        header.encoding != SORTED_TABLE || !memory_read(memory, table + 8, &count, sizeof count))
        return 0;
    uint32_t low = 0;
    for (uint32_t high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        if (!memory_read(memory, table + 12 + 8 * (uint64_t)middle, pair, sizeof pair))
            return 0;
        if (table + (uint64_t)(int64_t)pair[0] <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || !memory_read(memory, table + 12 + 8 * (uint64_t)(low - 1), pair, sizeof pair))
        return 0;
    return table + (uint64_t)(int64_t)pair[1];
}

static bool read_function(struct cursor *cursor, const struct common *common, uint64_t pc,
                          uint64_t *start)
{
    *start = read_pointer(cursor, common->encoding);
    uint64_t length = read_pointer(cursor, common->encoding & 0x0f);
    if (common->augmented)
        cursor_skip(cursor, cursor_unsigned(cursor));
    return !cursor->broken && *start <= pc && pc - *start < length;
}

bool frame_table_find(const struct memory *memory, const struct image *image, uint64_t pc,
                      struct row *row)
{
    static uint8_t function_bytes[MAX_ENTRY];
    static uint8_t common_bytes[MAX_ENTRY];
    static struct reading reading;
    struct cursor function;
    struct cursor cursor;
    struct common common;
    uint64_t start;
    uint64_t entry = search_entry(memory, image->table, pc);
    if (entry == 0 || !read_entry(memory, entry, function_bytes, &function))
        return false;
    uint64_t distance = cursor_number(&function, 4);
    if (distance == 0 || !read_entry(memory, entry + 4 - distance, common_bytes, &cursor) ||
        !read_common(cursor, &common) || !read_function(&function, &common, pc, &start))
        return false;
    *row = (struct row){.return_register = (unsigned)common.return_register,
                        .interrupted = common.signal};
    reading = (struct reading){.common = &common, .row = row, .location = start, .wanted = pc};
    if (!follow(&reading, common.program))
        return false;
    reading.initial = *row;
    return follow(&reading, function);
}

static bool find_value(const struct memory *memory, const struct rule *rule, uint64_t base,
                       const struct frame *frame, unsigned number, uint64_t *value)
{
    switch (rule->kind) {
    case RULE_SAME:
        *value = frame->values[number];
        return frame->known[number];
    case RULE_OFFSET:
        return memory_read(memory, base + (uint64_t)rule->offset, value, sizeof *value);
    case RULE_VALUE_OFFSET:
        *value = base + (uint64_t)rule->offset;
        return true;
    case RULE_REGISTER:
        if (rule->reference >= FRAME_REGISTERS || !frame->known[rule->reference])
            return false;
        *value = frame->values[rule->reference] + (uint64_t)rule->offset;
        return true;
    case RULE_EXPRESSION:
        return frame_value(memory, rule->reference, (uint64_t)rule->offset, frame, &base, value) &&
               memory_read(memory, *value, value, sizeof *value);
    case RULE_VALUE_EXPRESSION:
        return frame_value(memory, rule->reference, (uint64_t)rule->offset, frame, &base, value);
    default:
        return false;
    }
}

// arm64 signe les adresses de retour dans leurs bits de poids fort, que nulle adresse d'un programme n'emploie.
static uint64_t without_signature(uint64_t address)
{
#if defined __aarch64__
    return address & ((UINT64_C(1) << 48) - 1);
#else
    return address;
#endif
}

bool frame_table_apply(const struct memory *memory, const struct row *row, struct frame *frame)
{
    struct frame caller = {0};
    uint64_t base = 0;
    struct rule base_rule = row->base;
    if (base_rule.kind != RULE_REGISTER && base_rule.kind != RULE_VALUE_EXPRESSION)
        return false;
    if (!find_value(memory, &base_rule, 0, frame, 0, &base))
        return false;
    for (unsigned number = 0; number < FRAME_REGISTERS; number++)
        caller.known[number] = find_value(memory, &row->registers[number], base, frame, number,
                                          &caller.values[number]);
    if (row->registers[FRAME_STACK_POINTER].kind == RULE_SAME) {
        caller.values[FRAME_STACK_POINTER] = base;
        caller.known[FRAME_STACK_POINTER] = true;
    }
    caller.pc = without_signature(caller.values[row->return_register]);
    bool found = caller.known[row->return_register] && caller.pc != 0;
    *frame = caller;
    return found;
}
