// Étape 2 : framing.c seul, par le programme framing_driver (voir framing_driver.c).
#include "judge.h"

#include "lesson.h"

#include <stdlib.h>
#include <string.h>

#define ROOMY "65537"

static struct listener *listener;

static struct program *start_reader(const char *size, struct peer **peer)
{
    listener = listener_open("127.0.0.1");
    struct program *driver = START("framing_driver", "read", "127.0.0.1", test_port(), size);
    *peer = listener_accept(listener, "juge");
    return driver;
}

static struct program *start_sender(const char *length, struct peer **peer)
{
    listener = listener_open("127.0.0.1");
    struct program *driver = START("framing_driver", "send", "127.0.0.1", test_port(), length);
    *peer = listener_accept(listener, "juge");
    return driver;
}

// Les octets que framing_driver envoie : voir write_numbers().
static char *pattern(size_t length)
{
    char *bytes = malloc(length + 1);
    if (bytes == NULL)
        verdict_broken("mémoire insuffisante");
    for (size_t at = 0; at < length; at += 8) {
        char number[8];
        size_t left = at / 8;
        number[0] = (char)('a' + left % 26);
        for (int place = 6; place > 0; place--, left /= 10)
            number[place] = (char)('0' + left % 10);
        number[7] = ' ';
        memcpy(bytes + at, number, length - at < sizeof number ? length - at : sizeof number);
    }
    bytes[length] = '\0';
    return bytes;
}

LESSON(framing_reads_a_line, .step = 2, .points = 0.5, .programs = "framing_driver",
       .title = "read_line rend une ligne sans son \\n, puis la fin de flux",
       .hint = "La main est rendue dès que la ligne est complète, pas quand le tampon est plein ; "
               "avec 0 quand plus rien ne viendra ; et la ligne n'a plus son \\n.")
{
    struct peer *peer;
    struct program *driver = start_reader(ROOMY, &peer);
    peer_send(peer, "bonjour\n");
    program_expect_line(driver, "ligne de 7 octets : bonjour");
    peer_half_close(peer);
    program_expect_line(driver, "fin de flux");
}

static void expect_readers_apart(void)
{
    lesson_ask(
        "Deux flux sont lus à tour de rôle, chacun par son line_reader : ce que l'un garde pour "
        "la suite n'est pas à l'autre. Or une variable static de framing.c est à tous.");
    listener = listener_open_on("127.0.0.1", other_port());
    struct program *driver = START("framing_driver", "pair", "127.0.0.1", other_port(), ROOMY);
    struct peer *first = listener_accept(listener, "premier flux");
    struct peer *second = listener_accept(listener, "second flux");
    peer_send(first, "un\nde");
    program_expect_line(driver, "ligne de 2 octets : un");
    peer_send(second, "trois\n");
    program_expect_line(driver, "ligne de 5 octets : trois");
    peer_send(first, "ux\n");
    program_expect_line(driver, "ligne de 4 octets : deux");
}

LESSON(framing_splits_lines, .step = 2, .points = 0.5, .programs = "framing_driver",
       .needs = "framing_reads_a_line", .defects = "D09",
       .title = "Plusieurs lignes arrivées ensemble sont rendues une à une, la vide aussi",
       .hint = "Une lecture peut rapporter plusieurs lignes : ce qui suit la première attend "
               "l'appel suivant.")
{
    struct peer *peer;
    struct program *driver = start_reader(ROOMY, &peer);
    peer_send(peer, "un\ndeux\n\ntrois\n");
    program_expect_line(driver, "ligne de 2 octets : un");
    program_expect_line(driver, "ligne de 4 octets : deux");
    program_expect_line(driver, "ligne de 0 octet : ");
    program_expect_line(driver, "ligne de 5 octets : trois");
    expect_readers_apart();
}

LESSON(framing_joins_pieces, .step = 2, .points = 0.5, .programs = "framing_driver",
       .needs = "framing_reads_a_line", .defects = "D09 D10",
       .title = "Une ligne arrivée octet par octet est rendue entière, un « é » coupé aussi",
       .hint = "Une lecture peut ne rapporter qu'un bout de ligne, ou la moitié d'un « é » : tant "
               "que le \\n n'est pas venu, la ligne n'est pas finie.")
{
    struct peer *peer;
    struct program *driver = start_reader(ROOMY, &peer);
    peer_send_byte_by_byte(peer, "été");
    peer_send(peer, "\n");
    program_expect_line(driver, "ligne de 5 octets : été");
}

