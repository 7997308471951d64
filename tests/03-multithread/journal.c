// Relire tout ce que le serveur a affiché : paires, nombres, adresses.
#include "multithread.h"

#include "transcript.h"
#include "visible.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_PER_CLIENT 4

// Combien de lignes, avant et après celle qui est rejetée, sont rappelées.
#define NEIGHBOURS 4

/** Où l'on en est de la relecture. */
struct journal {
    struct program *server;
    struct peer *const *peers;
    size_t count;
    size_t lines;   /**< Lignes attendues en tout. */
    bool *present;  /**< Pour chaque client : arrivé, pas encore reparti. */
    bool *known;    /**< Pour chaque client : déjà arrivé. */
    long number;    /**< Le dernier nombre affiché. */
    char line[256]; /**< La ligne en cours, sans son `\n`. */
    size_t read;    /**< Son rang, à partir de 1. */
};

static bool all_lines_shown(void *context)
{
    const struct journal *journal = context;
    const struct output *out = &journal->server->out;
    size_t lines = 0;
    for (size_t i = 0; i < out->length; i++)
        lines += out->bytes[i] == '\n';
    return lines >= journal->lines || out->closed;
}

// Le récit est long, et son milieu coupé : les lignes en cause, et leurs voisines, sont rappelées à la fin.
static void recall(const struct journal *journal)
{
    const struct output *out = &journal->server->out;
    size_t number = 1;
    for (const char *line = out->bytes; line < out->bytes + out->length; number++) {
        const char *newline = memchr(line, '\n', out->length - (size_t)(line - out->bytes));
        size_t length =
            newline != NULL ? (size_t)(newline - line) : out->length - (size_t)(line - out->bytes);
        if (number + NEIGHBOURS >= journal->read && number <= journal->read + NEIGHBOURS) {
            char where[64];
            snprintf(where, sizeof where, "la ligne %zu de stdout%s", number,
                     number == journal->read ? ", en cause" : "");
            transcript_recall(where, line, length);
        }
        line += length + 1;
    }
}

// La ligne en cause vient d'être lue : elle finit où commence ce qui reste.
static void point_at_line(const struct journal *journal, const char *expected,
                          struct symptoms *symptoms)
{
    const struct output *out = &journal->server->out;
    if (out->consumed == 0)
        return;
    const char *before = memrchr(out->bytes, '\n', out->consumed - 1);
    symptoms->received = before != NULL ? before + 1 : out->bytes;
    symptoms->received_length = (size_t)(out->bytes + out->consumed - symptoms->received);
    symptoms->expected = expected;
    symptoms->expected_length = strlen(expected);
}

