#include "datagram_expect.h"

#include "complain.h"
#include "injection.h"
#include "lesson.h"
#include "sockdiag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct datagram *next(struct postbox *box)
{
    return box->received[box->taken];
}

static bool same_bytes(const struct datagram *datagram, const void *bytes, size_t length)
{
    return datagram->length == length && memcmp(datagram->bytes, bytes, length) == 0;
}

static bool note_reception(const struct socket_view *view, void *context)
{
    struct reception *reception = context;
    if (view->local_port != reception->port)
        return true;
    reception->unread += view->receive_queue;
    reception->open |= view->remote_port == 0;
    reception->reserved |= view->remote_port != 0;
    return true;
}

struct reception reception_at(const char *address)
{
    const char *colon = strrchr(address, ':');
    struct reception reception = {.port = colon != NULL ? (unsigned)atoi(colon + 1) : 0};
    sockets_visit(IPPROTO_UDP, ~0u, note_reception, &reception);
    return reception;
}

static bool showed_every_question(const struct postbox *box)
{
    const struct output *out = &program_first()->out;
    char shown[PEER_ADDRESS_SIZE + 2];
    snprintf(shown, sizeof shown, "%s:", box->address);
    const char *place = out->bytes;
    for (size_t i = 0; i < box->asked_count; i++) {
        if (place == NULL)
            return false;
        size_t passed = (size_t)(place - out->bytes);
        place = memmem(place, out->length - passed, shown, strlen(shown));
        place = place != NULL ? place + strlen(shown) : NULL;
    }
    return place != NULL;
}

// Une file vide ne prouve rien si le noyau a pu écarter la question avant elle.
static const char *cause_of_unread_question(const struct postbox *box,
                                            const struct reception *reception)
{
    if (reception->open || showed_every_question(box))
        return NULL;
    if (reception->reserved)
        return "Rien ne montre que la question ait été lue. Un socket connecté n'entend que son "
               "correspondant : ce qui vient d'un autre, le noyau l'écarte sans un mot. Celui du "
               "serveur l'est-il, et à qui ?";
    return "Plus aucun socket n'est lié au port où la question est allée : "
           "qu'est-ce qui l'a fermé ?";
}

// Une boîte qui a reçu plus de réponses que posé de questions a eu celle d'une autre.
static const struct postbox *favoured_box(const struct postbox *box)
{
    for (const struct postbox *other = postbox_last_opened(); other != NULL; other = other->next) {
        if (other != box && other->count > other->asked_count)
            return other;
    }
    return NULL;
}

static const char *cause_of_lost_reply(const struct postbox *box)
{
    static char text[512];
    const struct postbox *favoured = favoured_box(box);
    if (favoured != NULL)
        snprintf(
            text, sizeof text,
            "La réponse est partie vers « %s », qui en a reçu plus qu'il n'a posé de questions. "
            "Quelle adresse est donnée à l'envoi, et d'où vient-elle ?",
            favoured->name);
    else if (program_is_injected("eintr="))
        snprintf(text, sizeof text,
                 "La question a été lue, mais aucune réponse n'est partie. Des appels sont ici "
                 "interrompus (EINTR) : un envoi interrompu n'a rien envoyé. Le résultat de "
                 "l'envoi est-il regardé, et que fait le programme quand c'est -1 ?");
    else if (program_first()->out.length > 0 && program_first()->err.length == 0 &&
             !showed_every_question(box))
        snprintf(
            text, sizeof text,
            "La question, de %zu octets, a été lue, mais ni montrée ni répondue, quand d'autres "
            "l'ont été : elle est mise de côté dès sa lecture. À quoi y compare-t-on ce que rend "
            "la réception : à un nombre d'octets, ou à un numéro d'erreur ?",
            box->asked_length);
    else if (box->count > 0)
        snprintf(text, sizeof text,
                 "Il a posé %zu questions et reçu %zu réponse(s) : chaque datagramme a la sienne, "
                 "envoyée à son expéditeur, que d'autres soient venus entre-temps ou non.",
                 box->asked_count, box->count);
    else
        snprintf(text, sizeof text,
                 "La question a été lue, mais aucune réponse n'est arrivée à son expéditeur%s : "
                 "quelle adresse et quelle longueur d'adresse sont données à l'envoi ?",
                 program_first()->err.length > 0 ? " (stderr, ci-dessus, dit peut-être pourquoi)"
                                                 : "");
    return text;
}

