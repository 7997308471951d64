// Étape 3 : le client pose une question et montre la réponse.
#include "addresses.h"
#include "letters.h"
#include "talk.h"

#include <string.h>

LESSON(client_shows_reply, .step = 3, .points = 2, .programs = "client", .needs = "client_asks",
       .defects = "D24",
       .title = "Le client montre la réponse, rien d'autre, et finit avec le code 0",
       .hint = "Le contrat veut « Server Says », puis à la ligne suivante le texte de la réponse, "
               "de la longueur reçue, et rien d'autre.")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_client();
    postbox_answer(server, expect_question(server), "il est midi");
    spare_others_of_reply();
    expect_shown(client, "il est midi");
    expect_no_more_question(server);
}

LESSON(client_default_question, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_asks",
       .title = "Sans argument, « Hello UDP server » part vers 127.0.0.1:12345",
       .hint = "Sans argument, ce sont les valeurs par défaut du contrat qui servent.")
{
    struct postbox *server = postbox_open("serveur du juge", "127.0.0.1", default_port());
    START("client");
    postbox_expect_question(server, "Hello UDP server", 16, NULL);
}

LESSON(client_default_message, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_asks", .title = "Sans MESSAGE, « Hello UDP server » part vers HOST et PORT",
       .hint = "MESSAGE est facultatif, même quand HOST et PORT sont donnés.")
{
    struct postbox *server = open_judge_server();
    START("client", "127.0.0.1", test_port());
    postbox_expect_question(server, "Hello UDP server", 16, NULL);
}

LESSON(client_sends_any_message, .step = 3, .points = 0.5, .programs = "client",
       .needs = "client_shows_reply", .tolerant = true, .defects = "D25",
       .title = "MESSAGE part tel quel : vide, accentué, « -h », de 4097 ou de 65 507 octets",
       .hint = "MESSAGE part tel quel, en un datagramme, vide s'il est vide : ce n'est ni un "
               "format, ni une option, et 65 507 octets y tiennent.")
{
    const char *const messages[] = {"", "été € 😀 \\n %s", "-h", letters(4097),
                                    letters(LONGEST_DATAGRAM)};
    struct postbox *server = open_judge_server();
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        postboxes_forget();
        struct program *client = START("client", "127.0.0.1", test_port(), messages[i]);
        const struct datagram *question =
            postbox_expect_question(server, messages[i], strlen(messages[i]), NULL);
        postbox_answer(server, question, "reçu");
        expect_shown(client, "reçu");
    }
}

LESSON(client_takes_empty_reply, .step = 3, .points = 0.5, .programs = "client",
       .needs = "client_shows_reply", .tolerant = true, .defects = "D30",
       .title = "Une réponse vide est une réponse : « Server Says », une ligne vide, code 0",
       .hint = "Une réponse vide est une réponse : recevoir 0 octet n'est ni une erreur, ni la fin "
               "de quoi que ce soit.")
{
    struct postbox *server = open_judge_server();
    struct program *client = start_client();
    postbox_answer(server, expect_question(server), "");
    expect_shown(client, "");
}

LESSON(client_speaks_ipv6, .step = 3, .points = 0.25, .programs = "client",
       .needs = "client_shows_reply", .tolerant = true,
       .title = "Le client interroge aussi un serveur IPv6",
       .hint = "« ::1 » est une adresse IPv6 : le programme suppose-t-il IPv4 quelque part ?")
{
    require_ipv6();
    struct postbox *server = postbox_open("serveur IPv6 du juge", "::1", test_port());
    struct program *client = START("client", "::1", test_port(), QUESTION);
    postbox_answer(server, expect_question(server), "il est midi");
    expect_shown(client, "il est midi");
}

LESSON(
    client_accepts_a_name, .step = 3, .points = 0.25, .programs = "client",
    .needs = "client_shows_reply", .tolerant = true,
    .title = "HOST peut être un nom : localhost ; inconnu, il est refusé, code 1",
    .hint = "« localhost » est un nom, pas une adresse : quelle fonction traduit l'un en l'autre ?")
{
    struct postbox *server = open_judge_server();
    struct postbox *other = server;
    if (network_has_ipv6())
        other = postbox_open("serveur IPv6 du juge", "::1", test_port());
    struct program *client = START("client", "localhost", test_port(), QUESTION);
    server = postbox_first_with_mail(server, other);
    postbox_answer(server, expect_question(server), "il est midi");
    expect_shown(client, "il est midi");

    // Un nom mal formé est refusé sans interroger personne : la réponse ne dépend pas du réseau.
    client = START("client", "nom..inconnu", test_port(), QUESTION);
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "nom..inconnu");
    program_expect_resolver_reason(client);
    program_expect_no_more_output(client);
}
