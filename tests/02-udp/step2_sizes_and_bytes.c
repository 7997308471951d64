// Étape 2 : toutes les tailles, tous les octets, toutes les familles d'adresses.
#include "addresses.h"
#include "disguised.h"
#include "letters.h"
#include "talk.h"

#include <string.h>
#include <sys/wait.h>

/** Ce qu'IPv6 porte de plus qu'IPv4, en octets. */
#define IPV6_EXCESS 20

static void expect_size_served(struct program *server, struct postbox *client, size_t length)
{
    char *message = letters(length);
    postbox_ask_bytes(client, message, length);
    expect_received(server, client, message);
    postbox_expect_reply(client, REPLY);
}

LESSON(server_takes_small_messages, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_shows_datagram", .tolerant = true, .defects = "D25",
       .title = "Des messages de 1, 512 et 4096 octets : montrés en entier, chacun sa réponse",
       .hint = "Une réception rend un datagramme, dans la place qu'on lui donne : ce qui n'y tient "
               "pas est perdu.")
{
    struct program *server = start_showing_server("127.0.0.1", NULL);
    struct postbox *client = postbox_client("client");
    expect_size_served(server, client, 1);
    expect_size_served(server, client, 512);
    expect_size_served(server, client, 4096);
}

LESSON(server_takes_empty_message, .step = 2, .points = 0.75, .programs = "server",
       .needs = "server_shows_datagram", .tolerant = true, .defects = "D30",
       .title = "Un datagramme vide est un message : montré, répondu, et le serveur continue",
       .hint = "Un message de 0 octet a sa ligne, dont le texte est vide, et sa réponse.")
{
    struct program *server = start_showing_server("127.0.0.1", NULL);
    struct postbox *client = postbox_client("client");
    postbox_ask(client, "");
    postbox_expect_reply(client, REPLY);
    postbox_ask(client, "bonjour");
    postbox_expect_reply(client, REPLY);
    expect_received(server, client, "");
    expect_received(server, client, "bonjour");
}

LESSON(server_takes_large_messages, .step = 2, .points = 0.5, .programs = "server",
       .needs = "server_takes_small_messages", .defects = "D25",
       .title = "4097 et 65 507 octets : rien n'est coupé, et le message suivant n'en garde rien",
       .hint = "Un datagramme se lit en une fois : ce qui dépasse de la place donnée est perdu "
               "sans un mot. La longueur d'un message est celle que rend la réception.")
{
    struct program *server = start_showing_server("127.0.0.1", NULL);
    struct postbox *client = postbox_client("client");
    expect_size_served(server, client, 4097);
    expect_size_served(server, client, LONGEST_DATAGRAM);
    expect_size_served(server, client, 3);
}

LESSON(
    server_shows_bytes_safely, .step = 2, .points = 0.5, .programs = "server",
    .needs = "server_shows_datagram", .defects = "D24",
    .title = "Les octets de contrôle et l'UTF-8 invalide sont montrés échappés, le reste tel quel",
    .hint = "Un octet reçu n'est pas un caractère : le contrat dit lesquels sont montrés tels "
            "quels, et lesquels en \\xHH. Une donnée n'est ni une chaîne C, ni un format ; et un "
            "char peut être négatif.")
{
    struct program *server = start_datagram_server();
    struct postbox *client = postbox_client("client");
    postbox_ask(client, "une ligne\r\n");
    expect_received(server, client, "une ligne\\x0D\\x0A");
    postbox_ask(client, "\x1b[2J\x7F\xC2\x9B");
    expect_received(server, client, "\\x1B[2J\\x7F\\xC2\\x9B");
    postbox_ask_bytes(client, "a\0b\xFF\xC3", 5);
    expect_received(server, client, "a\\x00b\\xFF\\xC3");
    postbox_ask(client, "été € 😀 \\n %s");
    expect_received(server, client, "été € 😀 \\n %s");
    postbox_ask(client, DISGUISED_BYTES);
    expect_received(server, client, DISGUISED_SHOWN);
}

