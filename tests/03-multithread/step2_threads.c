// Étape 2 : chaque client a son service, sans attendre les autres.
#include "addresses.h"
#include "letters.h"
#include "multithread.h"
#include "stuck.h"

#include "lesson.h"
#include "transcript.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BARRIER 64

// Plus que n'en contiennent les tables que l'on taille à l'œil, et qu'un fd_set (FD_SETSIZE).
#define CROWD 1100

// Ceux qui parlent encore au second tour.
#define TALKATIVE 200

// Les descripteurs du juge, ou du serveur, qui ne sont pas des clients.
#define SPARE_DESCRIPTORS 64

// Ce que le système admet de clients à la fois, pour le juge comme pour le serveur ; et valgrind n'a que cinq cents threads.
static int crowd_size(void)
{
    if (pump_slowness() > 1)
        return TALKATIVE;
    long allowed = resources_allow_descriptors(CROWD + SPARE_DESCRIPTORS) - SPARE_DESCRIPTORS;
    if (allowed >= CROWD)
        return CROWD;
    transcript_note("juge", "·", "ce système n'admet que %ld clients à la fois, non %d", allowed,
                    CROWD);
    return (int)allowed;
}

LESSON(server_replies, .step = 2, .points = 0.5, .programs = "server", .needs = "server_welcomes",
       .defects = "D35 D36", .title = "Une ligne reçoit sa réponse",
       .hint = "La réponse est « Hello I'm Server », une espace, la ligne reçue, puis \\n.")
{
    start_server();
    struct peer *client = arrive("client");
    exchange(client, "bonjour");
}

LESSON(server_replies_to_each_line, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_replies",
       .title = "Chaque ligne a sa réponse, la ligne vide et END comprises",
       .hint = "Ici aucune ligne n'est une commande : la ligne vide et END ont leur réponse, et la "
               "connexion reste ouverte.")
{
    start_server();
    struct peer *client = arrive("client");
    exchange(client, "un");
    exchange(client, "");
    exchange(client, "END");
    exchange(client, "ça continue");
    peer_expect_nothing_more(client);
}

LESSON(
    server_ends_on_end_of_stream, .step = 2, .points = 0.25, .programs = "server",
    .needs = "server_replies", .defects = "D37",
    .title = "La fin de flux ferme la connexion, sans réponse de trop",
    .hint =
        "La fin de flux n'est pas une ligne : rien ne lui répond, et le thread finit après elle.")
{
    start_server();
    struct peer *client = arrive("client");
    exchange(client, "bonjour");
    peer_half_close(client);
    peer_expect_end(client);
    struct peer *mute = arrive("client muet");
    peer_half_close(mute);
    peer_expect_end(mute);
}

// Une attente bornée peut ne l'être que d'une famille d'adresses.
static void expect_patience_of(struct program *server, const char *host, const char *port)
{
    program_expect_patience(server, NULL);
    server_expect_listening(server, port);
    struct peer *client = peer_connect_to("client", host, port);
    peer_expect_line(client, WELCOME);
    program_expect_patience(server, client);
    exchange(client, "bonjour");
    program_expect_patience(server, client);
    exchange(client, "encore");
}

LESSON(
    server_waits_in_silence, .step = 2, .points = 0.25, .programs = "server",
    .needs = "server_replies", .defects = "D38 D48",
    .title = "Un client qui se tait, même longtemps, n'est pas quitté ; le serveur dort",
    .hint = "Un client qui se tait est encore là : quel appel attend sa ligne, et jusqu'à quand ?")
{
    expect_silence_borne(expect_patience_of, WELCOME);
}

LESSON(server_serves_beside_silence, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D48",
       .title = "Un client qui se tait ne retarde personne, et n'occupe personne",
       .hint = "Pendant qu'un client se tait, qui appelle accept ? Et le thread d'un autre peut-il "
               "avancer ?")
{
    program_inject(LONG_SILENCE);
    struct program *server = start_server();
    struct peer *silent = arrive("client silencieux");
    struct peer *second = arrive("deuxième client");
    exchange(second, "bonjour");
    struct peer *third = arrive("troisième client");
    exchange(third, "bonjour");
    lesson_ask(
        "Un autre client est arrivé depuis. Ce que chaque thread garde du sien (socket, lecture, "
        "réponses) n'est-il qu'à lui ? Ce qui est global, ou static, est à tous.");
    exchange(second, "encore");
    exchange(silent, "enfin");
    program_expect_rest(server, "que personne ne sollicite");
}