LESSON(framing_reads_last_line, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_reads_a_line",
       .title = "La dernière ligne, sans \\n, est rendue avant la fin de flux",
       .hint = "Ce qui attend encore quand le flux finit est une ligne.")
{
    struct peer *peer;
    struct program *driver = start_reader(ROOMY, &peer);
    peer_send(peer, "un\nfin");
    peer_half_close(peer);
    program_expect_line(driver, "ligne de 2 octets : un");
    program_expect_line(driver, "ligne de 3 octets : fin");
    program_expect_line(driver, "fin de flux");
}

LESSON(framing_keeps_every_byte, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_reads_a_line", .defects = "D10 D22",
       .title = "Octet nul, 0xFF, \\r : une ligne est faite d'octets, pas d'une chaîne C",
       .hint = "Une ligne est faite d'octets quelconques : ce qui suppose une chaîne C (strlen, "
               "strchr) ou un caractère (EOF) s'y trompe.")
{
    struct peer *peer;
    struct program *driver = start_reader(ROOMY, &peer);
    peer_send_bytes(peer, "a\0b\xFF\r\n", 6);
    program_expect_line(driver, "ligne de 5 octets : a\\x00b\\xFF\\x0D");
}

static void expect_no_overlap(const struct program *driver)
{
    if (!program_has_mark(driver, "overlap"))
        return;
    complain_because(
        "memcpy ne promet rien quand les deux zones ont des octets en commun : il peut "
        "écraser ce qu'il lui reste à copier. Le manuel en cite une autre qui s'en "
        "accommode (man 3 memcpy).",
        "%s copie par memcpy une zone de mémoire sur une autre qui la recouvre", driver->actor);
}

LESSON(framing_accepts_longest_line, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_splits_lines", .defects = "D21",
       .title = "Une ligne de size - 1 octets est acceptée, où qu'elle commence dans le tampon",
       .hint =
           "La plus longue ligne a size - 1 octets, où qu'elle commence, et même si le flux finit "
           "avec elle. Avant chaque lecture, combien de place reste-t-il ? Une lecture de zéro "
           "octet rend 0, comme la fin de flux. Et si des octets déjà rendus reparaissent : la "
           "recherche du \\n s'arrête-t-elle à end ?")
{
    struct peer *peer;
    program_inject("overlap=1");
    struct program *driver = start_reader("16", &peer);
    peer_send(peer, "court\n123456789012345\nencore\n543210987654321\n");
    program_expect_line(driver, "ligne de 5 octets : court");
    program_expect_line(driver, "ligne de 15 octets : 123456789012345");
    program_expect_line(driver, "ligne de 6 octets : encore");
    program_expect_line(driver, "ligne de 15 octets : 543210987654321");
    peer_send_byte_by_byte(peer, "octet par octet");
    peer_send(peer, "\n");
    program_expect_line(driver, "ligne de 15 octets : octet par octet");
    expect_no_overlap(driver);
    peer_send(peer, "quinze et finir");
    peer_half_close(peer);
    program_expect_line(driver, "ligne de 15 octets : quinze et finir");
    program_expect_line(driver, "fin de flux");
}

LESSON(framing_refuses_longer_line, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_reads_a_line", .defects = "D21",
       .title = "Une ligne plus longue que le tampon : -1, EMSGSIZE, et rien d'écrit au-delà",
       .hint = "Quand le tampon est plein sans un seul \\n, il n'y a plus de place où lire : "
               "framing.h dit ce qu'il faut rendre.")
{
    struct peer *peer;
    struct program *driver = start_reader("16", &peer);
    peer_send(peer, "1234567890123456789012345678901234567890");
    program_expect_line(driver, "erreur : EMSGSIZE");
}

LESSON(framing_reports_reset, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_reads_a_line", .defects = "D13",
       .title = "Une connexion coupée net est une erreur, pas une fin de flux",
       .hint = "Une lecture rend -1 pour une erreur, et 0 pour la fin de flux ; et errno dit la "
               "cause tant que nul autre appel ne l'a changé.")
{
    struct peer *peer;
    struct program *driver = start_reader(ROOMY, &peer);
    peer_send(peer, "un\n");
    program_expect_line(driver, "ligne de 2 octets : un");
    peer_reset(peer);
    program_expect_line(driver, "erreur : ECONNRESET");
}

