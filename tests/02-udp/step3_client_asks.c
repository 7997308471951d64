// Étape 3 : le client pose une question et montre la réponse.
#include "talk.h"

#include <string.h>

LESSON(client_asks, .step = 3, .points = 1, .programs = "client",
       .title = "Le client envoie MESSAGE à l'adresse et au port donnés, à l'octet près")
{
    struct postbox *server = open_judge_server();
    start_client();
    expect_question(server);
}

LESSON(client_shows_reply, .step = 3, .points = 1, .programs = "client", .needs = "client_asks",
       .defects = "D24",
       .title = "Le client montre la réponse, rien d'autre, et finit avec le code 0")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_client();
    postbox_answer(server, expect_question(server), "il est midi");
    expect_shown(client, "il est midi");
    postbox_expect_nothing_more(server);
}

LESSON(client_default_question, .step = 3, .points = 0.5, .programs = "client",
       .needs = "client_asks",
       .title = "Sans argument, « Hello UDP server » part vers 127.0.0.1:12345")
{
    struct postbox *server = postbox_open("serveur du juge", "127.0.0.1", default_port());
    START("client");
    postbox_expect_question(server, "Hello UDP server", 16, NULL);
}

LESSON(client_default_message, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_asks", .title = "Sans MESSAGE, « Hello UDP server » part vers HOST et PORT")
{
    struct postbox *server = open_judge_server();
    START("client", "127.0.0.1", test_port());
    postbox_expect_question(server, "Hello UDP server", 16, NULL);
}

LESSON(client_sends_any_message, .step = 3, .points = 0.5, .programs = "client",
       .needs = "client_shows_reply", .defects = "D25",
       .title = "MESSAGE part tel quel : vide, accentué, de 4097 ou de 65 507 octets")
{
    const char *const messages[] = {"", "été € 😀 \\n %s", letters(4097), letters(LONGEST_DATAGRAM)};
    struct postbox *server = open_judge_server();
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct program *client = START("client", "127.0.0.1", test_port(), messages[i]);
        const struct datagram *question =
            postbox_expect_question(server, messages[i], strlen(messages[i]), NULL);
        postbox_answer(server, question, "reçu");
        expect_shown(client, "reçu");
    }
}

LESSON(client_takes_empty_reply, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_shows_reply", .defects = "D30",
       .title = "Une réponse vide est une réponse : « Server Says », une ligne vide, code 0")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_client();
    postbox_answer(server, expect_question(server), "");
    expect_shown(client, "");
}

LESSON(client_speaks_ipv6, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_shows_reply", .title = "Le client interroge aussi un serveur IPv6")
{
    if (!network_has_ipv6())
        verdict_skip("cette machine n'a pas d'IPv6");
    struct postbox *server = postbox_open("serveur IPv6 du juge", "::1", test_port());
    struct program *client = START("client", "::1", test_port(), QUESTION);
    postbox_answer(server, expect_question(server), "il est midi");
    expect_shown(client, "il est midi");
}

LESSON(client_accepts_a_name, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_shows_reply", .title = "HOST peut être un nom : localhost")
{
    struct postbox *server = open_judge_server();
    struct postbox *other = server;
    if (network_has_ipv6())
        other = postbox_open("serveur IPv6 du juge", "::1", test_port());
    struct program *client = START("client", "localhost", test_port(), QUESTION);
    server = postbox_first_with_mail(server, other);
    postbox_answer(server, expect_question(server), "il est midi");
    expect_shown(client, "il est midi");
}