LESSON(server_serves_all_together, .step = 2, .points = 0.5, .programs = "server",
       .needs = "server_replies", .defects = "D45 D48",
       .title = "Soixante-quatre clients sont tous accueillis avant qu'aucun ne parle",
       .hint =
           "Chaque client a son thread dès son arrivée : rien d'autre que -m n'en borne le nombre.")
{
    static struct peer *clients[BARRIER];
    start_server();
    for (int i = 0; i < BARRIER; i++)
        clients[i] = arrive("client %d", i + 1);
    // Tous sont là : ils parlent dans l'ordre inverse.
    for (int i = BARRIER - 1; i >= 0; i--) {
        char line[32];
        snprintf(line, sizeof line, "je suis le numéro %d", i + 1);
        exchange(clients[i], line);
    }
}

static void converse_with(struct peer *const *clients, int count, int round)
{
    for (int i = 0; i < count; i++) {
        char line[32];
        snprintf(line, sizeof line, "%d, tour %d\n", i + 1, round);
        peer_send(clients[i], line);
    }
    for (int i = 0; i < count; i++)
        peer_expect_line(clients[i], REPLY "%d, tour %d", i + 1, round);
}

LESSON(
    server_serves_a_crowd, .step = 2, .points = 0.25, .programs = "server",
    .needs = "server_serves_all_together", .defects = "D45",
    .title = "Onze cents clients à la fois : chacun ses réponses, et elles seules",
    .hint =
        "Ce qu'un thread sait de son client (son socket, son adresse, ses lignes, ses "
        "réponses) n'est-il qu'à lui ? Est à tous ce qui est global, ou static, et toute "
        "variable dont l'adresse a été donnée : celle d'une boucle change au tour suivant, et une "
        "table que realloc agrandit n'est plus à l'adresse que ce thread a reçue.")
{
    static struct peer *clients[CROWD];
    int count = crowd_size();
    // Un thread qui tarde à démarrer trouve-t-il encore ce qu'on lui a confié ? Et jusqu'à la fin ?
    program_inject("late=1,move=1");
    struct program *server = start_server();
    gather(clients, 0, count);
    converse_with(clients, count, 1);
    converse_with(clients, count < TALKATIVE ? count : TALKATIVE, 2);
    for (int i = 0; i < count; i++)
        peer_half_close(clients[i]);
    for (int i = 0; i < count; i++)
        peer_expect_end(clients[i]);
    programs_wait_until_asleep();
    program_expect_alive(server);
}

LESSON(server_splits_lines, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D42",
       .title = "Trois lignes arrivées ensemble ont trois réponses",
       .hint = "TCP transporte des octets, pas des messages : c'est \\n qui finit une ligne, non "
               "la fin d'un recv.")
{
    start_server();
    struct peer *client = arrive("client");
    peer_send(client, "un\ndeux\n\ntro");
    peer_expect_line(client, REPLY "un");
    lesson_ask("Ces lignes sont arrivées ensemble : chacune finit à son \\n, non à la fin d'un "
               "recv, et ce qu'une lecture a pris de plus que la première est à garder.");
    peer_expect_line(client, REPLY "deux");
    peer_expect_line(client, REPLY "%s", "");
    peer_send(client, "is\n");
    peer_expect_line(client, REPLY "trois");
}

LESSON(server_joins_pieces, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D36 D42",
       .title = "Une ligne arrivée octet par octet n'a qu'une réponse, et ne retarde personne",
       .hint = "TCP transporte des octets, pas des messages : c'est \\n qui finit une ligne, non "
               "la fin d'un recv.")
{
    program_inject(LONG_SILENCE);
    struct program *server = start_server();
    struct peer *client = arrive("client");
    peer_send_byte_by_byte(client, "été");
    peer_expect_nothing_more(client);
    program_expect_patience(server, client);
    struct peer *other = arrive("autre client");
    exchange(other, "bonjour");
    peer_send(client, "\n");
    peer_expect_line(client, REPLY "été");
}

