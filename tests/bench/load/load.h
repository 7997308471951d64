/**
 * @file load.h
 * @brief Ce que les générateurs de charge ont en commun : leurs options, leurs messages, leur horloge.
 *
 * Un générateur parle à un serveur de 127.0.0.1, vérifie chaque octet de chaque réponse, et écrit une ligne de JSON.
 * Il est borné en temps et en nombre. Code de retour : 0 si tout est juste, 1 sinon.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>

/** Plus long message, en octets. */
#define MESSAGE_MAX 4096

/** Plus longue réponse, en octets. */
#define REPLY_MAX (MESSAGE_MAX + 256)

/** Sans réponse pendant ce temps, en millisecondes, un serveur est dit muet. */
#define SILENCE_MS 20000

/** Ce que demande la ligne de commande. */
struct load {
    unsigned port;  /**< Port du serveur. */
    double seconds; /**< Durée, en secondes. */
    size_t size;    /**< Longueur d'un message, en octets, son `\n` compris s'il en a un. */
    size_t count;   /**< Nombre de clients, de lignes ou de connexions, selon le générateur. */
    const char *greeting; /**< Ce que le serveur dit en premier, ou `NULL`. */
    const char *reply;    /**< Réponse attendue, ou ce qui précède le message renvoyé. */
    bool echo;            /**< La réponse est `reply`, puis le message. */
    bool datagrams;       /**< UDP : un message n'a pas de `\n`. */
    bool sockperf; /**< Les messages de sockperf : 14 octets d'en-tête, renvoyés tels quels. */
};

/** Un message, et la réponse qu'il doit recevoir. */
struct question {
    char message[MESSAGE_MAX]; /**< Le message. */
    size_t length;             /**< Sa longueur, en octets. */
    char reply[REPLY_MAX];     /**< La réponse attendue. */
    size_t reply_length;       /**< Sa longueur, en octets. */
};

/** Le débit, tranche de temps par tranche de temps. */
struct pace {
    double began;             /**< Début, en secondes. */
    double slice;             /**< Durée d'une tranche, en secondes. */
    double slice_began;       /**< Début de la tranche en cours. */
    unsigned long slice_done; /**< Réponses dans cette tranche. */
    unsigned long done;       /**< Réponses en tout. */
    double rates[64];         /**< Réponses par seconde de chaque tranche finie. */
    size_t slices;            /**< Leur nombre. */
};

/** @brief Lit les options, ou finit avec le mode d'emploi (2). */
struct load load_parse(int argc, char **argv);

/** @brief Écrit la cause sur stderr et finit (1). */
_Noreturn void load_fail(const char *what);

/** @brief L'heure, en secondes, qui ne recule jamais. */
double load_now(void);

/** @brief Un socket connecté au serveur (TCP, ou UDP avec `datagrams`). */
int load_connect(const struct load *load);

/** @brief Reçoit exactement ces octets, ou finit. */
void load_expect(int fd, const char *expected, size_t length);

/** @brief Envoie tout, ou finit. */
void load_send(int fd, const char *bytes, size_t length);

/** @brief Reçoit l'accueil, si ce serveur en a un. */
void load_greeting(const struct load *load, int fd);

/** @brief Prépare le message de ce numéro, et sa réponse. */
void load_compose(const struct load *load, unsigned long number, struct question *question);

/** @brief Permet autant de descripteurs que le système en permet. */
void load_raise_descriptors(void);

/** @brief Commence à compter, pour cette durée en secondes. */
void pace_begin(struct pace *pace, double seconds);

/** @brief Une réponse juste de plus ; faux quand le temps est fini. */
bool pace_count(struct pace *pace, double seconds);

/** @brief Écrit `{"replies":…,"rate":…}` ; le débit est celui de la tranche médiane. */
void pace_print(struct pace *pace);

#endif