static const char *cause_of_silence(const struct postbox *box)
{
    const struct reception reception = reception_at(box->asked);
    if (reception.unread > 0)
        return "La question est arrivée, mais elle attend encore dans la file du socket : le "
               "programme ne la lit pas.";
    if (box->asked_length == 0)
        return "Un datagramme vide est un message comme un autre : une réception de 0 octet n'est "
               "ni une erreur, ni la fin de quoi que ce soit.";
    const char *unread =
        favoured_box(box) == NULL ? cause_of_unread_question(box, &reception) : NULL;
    return unread != NULL ? unread : cause_of_lost_reply(box);
}

static _Noreturn void complain_of_bytes(const struct datagram *datagram, const char *bytes,
                                        size_t length, const char *summary)
{
    struct symptoms symptoms = {.program = program_first(),
                                .expected = bytes,
                                .expected_length = length,
                                .received = datagram->bytes,
                                .received_length = datagram->length};
    complain(&symptoms, "%s", summary);
}

static void check_bytes(const struct datagram *datagram, const char *bytes, size_t length,
                        const char *what)
{
    if (same_bytes(datagram, bytes, length))
        return;
    if (length == 0)
        complain_because("Un message vide est un message : un datagramme de 0 octet.",
                         "%s fait %zu octets au lieu de 0", what, datagram->length);
    char summary[256];
    if (datagram->length == 0)
        snprintf(summary, sizeof summary, "%s est un datagramme vide", what);
    else if (datagram->length == length)
        snprintf(summary, sizeof summary, "%s n'est pas celle attendue", what);
    else
        snprintf(summary, sizeof summary, "%s fait %zu octets au lieu de %zu", what,
                 datagram->length, length);
    complain_of_bytes(datagram, bytes, length, summary);
}

// Une suite perdue en route, comme dans un flux, n'est pas une explication entre datagrammes.
static void ask_about_length(const struct datagram *reply, const char *text)
{
    if (reply->length > 0 && reply->length < strlen(text) &&
        memcmp(reply->bytes, text, reply->length) == 0)
        lesson_ask("Un datagramme part et arrive entier : celui-ci est donc parti court. Quelle "
                   "longueur est donnée à l'envoi ?");
}

void postbox_expect_reply(struct postbox *box, const char *text)
{
    enum wait_end end = pump_until(postbox_has_mail, box, 20);
    if (end != WAIT_DONE) {
        struct symptoms symptoms = {
            .end = end, .program = program_first(), .hint = cause_of_silence(box)};
        complain(&symptoms, "« %s » n'a pas reçu de réponse", box->name);
    }
    const struct datagram *reply = next(box);
    char what[128];
    snprintf(what, sizeof what, "la réponse reçue par « %s »", box->name);
    ask_about_length(reply, text);
    check_bytes(reply, text, strlen(text), what);
    if (strcmp(reply->from, box->asked) != 0)
        complain_because("Un client prudent n'écoute que l'adresse à qui il a écrit : la réponse "
                         "part du socket qui a reçu la question, pas d'un autre.",
                         "« %s » a écrit à %s, et c'est %s qui répond", box->name, box->asked,
                         reply->from);
    box->taken++;
}

const struct datagram *postbox_expect_question(struct postbox *box, const void *bytes,
                                               size_t length, const char *hint)
{
    enum wait_end end = pump_until(postbox_has_mail, box, 20);
    if (end != WAIT_DONE) {
        struct symptoms symptoms = {.end = end, .program = program_first(), .hint = hint};
        complain(&symptoms, "aucune question n'est arrivée à « %s », sur %s", box->name,
                 box->address);
    }
    check_bytes(next(box), bytes, length, "la question");
    return box->received[box->taken++];
}

void postbox_expect_nothing_more(struct postbox *box)
{
    pump_now();
    if (box->count == box->taken)
        return;
    struct symptoms symptoms = {.program = program_first(),
                                .expected = "",
                                .received = next(box)->bytes,
                                .received_length = next(box)->length};
    complain(&symptoms, "« %s » a reçu un datagramme que rien ne demandait", box->name);
}