__attribute__((format(printf, 4, 5))) _Noreturn static void reject(const struct journal *journal,
                                                                   const char *expected,
                                                                   const char *cause,
                                                                   const char *format, ...)
{
    char summary[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(summary, sizeof summary, format, arguments);
    va_end(arguments);
    struct visible_difference difference =
        visible_compare(expected, strlen(expected), journal->line, strlen(journal->line));
    recall(journal);
    struct symptoms symptoms = {.program = journal->server, .on_stdout = true};
    point_at_line(journal, expected, &symptoms);
    complain_about(&symptoms);
    complain_with(&(struct failure){.summary = summary,
                                    .expected = difference.expected,
                                    .received = difference.received,
                                    .caret = difference.caret,
                                    .cause = cause});
}

static bool next_line(struct journal *journal)
{
    struct output *out = &journal->server->out;
    const char *start = out->bytes + out->consumed;
    const char *newline = memchr(start, '\n', out->length - out->consumed);
    if (newline == NULL)
        return false;
    size_t length = (size_t)(newline - start);
    out->consumed += length + 1;
    journal->read++;
    snprintf(journal->line, sizeof journal->line, "%.*s", (int)length, start);
    return true;
}

static size_t find_peer(const struct journal *journal, const char *address, bool arriving)
{
    // Un port libéré par un RST peut resservir : le même texte désigne alors deux clients.
    for (size_t i = 0; i < journal->count; i++) {
        bool fits = arriving ? !journal->known[i] : journal->present[i];
        if (fits && strcmp(journal->peers[i]->address, address) == 0)
            return i;
    }
    return journal->count;
}

static const char *after(const char *line, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(line, prefix, length) == 0 ? line + length : NULL;
}

static const char *announced_address(const struct journal *journal)
{
    const char *arrived = after(journal->line, "connected to ");
    const char *address = arrived != NULL ? arrived : after(journal->line, "disconnected from ");
    if (address == NULL)
        reject(journal, "connected to …, ou disconnected from …",
               "Chaque paire commence par l'adresse et finit par le nombre. Deux threads qui "
               "écrivent en même temps mêlent leurs lignes.",
               "une ligne de stdout n'est pas à sa place");
    return address;
}

static void expect_a_number(const struct journal *journal, const char *address)
{
    if (after(journal->line, "ThreadNumber ") == NULL)
        reject(journal, "ThreadNumber …",
               "Deux threads écrivent en même temps, et leurs lignes se mêlent : les deux lignes "
               "d'une paire doivent sortir ensemble, sans qu'un autre puisse écrire entre elles.",
               "la ligne de %s n'est pas suivie de son nombre", address);
}

// Des lignes qui se mêlent expliquent un nombre faux, et non l'inverse : où qu'elles soient, elles se disent d'abord.
static void read_pairs(struct journal *journal)
{
    size_t start = journal->server->out.consumed;
    size_t read = journal->read;
    while (next_line(journal)) {
        char address[128];
        snprintf(address, sizeof address, "%s", announced_address(journal));
        if (next_line(journal))
            expect_a_number(journal, address);
    }
    journal->server->out.consumed = start;
    journal->read = read;
}

static void read_number(struct journal *journal, bool arriving, const char *address)
{
    char expected[64];
    long wanted = journal->number + (arriving ? 1 : -1);
    snprintf(expected, sizeof expected, "ThreadNumber %ld", wanted);
    if (!next_line(journal))
        snprintf(journal->line, sizeof journal->line, "%s", "");
    expect_a_number(journal, address);
    if (strcmp(journal->line, expected) != 0)
        reject(
            journal, expected,
            "Le nombre est changé, puis affiché, sans que les deux fassent un seul geste : entre "
            "eux, un autre thread a compté ou affiché.",
            "%s de %s : le nombre affiché juste avant était %ld", arriving ? "arrivée" : "départ",
            address, journal->number);
    journal->number = wanted;
}

static void read_pair(struct journal *journal)
{
    const char *arrived = after(journal->line, "connected to ");
    char name[128];
    snprintf(name, sizeof name, "%s", announced_address(journal));
    size_t peer = find_peer(journal, name, arrived != NULL);
    if (peer == journal->count)
        reject(journal, arrived != NULL ? "l'adresse d'un client qui arrive" : "un client présent",
               arrived != NULL
                   ? "Cette adresse n'est celle d'aucun client, ou elle a déjà été annoncée : deux "
                     "threads se partagent-ils la mémoire où elle est écrite ?"
                   : "Ce client n'a pas été annoncé, ou son départ l'a déjà été.",
               "%s de %s : ce client n'est pas attendu ici", arrived != NULL ? "arrivée" : "départ",
               name);
    journal->present[peer] = arrived != NULL;
    journal->known[peer] = true;
    read_number(journal, arrived != NULL, name);
}

void expect_journal(struct program *server, struct peer *const *peers, size_t count)
{
    struct journal journal = {.server = server,
                              .peers = peers,
                              .count = count,
                              .lines = 1 + count * LINES_PER_CLIENT,
                              .present = calloc(count, sizeof(bool)),
                              .known = calloc(count, sizeof(bool))};
    if (journal.present == NULL || journal.known == NULL)
        verdict_broken("mémoire insuffisante");
    enum wait_end end = pump_until(all_lines_shown, &journal, 20);
    server->out.consumed = 0;
    program_expect_line(server, "waiting for connection");
    journal.read = 1;
    read_pairs(&journal);
    while (next_line(&journal))
        read_pair(&journal);
    transcript_note("juge", "·", "relit les arrivées et les départs : le dernier nombre est %ld",
                    journal.number);
    if (!all_lines_shown(&journal)) {
        struct symptoms symptoms = {.end = end, .program = server};
        complain(&symptoms,
                 "%zu clients sont venus, tous sont repartis, et le dernier nombre affiché est %ld",
                 count, journal.number);
    }
    free(journal.present);
    free(journal.known);
}
