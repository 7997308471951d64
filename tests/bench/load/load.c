#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/** Un message commence par son numéro, en autant de chiffres : deux messages ne sont jamais égaux. */
#define NUMBER_DIGITS 10

/** L'en-tête de sockperf : numéro (8), drapeaux (2), longueur (4), l'octet de poids fort d'abord. */
#define SOCKPERF_HEADER 14

#define SLICES 20

void load_fail(const char *what)
{
    fprintf(stderr, "charge : %s : %s\n", what, errno != 0 ? strerror(errno) : "réponse fausse");
    exit(1);
}

double load_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

_Noreturn static void refuse_usage(const char *program)
{
    fprintf(stderr,
            "usage : %s --port N [--seconds S] [--size OCTETS] [--count N] [--greeting TEXTE] "
            "[--reply TEXTE | --prefix TEXTE | --sockperf] [--datagrams]\n",
            program);
    exit(2);
}

static const struct option known[] = {
    {"port", required_argument, NULL, 'p'},  {"seconds", required_argument, NULL, 's'},
    {"size", required_argument, NULL, 'z'},  {"count", required_argument, NULL, 'c'},
    {"reply", required_argument, NULL, 'r'}, {"prefix", required_argument, NULL, 'e'},
    {"sockperf", no_argument, NULL, 'k'},    {"greeting", required_argument, NULL, 'g'},
    {"datagrams", no_argument, NULL, 'd'},   {NULL, 0, NULL, 0},
};

static void take_option(struct load *load, int option, const char *program)
{
    switch (option) {
    case 'p':
        load->port = (unsigned)strtoul(optarg, NULL, 10);
        break;
    case 's':
        load->seconds = strtod(optarg, NULL);
        break;
    case 'z':
        load->size = strtoul(optarg, NULL, 10);
        break;
    case 'c':
        load->count = strtoul(optarg, NULL, 10);
        break;
    case 'r':
        load->reply = optarg;
        break;
    case 'e':
        load->reply = optarg;
        load->echo = true;
        break;
    case 'g':
        load->greeting = optarg;
        break;
    case 'k':
        load->sockperf = true;
        break;
    case 'd':
        load->datagrams = true;
        break;
    default:
        refuse_usage(program);
    }
}

struct load load_parse(int argc, char **argv)
{
    struct load load = {.seconds = 0.5, .size = 32, .count = 1, .reply = ""};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;)
        take_option(&load, option, argv[0]);
    bool sensible = load.port >= 1 && load.port <= 65535 && load.seconds > 0 &&
                    load.seconds <= 60 && load.size >= SOCKPERF_HEADER &&
                    load.size <= MESSAGE_MAX && load.count >= 1 && load.count <= 20000 &&
                    strlen(load.reply) < REPLY_MAX - MESSAGE_MAX - 1;
    if (!sensible || optind != argc)
        refuse_usage(argv[0]);
    return load;
}

void load_raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int load_connect(const struct load *load)
{
    int fd = socket(AF_INET, load->datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (fd < 0)
        load_fail("socket");
    const struct timeval silence = {.tv_sec = SILENCE_MS / 1000};
    const int enabled = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
    // Une question ne doit jamais attendre l'accusé de réception de la précédente : on mesure le serveur.
    if (!load->datagrams)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (const struct sockaddr *)&server, sizeof server) < 0)
        load_fail("connect");
    return fd;
}

void load_expect(int fd, const char *expected, size_t length)
{
    char received[REPLY_MAX];
    for (size_t got = 0; got < length;) {
        ssize_t count = recv(fd, received, length - got, 0);
        if (count <= 0) {
            errno = count == 0 ? ECONNRESET : errno;
            load_fail("recv");
        }
        errno = 0;
        if (memcmp(received, expected + got, (size_t)count) != 0)
            load_fail("réponse");
        got += (size_t)count;
    }
}

void load_send(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);
        if (count < 0)
            load_fail("send");
        bytes += count;
        length -= (size_t)count;
    }
}

void load_greeting(const struct load *load, int fd)
{
    if (load->greeting == NULL)
        return;
    load_expect(fd, load->greeting, strlen(load->greeting));
    load_expect(fd, "\n", 1);
}

static void write_number(char *place, size_t digits, unsigned long number)
{
    while (digits > 0) {
        place[--digits] = (char)('0' + number % 10);
        number /= 10;
    }
}

static void compose_sockperf(const struct load *load, unsigned long number,
                             struct question *question)
{
    unsigned char *header = (unsigned char *)question->message;
    memset(header, 0, SOCKPERF_HEADER);
    for (size_t i = 0; i < sizeof number; i++)
        header[7 - i] = (unsigned char)(number >> (8 * i));
    for (size_t i = 0; i < 4; i++)
        header[13 - i] = (unsigned char)(load->size >> (8 * i));
    // Le bit 0 : le message vient d'un client ; le bit 1 : il demande une réponse, qui n'a plus le bit 0.
    header[9] = 3;
    memcpy(question->reply, question->message, load->size);
    question->reply[9] = 2;
    question->reply_length = load->size;
}

void load_compose(const struct load *load, unsigned long number, struct question *question)
{
    if (question->length == 0)
        memset(question->message, 'x', load->size);
    question->length = load->size;
    if (load->sockperf) {
        compose_sockperf(load, number, question);
        return;
    }
    write_number(question->message, NUMBER_DIGITS, number);
    if (!load->datagrams)
        question->message[load->size - 1] = '\n';
    size_t prefix = strlen(load->reply);
    memcpy(question->reply, load->reply, prefix);
    question->reply_length = prefix;
    if (load->echo) {
        memcpy(question->reply + prefix, question->message, load->size);
        question->reply_length += load->size;
    } else if (!load->datagrams) {
        question->reply[question->reply_length++] = '\n';
    }
}

void pace_begin(struct pace *pace, double seconds)
{
    *pace = (struct pace){.began = load_now(), .slice = seconds / SLICES};
    pace->slice_began = pace->began;
}

bool pace_count(struct pace *pace, double seconds)
{
    pace->done++;
    pace->slice_done++;
    double now = load_now();
    double passed = now - pace->slice_began;
    if (passed >= pace->slice && pace->slices < sizeof pace->rates / sizeof pace->rates[0]) {
        pace->rates[pace->slices++] = (double)pace->slice_done / passed;
        pace->slice_done = 0;
        pace->slice_began = now;
    }
    return now - pace->began < seconds;
}

static int compare(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

void pace_print(struct pace *pace)
{
    double rate = (double)pace->done / (load_now() - pace->began);
    qsort(pace->rates, pace->slices, sizeof pace->rates[0], compare);
    // La tranche médiane : une interruption de la machine ne compte que pour la tranche où elle tombe.
    if (pace->slices > 2)
        rate = pace->rates[pace->slices / 2];
    printf("{\"replies\":%lu,\"rate\":%.3f}\n", pace->done, rate);
}
