#include "registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/** Pile d'un thread, en octets : une ligne, une réponse, et une large marge. */
#define STACK_SIZE ((size_t)1024 * 1024)

int registry_init(struct registry *registry, unsigned long limit)
{
    // TODO (étape 4) : un registre vide, son verrou (man 3 pthread_mutex_init), et la limite.
    // TODO (étape 5) : que devient un thread fini ? Piège D46. Les attributs des threads (man 3
    // pthread_attr_init) savent le dire d'avance ; la taille de pile est facultative.
    // TODO (étape 6) : la condition « plus personne » (man 3 pthread_cond_init).
    (void)registry;
    (void)limit;
    return ENOSYS;
}

void registry_destroy(struct registry *registry)
{
    // TODO (étape 6) : rendre tout ce que registry_init a pris.
    (void)registry;
}

/**
 * @brief Écrit `EVENT ADDR:PORT` et `ThreadNumber N`, visibles aussitôt ; à appeler avec le verrou.
 *
 * Les deux lignes restent ainsi ensemble, et les nombres se suivent dans l'ordre où les clients vont
 * et viennent.
 *
 * @param event   `connected to` ou `disconnected from`
 * @param address l'adresse du client, déjà mise en forme
 * @param active  nombre de clients présents
 */
static void announce(const char *event, const char *address, unsigned long active)
{
    // TODO (étape 4) : écrire ici les deux lignes, que l'étape 1 écrivait dans accept_client. Piège
    // D41.
    (void)event;
    (void)address;
    (void)active;
}

/**
 * @brief Inscrit un client au registre et l'annonce ; à appeler avec le verrou.
 *
 * @param registry le registre
 * @param client   le client qui arrive
 */
static void enter(struct registry *registry, struct client *client)
{
    // TODO (étape 4) : compter ce client, puis l'annoncer (announce).
    // TODO (étape 6) : l'inscrire dans la liste, pour que l'arrêt le retrouve.
    (void)registry;
    (void)client;
}

/**
 * @brief Raye un client, ferme son socket, l'annonce et le libère ; à appeler avec le verrou.
 *
 * @param registry le registre
 * @param client   le client qui part ; n'existe plus ensuite
 */
static void leave(struct registry *registry, struct client *client)
{
    // TODO (étape 4) : fermer le socket du client, ne plus le compter, annoncer son départ, libérer
    // sa mémoire. Pièges D39 et D40.
    // TODO (étape 6) : le rayer de la liste ; dire, s'il était le dernier, qu'il ne reste personne
    // (man 3 pthread_cond_signal). Dans quel ordre fermer et rayer ?
    (void)registry;
    (void)client;
}

int registry_admit(struct registry *registry, struct client *client, void *(*serve)(void *))
{
    // TODO (étape 4) : créer le thread, et inscrire le client (enter), en tenant le verrou (man 3
    // pthread_mutex_lock). Et si le thread finit avant l'annonce ? Noter son registre avant tout.
    // TODO (étape 5) : refuser au-delà de la limite. Piège D46.
    (void)registry;
    (void)client;
    (void)serve;
    return -1;
}

void registry_leave(struct client *client)
{
    // TODO (étape 4) : prendre le verrou autour du départ (leave), et seulement autour de lui. Piège
    // D48.
    (void)client;
}

bool registry_is_stopping(const struct registry *registry)
{
    // TODO (étape 6) : lire le drapeau (atomic_load, dans stdatomic.h).
    (void)registry;
    return false;
}

void registry_dismiss(struct registry *registry)
{
    // TODO (étape 6) : lever le drapeau, réveiller chaque thread qui attend son client (man 2
    // shutdown), attendre que tous soient partis (man 3 pthread_cond_wait). Piège D43.
    //
    // Ces lignes évitent les avertissements du squelette ; effacez-les à mesure que vous avancez.
    (void)announce;
    (void)enter;
    (void)leave;
    (void)registry;
}
