#include "stops.h"

#include "judge.h"
#include "sockdiag.h"
#include "visible.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/** Un instant où le signal gêne. */
struct moment {
    const char *setting; /**< Comment il se demande : inject_preload.c. */
    const char *when;    /**< Comment il se dit. */
    const char *cause;   /**< Ce qu'il faut se demander de qui ne s'arrête pas. */
    const char *fate;    /**< Ce qu'il fait alors, ou ce qu'il en advient. */
};

static const struct moment before_waiting = {
    "stop=1", "juste avant une attente",
    "Le signal est venu après le dernier regard à l'ordre de s'arrêter, et juste avant l'attente : "
    "il a été reçu, mais rien n'interrompt plus l'attente, qui n'avait pas commencé.",
    "est perdu"};

static const struct moment before_reading = {
    "reading=1", "juste avant la lecture d'un client",
    "Le signal est venu après le dernier regard à l'ordre de s'arrêter, et juste avant de lire ce "
    "que dit le client : il a été reçu, mais rien n'interrompt plus cette lecture, qui n'avait pas "
    "commencé.",
    "est perdu"};

static const struct moment at_arrival = {
    "arrival=1", "quand un client arrivait",
    "Le signal est venu quand accept allait rendre un client, que rien d'autre dans le programme "
    "ne connaissait encore. L'ordre de s'arrêter est-il regardé entre cet instant et l'attente qui "
    "suit ?",
    "est perdu"};

static const struct moment at_opening = {
    "opening=1", "dès que le socket était prêt",
    "Le signal est venu dès que le socket a été prêt, quand rien d'autre dans le programme ne "
    "connaissait encore son descripteur. L'ordre de s'arrêter est-il regardé entre cet instant et "
    "la première attente ?",
    "est perdu"};

static const struct moment while_holding = {
    "holding=1", "quand un verrou était pris",
    "Un gestionnaire s'exécute au milieu de ce que le thread faisait : ici, ce thread tenait un "
    "verrou. Si le gestionnaire le demande à son tour (pthread_mutex_lock), il l'attend de "
    "lui-même, pour toujours (man 7 signal-safety).",
    "fige le serveur"};

static const struct moment at_interruption = {
    "retry=1", "juste après une attente interrompue",
    "Une attente venait d'être interrompue (EINTR) ; le gestionnaire de signal s'est exécuté avant "
    "que le programme lise errno, qui a changé.",
    "est perdu"};

bool stop_has_struck(const struct program *server)
{
    char mark[16];
    snprintf(mark, sizeof mark, "%.*s", (int)strcspn(program_injection(), "="),
             program_injection());
    return server->ended || program_has_mark(server, mark);
}

/** Un serveur que l'on veut voir prêt, ou fini. */
struct start {
    const struct program *server;
    int protocol;
};

static bool is_ready_or_ended(void *context)
{
    const struct start *start = context;
    return start->server->ended ||
           port_is_open(start->protocol, AF_INET, (unsigned)atoi(other_port()));
}

static struct program *start_for(const struct moment *moment)
{
    server_wait_for_port(other_port());
    program_inject(moment->setting);
    return START("server", "127.0.0.1", other_port());
}

static void refuse_unset_action(const struct program *server)
{
    if (server->ended || !program_has_mark(server, "unset-action"))
        return;
    complain_because("Une variable locale à qui rien n'est donné contient ce que la mémoire "
                     "contenait. De la structure donnée à sigaction, chaque champ a-t-il une "
                     "valeur : les options (sa_flags), les signaux à retenir (sa_mask) ?",
                     "%s donne à sigaction une structure dont un champ n'a jamais été rempli",
                     server->actor);
}

static void expect_end(struct program *server, const struct moment *moment)
{
    if (!stop_has_struck(server)) {
        program_signal(server, SIGTERM);
        program_expect_exit(server, 0);
        return;
    }
    enum wait_end end = pump_until(program_has_ended, server, 20);
    if (end == WAIT_ASLEEP) {
        struct symptoms symptoms = {.end = end, .program = server, .hint = moment->cause};
        complain(&symptoms, "SIGTERM, arrivé %s, %s", moment->when, moment->fate);
    }
    program_expect_exit(server, 0);
}

static void stop_at(const struct moment *moment, int protocol, stop_visit *visit)
{
    struct program *server = start_for(moment);
    if (protocol == IPPROTO_UDP)
        server_expect_bound(server, other_port());
    else
        server_expect_listening(server, other_port());
    // Endormi, il a dit au système ce qu'il veut faire des signaux, et aucun ne l'a encore surpris.
    programs_wait_until_asleep();
    refuse_unset_action(server);
    struct peer *client = visit(server);
    expect_end(server, moment);
    // Coupée net, cette connexion ne reste pas en TIME_WAIT : le port peut resservir, même sans option.
    if (client != NULL)
        peer_reset(client);
}

static void stop_at_opening(int protocol)
{
    struct program *server = start_for(&at_opening);
    struct start start = {server, protocol};
    pump_until(is_ready_or_ended, &start, 1);
    programs_wait_until_asleep();
    expect_end(server, &at_opening);
}

// L'attente n'échoue que si errno a changé : qui finit mal ici, et bien ailleurs, a lu l'errno d'un autre appel.
static void stop_at_interruption(int protocol, stop_visit *visit)
{
    struct program *server = start_for(&at_interruption);
    struct start start = {server, protocol};
    pump_until(is_ready_or_ended, &start, 1);
    struct peer *client = visit(server);
    if (!stop_has_struck(server))
        program_signal(server, SIGTERM);
    program_expect_end(server);
    if (client != NULL)
        peer_reset(client);
    if (!WIFEXITED(server->status) || WEXITSTATUS(server->status) != EXIT_FAILURE)
        return;
    char *said = visible_short(server->err.bytes, strcspn(server->err.bytes, "\n"));
    char cause[1024];
    snprintf(cause, sizeof cause,
             "%s Il disait sur stderr : « %s ». Un gestionnaire s'exécute entre deux instructions "
             "quelconques : que doit-il y laisser comme il l'a trouvé ?",
             at_interruption.cause, said);
    free(said);
    complain_because(cause, "SIGTERM, arrivé %s, fait finir %s avec le code 1, et non 0",
                     at_interruption.when, server->actor);
}

void expect_stop_at_any_moment(stop_visit *visit)
{
    stop_at(&before_waiting, IPPROTO_TCP, visit);
    stop_at(&at_arrival, IPPROTO_TCP, visit);
    stop_at(&before_reading, IPPROTO_TCP, visit);
    stop_at(&while_holding, IPPROTO_TCP, visit);
    stop_at_opening(IPPROTO_TCP);
    stop_at_interruption(IPPROTO_TCP, visit);
}

void expect_datagram_stop_at_any_moment(stop_visit *visit)
{
    stop_at(&before_waiting, IPPROTO_UDP, visit);
    stop_at(&while_holding, IPPROTO_UDP, visit);
    stop_at_opening(IPPROTO_UDP);
    stop_at_interruption(IPPROTO_UDP, visit);
}

// La fin de flux que le serveur a lui-même provoquée n'est pas celle du client.
void refuse_reply_to_half_line(const struct peer *client)
{
    pump_now();
    if (client->length == client->consumed)
        return;
    complain_because(
        "Une ligne sans \\n est entière quand celui qui l'envoie a fini d'envoyer : "
        "celui-ci n'a rien fini. Ce que l'appel réveillé a rendu vient-il du client, ou "
        "de l'arrêt ?",
        "« %s » n'avait pas fini sa ligne, et l'arrêt y a fait répondre", client->name);
}
