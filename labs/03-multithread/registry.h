/**
 * @file 03-multithread/registry.h
 * @brief Le registre : qui est là. La seule chose que les threads partagent.
 *
 * La liste des clients présents, leur nombre et les deux lignes qui l'affichent changent ensemble,
 * sous un même verrou, jamais pendant un échange avec un client. Ce verrou ne sort pas de
 * registry.c : qui appelle ces fonctions n'a rien à prendre ni à rendre.
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "display.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/** Un client présent. Ses deux liens sont protégés par le verrou ; le reste n'est qu'à son thread. */
struct client {
    int fd;                          /**< Son socket, fermé par registry_leave(). */
    char address[ADDRESS_TEXT_SIZE]; /**< D'où il vient, déjà mis en forme. */
    struct registry *registry;       /**< Le registre où il est inscrit. */
    struct client *previous;         /**< Son voisin dans le registre. */
    struct client *next;             /**< L'autre voisin. */
};

/** Ce que les threads partagent. Seul registry.c touche à ces champs. */
struct registry {
    pthread_mutex_t mutex;     /**< Protège la liste, le nombre, et l'affichage. */
    pthread_cond_t empty;      /**< Signalée quand le dernier client est parti. */
    struct client *clients;    /**< Les clients présents. */
    unsigned long active;      /**< Leur nombre. */
    unsigned long limit;       /**< Leur nombre maximal ; ne change plus une fois fixé. */
    atomic_bool stopping;      /**< L'arrêt est demandé : se lit sans le verrou. */
    pthread_attr_t attributes; /**< Attributs des threads ; ne changent plus. */
};

/**
 * @brief Prépare un registre vide.
 *
 * @param registry le registre
 * @param limit    nombre maximal de clients présents à la fois
 * @retval 0 le registre est prêt
 * @return sinon le code d'erreur (`ENOMEM`, `EINVAL`…) ; ces fonctions n'emploient pas `errno`
 * @see pthread_attr_setstacksize(3), pthread_attr_setdetachstate(3), pthread_mutex_init(3),
 * pthread_cond_init(3)
 */
int registry_init(struct registry *registry, unsigned long limit);

/**
 * @brief Rend ce que registry_init() avait pris ; plus aucun thread ne doit s'en servir.
 *
 * @param registry le registre, vide
 */
void registry_destroy(struct registry *registry);

/**
 * @brief Inscrit un client, lance son thread et annonce son arrivée, s'il reste une place.
 *
 * Les trois se font sous le verrou : le départ d'un client, si son thread finit aussitôt, attend que
 * son arrivée soit inscrite et affichée.
 *
 * @param registry le registre
 * @param client   le client qui arrive, alloué par malloc() ; si la réponse est 0, il est à son
 *                 thread, que registry_leave() finira ; sinon il reste à l'appelant
 * @param serve    ce que fait le thread ; son argument est @p client
 * @retval 0  le client est inscrit, et servi
 * @retval -1 il n'y a plus de place
 * @return sinon le code d'erreur de `pthread_create` (`EAGAIN`…)
 * @see pthread_create(3)
 */
int registry_admit(struct registry *registry, struct client *client, void *(*serve)(void *));

/**
 * @brief Raye un client du registre, ferme son socket, annonce son départ et le libère.
 *
 * Le dernier geste d'un thread sur ce qui est partagé : aussitôt après, le serveur peut finir.
 *
 * @param client le client qui part ; n'existe plus ensuite
 */
void registry_leave(struct client *client);

/**
 * @brief Dit si les clients sont renvoyés : les erreurs de leurs threads ne sont alors pas des pannes.
 *
 * @param registry le registre
 * @return `true` dès que registry_dismiss() est appelée
 */
bool registry_is_stopping(const struct registry *registry);

/**
 * @brief Renvoie tous les clients, et attend qu'ils soient tous partis.
 *
 * @param registry le registre ; vide ensuite
 * @see shutdown(2), pthread_cond_wait(3)
 */
void registry_dismiss(struct registry *registry);

#endif
