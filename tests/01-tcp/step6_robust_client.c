// Étape 6 : le client tient, quoi que fasse le serveur.
#include "addresses.h"
#include "departure.h"
#include "disguised.h"
#include "judge.h"
#include "letters.h"
#include "overflow.h"

#include "lesson.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static struct program *start_client(struct peer **server)
{
    struct program *client = start_tcp_client(server);
    program_expect_line(client, "socket created");
    program_expect_line(client, "socket connected to 127.0.0.1:%s", test_port());
    return client;
}

static void exchange(struct program *client, struct peer *server, const char *text)
{
    program_type(client, text);
    program_type(client, "\n");
    peer_expect_line(server, "%s", text);
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
}

LESSON(client_shows_late_replies, .step = 6, .points = 0.25, .programs = "client",
       .needs = "client_ends_politely", .defects = "D02",
       .title = "Ce que le serveur envoie après END est encore montré",
       .hint = "Une connexion se ferme dans chaque sens : dire que l'on n'enverra plus n'empêche "
               "pas de recevoir.")
{
    struct peer *server;
    struct program *client = start_client(&server);
    exchange(client, server, "bonjour");
    program_end_input(client);
    peer_expect_line(server, "END");
    peer_expect_end(server);
    programs_wait_until_asleep();
    peer_send(server, "un dernier mot\net un autre, sans fin de ligne");
    peer_close(server);
    program_expect_line(client, "un dernier mot");
    program_expect_line(client, "et un autre, sans fin de ligne");
    program_expect_exit(client, 0);
}

static void expect_farewell(struct program *client, struct peer *server)
{
    peer_expect_line(server, "END");
    peer_expect_end(server);
    peer_close(server);
    program_expect_exit(client, 0);
    program_expect_no_more_output(client);
}

// La dernière ligne tapée peut ne pas avoir de \n ; END non plus, et il ne part alors qu'une fois.
static void expect_last_line_sent(const char *line)
{
    lesson_ask(
        "La dernière ligne tapée n'a pas de \\n : c'est la fin de l'entrée qui la finit, et c'est "
        "une ligne comme une autre. Il en va de même de END.");
    struct listener *listener = listener_open_on("127.0.0.1", other_port());
    struct program *client = START("client", "127.0.0.1", other_port());
    struct peer *server = listener_accept(listener, "serveur du juge");
    program_expect_line(client, "socket created");
    program_expect_line(client, "socket connected to 127.0.0.1:%s", other_port());
    program_type(client, line);
    program_end_input(client);
    if (strcmp(line, "END") != 0) {
        peer_expect_line(server, "%s", line);
        peer_send(server, "Hey client\n");
        program_expect_line(client, "Hey client");
    }
    expect_farewell(client, server);
    listener_close(listener);
}

LESSON(
    client_sends_end_once, .step = 6, .points = 0.25, .programs = "client",
    .needs = "client_ends_politely", .defects = "D02",
    .title = "END tapé : envoyé une seule fois, et rien de ce qui le suit",
    .hint =
        "END, tapé ou non, part une fois, et rien ne part après lui. C'est une ligne de trois "
        "octets, et une ligne tapée est faite d'octets quelconques, que la fin de l'entrée finit "
        "aussi.")
{
    struct peer *server;
    struct program *client = start_client(&server);
    // END est une ligne entière : celles-ci ne font que lui ressembler.
    exchange(client, server, "ENDURANCE");
    exchange(client, server, "END ");
    exchange(client, server, "END\r");
    exchange(client, server, "end");
    program_type_bytes(client, "END\0\n", 5);
    peer_expect_bytes(server, "END\0\n", 5);
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
    const char *question = lesson_question();
    lesson_ask("Un octet tapé vaut de 0 à 255, et EOF n'en est aucun : rangé dans un char, l'octet "
               "255 lui devient égal (man 3 getchar).");
    program_type_bytes(client, "\xFF\xFE\n", 3);
    peer_expect_bytes(server, "\xFF\xFE\n", 3);
    lesson_ask(question);
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
    program_type(client, "END\nceci ne doit pas partir\n");
    program_end_input(client);
    expect_farewell(client, server);
    expect_last_line_sent("une dernière ligne, sans fin de ligne");
    expect_last_line_sent("END");
}