LESSON(server_speaks_ipv6, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_shows_datagram", .tolerant = true, .defects = "D32",
       .title = "Le serveur répond aussi en IPv6, et montre l'adresse entre crochets",
       .hint = "Une adresse IPv6 est plus longue qu'une adresse IPv4, et se montre entre crochets "
               ": le programme suppose-t-il IPv4 quelque part ?")
{
    require_ipv6();
    struct program *server = START("server", "::1", test_port());
    server_expect_bound(server, test_port());
    struct postbox *client = postbox_open("client IPv6", "::1", "0");
    postbox_ask(client, "bonjour");
    note_text_shown(server);
    expect_received(server, client, "bonjour");
    postbox_expect_reply(client, REPLY);
    postbox_ask(client, "encore");
    postbox_expect_reply(client, REPLY);
}

static void expect_interleaving(const char *host)
{
    struct postbox *first = postbox_open("client 1", host, "0");
    struct postbox *second = postbox_open("client 2", host, "0");
    struct postbox *third = postbox_open("client 3", host, "0");
    postbox_ask(first, "1a");
    postbox_ask(second, "2a");
    postbox_ask(first, "1b");
    postbox_ask(third, "3a");
    postbox_ask(second, "2b");
    postbox_expect_reply(first, REPLY);
    postbox_expect_reply(first, REPLY);
    postbox_expect_reply(second, REPLY);
    postbox_expect_reply(second, REPLY);
    postbox_expect_reply(third, REPLY);
    postbox_expect_nothing_more(first);
    postbox_expect_nothing_more(second);
    postbox_close(first);
    postbox_close(second);
    postbox_close(third);
}

LESSON(server_serves_interleaved_clients, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_serves_second_client", .defects = "D32",
       .title = "Trois clients dont les questions alternent : à chacun ses réponses")
{
    start_datagram_server();
    expect_interleaving("127.0.0.1");
}

LESSON(server_serves_interleaved_ipv6, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_serves_second_client server_speaks_ipv6", .defects = "D25 D32",
       .title = "De même en IPv6, où les adresses sont plus longues",
       .hint = "Un datagramme hors norme ne regarde que son expéditeur ; les autres clients ont "
               "chacun leurs réponses.")
{
    require_ipv6();
    struct program *server = START("server", "::1", test_port());
    server_expect_bound(server, test_port());
    // IPv6 porte vingt octets de plus que le contrat n'en promet : cela ne regarde que celui-ci.
    struct postbox *excessive = postbox_open("client excessif", "::1", "0");
    postbox_ask_bytes(excessive, letters(LONGEST_DATAGRAM + IPV6_EXCESS),
                      LONGEST_DATAGRAM + IPV6_EXCESS);
    expect_interleaving("::1");
}

// Plus long que le contrat ne le promet : le client le montre, en entier ou non, ou dit qu'il n'en veut pas.
static void expect_excess_survived(struct postbox *server, struct program *client)
{
    char *reply = letters(LONGEST_DATAGRAM + IPV6_EXCESS);
    postbox_answer(server, expect_question(server), reply);
    // Écartée, elle n'est pas venue : il redemande, et renonce à son heure.
    pump_set_patience(due_ms(SEND_COUNT + 1) / 1e3);
    program_expect_exit_either(client, 0, 1);
    pump_set_patience(1);
    if (WEXITSTATUS(client->status) == 1) {
        program_expect_some_error(client);
        return;
    }
    program_expect_text(client, "Server Says\n");
    const char *shown = client->out.bytes + client->out.consumed;
    size_t length = strspn(shown, "a");
    if (length <= LONGEST_DATAGRAM + IPV6_EXCESS && strcmp(shown + length, "\n") == 0)
        return;
    complain_because(
        "Des octets qui ne sont pas de la réponse ont été montrés : d'une réponse plus "
        "longue que la place offerte, recv peut rendre la vraie longueur (MSG_TRUNC), "
        "mais ne remplit que cette place.",
        "d'une réponse de %d octets, plus longue que permis, le client montre autre "
        "chose",
        LONGEST_DATAGRAM + IPV6_EXCESS);
}