LESSON(framing_reads_standard_input, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_reads_a_line framing_reads_last_line",
       .title = "read_line lit aussi un tube : l'entrée standard n'est pas un socket",
       .hint =
           "Deux lignes sont tapées d'avance, la seconde sans \\n : que reste-t-il à rendre quand "
           "l'entrée finit ?")
{
    struct program *driver = START("framing_driver", "read", "-", "-", ROOMY);
    program_type(driver, "tapé\nau clavier");
    program_end_input(driver);
    program_expect_line(driver, "ligne de 5 octets : tapé");
    program_expect_line(driver, "ligne de 10 octets : au clavier");
    program_expect_line(driver, "fin de flux");
}

static bool has_spoken(void *driver)
{
    return ((const struct program *)driver)->out.length > 0;
}

LESSON(framing_sends_everything, .step = 2, .points = 0.25, .programs = "framing_driver",
       .defects = "D11", .title = "send_all envoie huit mégaoctets entiers, même à un lecteur lent",
       .hint = "L'appel send rend le nombre d'octets que le système a pris, parfois moins que "
               "demandé : que devient le reste ?")
{
    const size_t length = 8 << 20;
    struct peer *peer;
    char *expected = pattern(length);
    struct program *driver = start_sender("8388608", &peer);
    // C'est plus que la mémoire des deux systèmes : le lecteur ne lit pas tant que l'envoi n'attend
    // pas, ou ne prétend pas avoir fini.
    peer_stop_reading(peer);
    pump_set_patience(0.1);
    pump_until(has_spoken, driver, 5);
    pump_set_patience(1);
    peer_resume_reading(peer);
    peer_expect_at_least(peer, length);
    peer_expect_bytes(peer, expected, length);
    program_expect_line(driver, "tout est envoyé");
    peer_expect_end(peer);
}

LESSON(framing_survives_short_sends, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_reads_a_line", .defects = "D11",
       .title = "Des envois et des lectures partiels ne changent rien aux octets",
       .hint =
           "Un envoi, une lecture peuvent ne porter que sur quelques octets : ce que chacun rend "
           "est-il regardé, et la suite reprise là où il en est, ni avant ni après ?")
{
    struct peer *peer;
    char *expected = pattern(1000);
    program_inject("short=3");
    struct program *sender = start_sender("1000", &peer);
    peer_expect_bytes(peer, expected, 1000);
    program_expect_line(sender, "tout est envoyé");
    listener_close(listener);

    struct program *reader = start_reader(ROOMY, &peer);
    peer_send(peer, "une ligne lue par morceaux de trois octets\nune autre\n");
    program_expect_line(reader, "ligne de 42 octets : une ligne lue par morceaux de trois octe…");
    program_expect_line(reader, "ligne de 9 octets : une autre");
}

LESSON(framing_survives_interruptions, .step = 2, .points = 0.25, .programs = "framing_driver",
       .needs = "framing_reads_a_line", .defects = "D20",
       .title = "Un appel interrompu par un signal (EINTR) est recommencé")
{
    struct peer *peer;
    char *expected = pattern(1000);
    program_inject("eintr=2,short=100");
    struct program *sender = start_sender("1000", &peer);
    peer_expect_bytes(peer, expected, 1000);
    program_expect_line(sender, "tout est envoyé");
    listener_close(listener);

    struct program *reader = start_reader(ROOMY, &peer);
    peer_send(peer, "bonjour\n");
    program_expect_line(reader, "ligne de 7 octets : bonjour");
    peer_half_close(peer);
    program_expect_line(reader, "fin de flux");
}

LESSON(framing_survives_departure, .step = 2, .points = 0.25, .programs = "framing_driver",
       .defects = "D19",
       .title = "Envoyer à un correspondant parti : -1 et errno, pas la mort par SIGPIPE")
{
    // La connexion est coupée avant l'envoi : la mort du correspondant est déjà connue du système.
    listener = listener_open("127.0.0.1");
    struct program *driver = START("framing_driver", "late", "127.0.0.1", test_port(), "100");
    struct peer *peer = listener_accept(listener, "juge");
    peer_expect_bytes(peer, "!", 1);
    peer_reset(peer);
    program_expect_exit(driver, 0);
    program_expect_line(driver, "erreur : EPIPE");
}