LESSON(client_reports_closing_server, .step = 6, .points = 0.25, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D19",
       .title = "Un serveur qui ferme ou coupe sans répondre : un message, code 1",
       .hint = "Une lecture qui rend 0, un envoi qui échoue : dans les deux cas le serveur est "
               "parti, et le contrat veut un message et le code 1.")
{
    struct peer *server;
    struct program *client = start_client(&server);
    program_type(client, "bonjour\n");
    peer_expect_line(server, "bonjour");
    peer_close(server);
    program_expect_exit(client, 1);
    expect_departure_told(client);

    struct listener *listener = listener_open_on("127.0.0.1", other_port());
    client = START("client", "127.0.0.1", other_port());
    server = listener_accept(listener, "serveur brutal");
    program_expect_line(client, "socket created");
    program_expect_line(client, "socket connected to 127.0.0.1:%s", other_port());
    // La fin de flux avant la coupure : c'est alors EPIPE, donc SIGPIPE, et non ECONNRESET.
    peer_half_close(server);
    peer_reset(server);
    program_type(client, "bonjour\nencore\n");
    program_expect_exit(client, 1);
    expect_departure_told(client);
}

LESSON(client_frames_replies, .step = 6, .points = 0.25, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D09",
       .title = "Une réponse en morceaux, ou deux réponses ensemble, restent des lignes",
       .hint = "Un recv n'est pas une réponse : elle peut arriver en morceaux, ou avec la "
               "suivante.")
{
    struct peer *server;
    program_inject(LONG_SILENCE);
    struct program *client = start_client(&server);
    program_type(client, "un\n");
    peer_expect_line(server, "un");
    peer_send_byte_by_byte(server, "réponse en mor");
    program_expect_patience(client, server);
    peer_send(server, "ceaux\nréponse d'avance\n");
    program_expect_line(client, "réponse en morceaux");
    program_type(client, "deux\n");
    peer_expect_line(server, "deux");
    lesson_ask("Cette réponse est arrivée avec la précédente : ce qu'une lecture a pris de plus "
               "qu'une ligne est-il gardé entre deux lignes ?");
    program_expect_line(client, "réponse d'avance");
    program_type(client, "trois\n");
    peer_expect_line(server, "trois");
    peer_send(server, "sans fin de ligne");
    peer_half_close(server);
    program_expect_line(client, "sans fin de ligne");
}

LESSON(client_shows_bytes_safely, .step = 6, .points = 0.25, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D18 D22",
       .title = "Les octets de contrôle d'une réponse sont montrés échappés",
       .hint = "Un octet reçu n'est pas un caractère : le contrat dit lesquels sont montrés tels "
               "quels, et comment s'écrivent les autres.")
{
    struct peer *server;
    struct program *client = start_client(&server);
    program_type(client, "bonjour\n");
    peer_expect_line(server, "bonjour");
    peer_send_bytes(server, "\x1b[31mrouge\0fin\xFF\r\n", 17);
    program_expect_line(client, "\\x1B[31mrouge\\x00fin\\xFF\\x0D");
    exchange(client, server, "été");
    program_type(client, "encore\n");
    peer_expect_line(server, "encore");
    peer_send(server, DISGUISED_BYTES "\n");
    program_expect_line(client, DISGUISED_SHOWN);
}

// Personne n'écoute : la connexion finit, et ce qui dit qu'elle est finie ne dit pas comment.
static void expect_interrupted_refusal(void)
{
    program_inject("connect=1");
    struct program *client = START("client", "127.0.0.1", other_port());
    pump_until(program_has_ended, client, 20);
    pump_now();
    if (client->out.length > 0 && strstr(client->out.bytes, "socket connected") != NULL)
        complain_because("Interrompu, connect a continué sans le programme, et la connexion a été "
                         "refusée. Attendre qu'elle finisse (poll) ne dit pas comment elle a fini "
                         ": qu'est-ce qui le dit (man 2 connect, EINPROGRESS) ?",
                         "personne n'écoute sur ce port, et %s annonce une connexion",
                         client->actor);
    program_expect_exit(client, 1);
    program_expect_error(client, "client", "127.0.0.1", other_port(), "Connection refused");
}