LESSON(client_takes_any_reply, .step = 2, .points = 0.5, .programs = "client",
       .needs = "client_shows_reply", .tolerant = true, .defects = "D25",
       .title = "Des réponses de 1, 4096, 4097 et 65 507 octets : montrées en entier",
       .hint = "Un datagramme se lit en une fois : ce qui dépasse de la place donnée est perdu "
               "sans un mot.")
{
    static const size_t lengths[] = {1, 4096, 4097, LONGEST_DATAGRAM};
    struct postbox *server = open_judge_server();
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char *reply = letters(lengths[i]);
        struct program *client = start_client();
        postbox_answer(server, expect_question(server), reply);
        expect_shown(client, reply);
    }
    if (!network_has_ipv6())
        return;
    server = postbox_open("serveur IPv6 du juge", "::1", test_port());
    expect_excess_survived(server, START("client", "::1", test_port(), QUESTION));
}

LESSON(client_shows_bytes_safely, .step = 2, .points = 0.25, .programs = "client",
       .needs = "client_shows_reply", .defects = "D24",
       .title = "Les octets de contrôle d'une réponse sont montrés échappés, le reste tel quel",
       .hint = "Un octet reçu n'est pas un caractère : le contrat dit lesquels sont montrés tels "
               "quels, et lesquels en \\xHH.")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_client();
    postbox_answer_bytes(server, expect_question(server), "\x1b[31mété\0fin\xFF\r\n", 17);
    expect_shown(client, "\\x1B[31mété\\x00fin\\xFF\\x0D\\x0A");
    client = start_client();
    postbox_answer(server, expect_question(server), DISGUISED_BYTES);
    expect_shown(client, DISGUISED_SHOWN);
}

// Un octet de trop ne se voit pas du dehors : c'est à AddressSanitizer de le voir.
#define MEMORY_HINT                                                                                \
    "Le plus long message emplit sa place jusqu'au dernier octet : qu'écrit-on encore après lui ?"

LESSON(server_has_no_memory_error, .step = 2, .points = 0.25, .programs = "server",
       .sanitizers = "address", .needs = "server_takes_large_messages server_speaks_ipv6",
       .defects = "D25", .hint = MEMORY_HINT,
       .title = "Serveur : ni débordement ni fuite, AddressSanitizer n'a rien à dire")
{
    const char *const host = network_has_ipv6() ? "::1" : "127.0.0.1";
    struct program *server = start_showing_server(host, "address");
    struct postbox *client = postbox_open("client", host, "0");
    expect_size_served(server, client, LONGEST_DATAGRAM);
    expect_size_served(server, client, 0);
    if (network_has_ipv6())
        postbox_ask_bytes(client, letters(LONGEST_DATAGRAM + IPV6_EXCESS),
                          LONGEST_DATAGRAM + IPV6_EXCESS);
    postbox_ask_bytes(postbox_open("client suivant", host, "0"), "a\0b\xFF\n", 5);
    programs_wait_until_asleep();
    program_stop_and_expect_clean_report(server);
}

static void ask_and_answer(struct postbox *server, size_t length)
{
    char *message = letters(length);
    postboxes_forget();
    struct program *client =
        START_SANITIZED("address", "client", "127.0.0.1", test_port(), message);
    const struct datagram *question = postbox_expect_question(server, message, length, NULL);
    postbox_answer(server, question, message);
    program_end_and_expect_clean_report(client);
}

LESSON(client_has_no_memory_error, .step = 2, .points = 0.25, .programs = "client",
       .sanitizers = "address", .needs = "client_takes_any_reply", .defects = "D25",
       .hint = MEMORY_HINT,
       .title = "Client : ni débordement ni fuite, AddressSanitizer n'a rien à dire")
{
    struct postbox *server = open_judge_server();
    ask_and_answer(server, 0);
    ask_and_answer(server, 10);
    ask_and_answer(server, LONGEST_DATAGRAM);
    if (!network_has_ipv6())
        return;
    server = postbox_open("serveur IPv6 du juge", "::1", test_port());
    struct program *client = START_SANITIZED("address", "client", "::1", test_port(), QUESTION);
    char *excess = letters(LONGEST_DATAGRAM + IPV6_EXCESS);
    postbox_answer(server, expect_question(server), excess);
    program_end_and_expect_clean_report(client);
}
