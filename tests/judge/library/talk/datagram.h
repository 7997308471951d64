/**
 * @file datagram.h
 * @brief Les correspondants UDP du test : clients et serveurs tenus par le juge, geste par geste.
 *
 * Une *boîte* est un socket UDP lié à une adresse, où les datagrammes sont gardés dans l'ordre de
 * leur arrivée, chacun avec son expéditeur et l'instant où le noyau l'a reçu. Perdre un datagramme,
 * c'est ne pas y répondre ; répondre en retard, c'est répondre après un autre événement.
 */
#ifndef HARNESS_DATAGRAM_H
#define HARNESS_DATAGRAM_H

#include "peer_socket.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/** Le plus long message d'un datagramme IPv4, en octets. */
#define LONGEST_DATAGRAM 65507

/** Un datagramme reçu par le juge. */
struct datagram {
    char *bytes;                    /**< Son message. */
    size_t length;                  /**< Sa longueur, en octets, 0 compris. */
    struct sockaddr_storage source; /**< Son expéditeur. */
    socklen_t source_length;        /**< Longueur de cette adresse. */
    char from[PEER_ADDRESS_SIZE];   /**< Son expéditeur, en texte : `127.0.0.1:40112`. */
    bool dated;                     /**< @ref arrived_ms est connu. */
    double arrived_ms; /**< Son arrivée dans le noyau, en millisecondes depuis le début du test. */
};

/** Un socket UDP tenu par le juge. */
struct postbox {
    const char *name;                /**< Son nom dans le compte rendu. */
    struct source source;            /**< Son socket, surveillé par la pompe. */
    int family;                      /**< `AF_INET` ou `AF_INET6`. */
    bool dates;                      /**< Le noyau y date les arrivées. */
    char address[PEER_ADDRESS_SIZE]; /**< Son adresse locale : `127.0.0.1:40112`. */
    char asked[PEER_ADDRESS_SIZE];   /**< À qui il a écrit en dernier. */
    double asked_ms;                 /**< Quand : en millisecondes depuis le début du test. */
    size_t asked_length;             /**< Longueur de ce dernier envoi. */
    size_t asked_count;              /**< Nombre de ses envois. */
    struct datagram **received;      /**< Tout ce qu'il a reçu. */
    size_t count;                    /**< Combien de datagrammes. */
    size_t taken;                    /**< Combien le test en a déjà attendu et reconnu. */
    struct postbox *next;            /**< Ouverte avant celle-ci. */
};

/** @brief Lie un socket à une adresse numérique et à un port (`"0"` : un port libre). */
struct postbox *postbox_open(const char *name, const char *host, const char *port);

/** @brief Lie un socket à 127.0.0.1 et à un port libre : un client du test. */
struct postbox *postbox_client(const char *name);

/** @brief La dernière boîte ouverte ; les autres la suivent, par leur champ `next`. */
struct postbox *postbox_last_opened(void);

/** @brief Ferme le socket : plus personne n'écoute à cette adresse. */
void postbox_close(struct postbox *box);

/** @brief Envoie un datagramme à une adresse numérique. */
void postbox_send(struct postbox *box, const char *host, const char *port, const void *bytes,
                  size_t length);

/** @brief Envoie des octets au serveur du test : 127.0.0.1 ou ::1, et test_port(). */
void postbox_ask_bytes(struct postbox *box, const void *bytes, size_t length);

/** @brief Envoie un texte au serveur du test. */
void postbox_ask(struct postbox *box, const char *text);

/** @brief Envoie des octets à l'expéditeur d'un datagramme, reçu par cette boîte ou une autre. */
void postbox_answer_bytes(struct postbox *box, const struct datagram *to, const void *bytes,
                          size_t length);

/** @brief Envoie un texte à l'expéditeur d'un datagramme. */
void postbox_answer(struct postbox *box, const struct datagram *to, const char *text);

/**
 * @brief Envoie à une adresse un datagramme dont la somme de contrôle est fausse : le noyau ne doit le donner à personne.
 * @param box  la boîte d'où il semble partir
 * @param host l'adresse, numérique, de la famille de cette boîte
 * @param port le port
 * @return `false` si le système ne permet pas de l'envoyer (il faut un réseau isolé)
 * @see raw(7)
 */
bool postbox_send_damaged(const struct postbox *box, const char *host, const char *port);

/** @brief Dit si un datagramme a été reçu, que le test n'a pas encore pris ; ne l'attend pas. */
bool postbox_has_mail(void *box);

/**
 * @brief Oublie ce que chaque boîte a reçu sans que le test l'ait pris : le client suivant n'y est pour rien.
 *
 * Retenu par une machine lente, un client juste redemande pendant que sa réponse l'attend déjà.
 */
void postboxes_forget(void);

/** @brief Attend un datagramme dans l'une de deux boîtes, et rend celle qui l'a reçu. */
struct postbox *postbox_first_with_mail(struct postbox *box, struct postbox *other);

/** @brief Verse des datagrammes sur le serveur du test, sans les noter, ni lire les réponses. */
void postbox_pour(struct postbox *box, const void *bytes, size_t length, int count);

#endif