LESSON(client_survives_short_calls, .step = 6, .points = 0.25, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D11 D20",
       .title = "Envois et lectures partiels, appels interrompus : le dialogue n'en est pas changé",
       .hint = "Ici chaque envoi et chaque lecture ne porte que sur un octet, et un appel sur "
               "deux est interrompu (EINTR) : ce que rend chaque appel est-il regardé ?")
{
    struct peer *server;
    program_inject("short=1,eintr=2,connect=1");
    struct program *client = start_client(&server);
    exchange(client, server, "une ligne envoyée octet par octet");
    program_signal(client, SIGSTOP);
    program_signal(client, SIGCONT);
    exchange(client, server, "et une autre");
    expect_interrupted_refusal();
}

// Qui finit avec le code 1 a vu l'erreur : le contrat ne lui défend pas de prendre congé.
static void refuse_farewell(struct program *client, const struct peer *server)
{
    pump_until(program_has_ended, client, 20);
    pump_now();
    bool saw_error = client->ended && WIFEXITED(client->status) && WEXITSTATUS(client->status) == 1;
    size_t length = server->length - server->consumed;
    if (saw_error || length < 4 || memcmp(server->bytes + server->consumed, "END\n", 4) != 0)
        return;
    complain_because(
        "Le client prend congé comme à la fin de l'entrée. read_line rend 0 à la fin, et "
        "-1 (EMSGSIZE) quand la ligne est trop longue : les deux sont-ils distingués ?",
        "65 537 octets ont été tapés sans fin de ligne, et « %s » reçoit END", server->name);
}

LESSON(client_sends_longest_line, .step = 6, .points = 0.25, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D21",
       .title = "65 536 octets tapés sont encore une ligne ; un de plus : message, code 1",
       .hint = "65 536 octets, plus le \\n : la place prévue suffit-elle partout où la ligne "
               "passe ?")
{
    struct peer *server;
    struct program *client = start_client(&server);
    char *longest = long_line(65536);
    program_type(client, longest);
    peer_expect_line(server, "%.65536s", longest);
    peer_send(server, "Hey client\n");
    program_expect_line(client, "Hey client");
    lesson_ask(
        "Une ligne de plus de 65 536 octets est tapée : read_line ne la rend pas. Que fait le "
        "client de ce qu'elle rend alors ? Le contrat veut un message et le code 1.");
    program_type(client, long_line(65537));
    refuse_farewell(client, server);
    program_expect_exit(client, 1);
    program_expect_error(client, "client");
}

LESSON(client_limits_reply, .step = 6, .points = 0.125, .programs = "client",
       .needs = "client_sends_and_shows", .defects = "D21",
       .title = "65 536 octets sont encore une réponse ; une réponse sans fin : un message, code 1",
       .hint = "Une réponse n'a pas toujours de fin : passé 65 536 octets, le contrat veut un "
               "message et le code 1.")
{
    const size_t length = 1 << 20;
    struct peer *server;
    struct program *client = start_client(&server);
    char *longest = long_line(65536);
    program_type(client, "bonjour\n");
    peer_expect_line(server, "bonjour");
    // Tout est lu, et il n'y manque que sa fin : une réponse pleine n'est pas encore une réponse trop longue.
    peer_send_bytes(server, longest, 65536);
    peer_wait_until_read(server);
    peer_send_while_open(server, "\n", 1);
    program_expect_line(client, "%.65536s", longest);
    program_type(client, "encore\n");
    peer_expect_line(server, "encore");
    peer_send_while_open(server, long_line(length), length);
    program_expect_exit(client, 1);
    program_expect_error(client, "client");
}

LESSON(client_has_no_memory_error, .step = 6, .points = 0.125, .programs = "client",
       .sanitizers = "address", .needs = "client_sends_longest_line client_limits_reply",
       .defects = "D21", .title = "Client : aucun débordement, AddressSanitizer n'a rien à dire",
       .hint = "La plus longue ligne emplit sa place jusqu'au dernier octet : qu'écrit-on encore "
               "après lui ?")
{
    expect_no_client_overflow("", 0);
}
