/**
 * @file talk.h
 * @brief Les gestes que les tests de ce lab partagent : servir un client, interroger un serveur.
 */
#ifndef UDP_TALK_H
#define UDP_TALK_H

#include "judge.h"

/** Ce que le serveur répond à tout. */
#define REPLY "Hello I'm UDP Server"

/** La question que les tests font poser au client. */
#define QUESTION "quelle heure est-il ?"

/** Nombre d'envois de la question, le premier compris. */
#define SEND_COUNT 4

/** Ce qu'un client peut dormir de trop, en millisecondes : il compte peut-être par petits sommes. */
#define LATE_SLACK_MS 100

/** @brief Fait interrompre par un signal un appel sur deux du programme lancé ensuite, et le dit. */
void note_interruptions(void);

/** @brief Un client du juge pose une question au serveur et reçoit la réponse. */
void expect_service(const char *name);

/**
 * @brief Attend la ligne que le serveur écrit d'un datagramme : son texte, et une adresse.
 *
 * Si l'adresse est la bonne, c'est server_shows_address qui le juge : une adresse mal écrite ne fait perdre qu'une fois.
 */
void expect_received(struct program *server, const struct postbox *client, const char *text);

/**
 * @brief Lance le serveur, et regarde ce qu'il montre d'un premier message, le plus simple.
 *
 * S'il en montre l'adresse, et un autre texte ou aucun, server_shows_datagram le juge, et cela ne se perd qu'une fois :
 * le texte des messages suivants est admis, quel qu'il soit, et tout le reste est jugé.
 *
 * @param sanitizer celui avec lequel il est compilé, ou `NULL`
 */
struct program *start_showing_server(const char *host, const char *sanitizer);

/** @brief Regarde, comme start_showing_server(), ce que le serveur montre de « bonjour », qui vient de lui être envoyé. */
void note_text_shown(struct program *server);

/** @brief Attend de même, et juge aussi l'adresse. */
void expect_received_from(struct program *server, const struct postbox *client, const char *text);

/** @brief Si la prochaine ligne du serveur a une adresse et un mauvais texte, l'échec ne regarde que ce test. */
void spare_others_of_text(struct program *server);

/** Ce qui peut suivre un envoi : la fin du client, ou une question dans l'une des boîtes. */
struct next_move {
    const struct program *client; /**< Le client qui attend. */
    struct postbox *server;       /**< La boîte à qui il a écrit. */
    struct postbox *other;        /**< Une autre boîte, ou `NULL`. */
};

/** @brief Condition d'attente : l'une de ces choses est arrivée. */
bool sent_or_ended(void *move);

/** @brief Ouvre la boîte du serveur tenu par le juge : 127.0.0.1 et test_port(). */
struct postbox *open_judge_server(void);

/** @brief Lance le client vers 127.0.0.1 et test_port(), avec ::QUESTION. */
struct program *start_client(void);

/** @brief De même, et note ce qu'il demande au système : s'il tourne à vide, si un réglage lui est refusé. */
struct program *start_watched_client(void);

/**
 * @brief De même, et à cet instant de la seconde : un délai compté en secondes entières n'est juste ou faux que selon
 * l'instant où il commence.
 * @param phase_ms ce qui est passé de la seconde, à 50 ms près, en millisecondes
 */
struct program *start_client_at(long phase_ms);

/** @brief start_watched_client(), à cet instant de la seconde. */
struct program *start_watched_client_at(long phase_ms);

/** @brief Conclut par un échec si ce client, lancé par start_watched_client(), a tourné à vide. */
void refuse_spin(const struct program *client);

/** @brief Attend la première question, exactement ::QUESTION. */
const struct datagram *expect_question(struct postbox *server);

/**
 * @brief Attend que la question soit renvoyée, ni plus tôt que le contrat ne le dit, ni jamais.
 * @param server la boîte qui n'a pas répondu
 * @param number rang de l'envoi attendu : 2, 3 ou 4
 */
const struct datagram *expect_question_again(struct postbox *server, int number);

/** @brief Vérifie qu'une fois la réponse envoyée la question n'est pas revenue, si ce n'est à son heure, en même temps qu'elle. */
void expect_no_more_question(struct postbox *server);

/** @brief Vérifie que l'envoi de ce rang, déjà reçu, n'est pas parti trop tôt. */
void check_not_too_early(const struct postbox *server, int number);

/** @brief Attente que le contrat met avant l'envoi de ce rang (5 : avant le renoncement), en ms. */
int wait_before_ms(int number);

/** @brief Temps entre le premier envoi et celui de ce rang (5 : le renoncement), en ms. */
int due_ms(int number);

/** Le sommeil d'un client, à partir d'un instant. */
struct vigil {
    const struct program *client; /**< Celui que l'on veille. */
    double since_ms;              /**< Cet instant. */
    double awake_s;               /**< Combien de temps il avait été éveillé jusque-là. */
};

/** @brief Commence à compter le sommeil d'un client. */
struct vigil vigil_begin(const struct program *client);

/**
 * @brief Combien de millisecondes il a dormi jusqu'à cet instant.
 *
 * Calculer, ou attendre un processeur, n'est pas dormir : ce temps-là est celui de la machine.
 */
double vigil_slept_ms(const struct vigil *vigil, double now_ms);

/**
 * @brief Attend qu'une condition soit vraie, d'un client qui ne dort pas davantage que permis.
 * @return ::WAIT_ASLEEP s'il a dormi davantage, et dort encore
 */
enum wait_end vigil_wait(const struct vigil *vigil, double allowed_ms, pump_condition *condition,
                         void *context);

/** @brief Ici se juge la réponse la plus simple : mal montrée par un client qui finit bien, elle ne regarde que ce test. */
void spare_others_of_reply(void);

/** @brief Dit si ce client, qui a montré autre chose que cette réponse, montre mal la plus simple aussi. */
bool every_reply_is_misshown(struct program *client, const char *text);

/**
 * @brief Attend que le client montre la réponse, et rien d'autre, et finisse avec le code 0.
 *
 * Un client qui montre mal toutes les réponses, même la plus simple, est jugé par client_shows_reply.
 */
void expect_shown(struct program *client, const char *text);

/**
 * @brief Attend que le client finisse avec le code 0, cette réponse montrée une fois.
 *
 * Moins exigeant sur le reste de l'affichage, que d'autres tests jugent.
 */
void expect_answered(struct program *client, const char *text);

/**
 * @brief Attend que le client renonce, après quatre envois et quatre attentes.
 * @param server la boîte muette qui a reçu les quatre envois
 * @param other  une boîte qui ne doit rien recevoir, ou `NULL`
 */
void expect_renunciation(struct program *client, struct postbox *server, struct postbox *other);

#endif