LESSON(server_serves_beside_slow_reader, .step = 2, .points = 0.5, .programs = "server",
       .needs = "server_splits_lines server_joins_pieces", .defects = "D38 D48",
       .title = "Un client qui ne lit plus ses réponses ne retarde personne, et n'en perd aucune",
       .hint = "Que garde pour lui un thread arrêté dans send, et qui d'autre l'attend ? Un socket "
               "plein n'est pas un client parti.")
{
    program_inject(FRESH_DESCRIPTORS);
    struct program *server = start_server();
    struct peer *other = arrive("autre client");
    struct peer *slow = flood(server, "client qui ne lit plus");
    program_expect_rest(server, "dont un client ne lit plus");
    exchange(other, "bonjour");
    peer_half_close(other);
    peer_expect_end(other);
    // Une arrivée et un départ de plus : un verrou gardé pendant l'envoi les arrêterait.
    expect_service("nouveau client");
    expect_service("dernier client");
    expect_flood_answered(slow);
}

LESSON(server_answers_last_line, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D37",
       .title = "Une dernière ligne sans \\n reçoit encore sa réponse",
       .hint = "Ce qui est arrivé avant la fin de flux a été envoyé, même sans \\n.")
{
    struct program *server = start_server();
    struct peer *client = arrive("client");
    // Suspendu, il trouvera la ligne et la fin de flux ensemble.
    program_signal(server, SIGSTOP);
    peer_send(client, "au revoir");
    peer_half_close(client);
    program_signal(server, SIGCONT);
    peer_expect_line(client, REPLY "au revoir");
    peer_expect_end(client);
}

LESSON(server_passes_bytes, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D36",
       .title = "Les octets passent tels quels : octet nul, UTF-8 invalide, caractères de contrôle",
       .hint = "Ce qui vient du réseau est une suite d'octets avec une longueur, pas une chaîne C, "
               "et repart sans changement.")
{
    static const char line[] = "a\0b\xFF\xC3 \x1b[2J %s\r\n";
    static const char reply[] = REPLY "a\0b\xFF\xC3 \x1b[2J %s\r\n";
    start_server();
    struct peer *client = arrive("client");
    peer_send_bytes(client, line, sizeof line - 1);
    peer_expect_bytes(client, reply, sizeof reply - 1);
}

/** Une réponse attendue, dont il faut savoir si elle recommence en route. */
struct awaited_reply {
    const struct peer *client;
    size_t length;
};

static bool starts_again(const struct peer *client)
{
    const size_t start = strlen(REPLY);
    size_t received = client->length - client->consumed;
    return received > start &&
           memmem(client->bytes + client->consumed + start, received - start, REPLY, start) != NULL;
}

static bool reply_is_known(void *context)
{
    const struct awaited_reply *reply = context;
    const struct peer *client = reply->client;
    return client->ended || client->error != 0 ||
           client->length - client->consumed >= reply->length || starts_again(client);
}

// La ligne n'est faite que de lettres : ce début n'y revient que si le serveur l'y a remis.
static void refuse_second_start(const struct peer *client, size_t length)
{
    struct awaited_reply reply = {.client = client, .length = length};
    pump_until(reply_is_known, &reply, 20);
    if (starts_again(client))
        complain_because("La réponse recommence au milieu de la ligne : un morceau lu a été pris "
                         "pour une ligne. C'est \\n qui la finit, non la fin d'un recv.",
                         "« %s » a envoyé une seule ligne, et la réponse contient deux fois « %s»",
                         client->name, REPLY);
}

LESSON(server_accepts_longest_line, .step = 2, .points = 0.25, .programs = "server",
       .needs = "server_replies", .defects = "D42",
       .title = "Une ligne de 65 536 octets est encore une ligne ; sa réponse en a 65 553",
       .hint = "La limite porte sur la ligne sans son \\n ; la réponse est plus longue qu'elle.")
{
    start_server();
    struct peer *client = arrive("client");
    char *line = long_line(65536);
    // Tout est lu, et il n'y manque que sa fin : une ligne pleine n'est pas encore une ligne trop longue.
    peer_send_bytes(client, line, 65536);
    peer_wait_until_read(client);
    // S'il l'a déjà écartée, c'est à la réponse qui manque que cela se lit.
    peer_send_while_open(client, "\n", 1);
    refuse_second_start(client, strlen(REPLY) + 65537);
    peer_expect_line(client, REPLY "%.65536s", line);
    free(line);
    exchange(client, "et une courte");
}
