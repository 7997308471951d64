#include "registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

// --- Étape 4 : le compte juste -------------------------------------------------------------------

/** Pile d'un thread, en octets : une ligne, une réponse, et une large marge. */
#define STACK_SIZE ((size_t)1024 * 1024)

int registry_init(struct registry *registry, unsigned long limit)
{
    // TODO (étape 4, puis 5 et 6) : personne, une limite, un verrou (man 3 pthread_mutex_init).
    return ENOSYS;
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
    // TODO (étape 4) : écrire les deux lignes, visibles aussitôt (man 3 fflush).
}

/**
 * @brief Inscrit un client au registre et l'annonce ; à appeler avec le verrou.
 *
 * @param registry le registre
 * @param client   le client qui arrive
 */
static void enter(struct registry *registry, struct client *client)
{
    // TODO (étape 4, puis 6) : compter ce client, l'annoncer ; puis l'inscrire dans la liste.
}

/**
 * @brief Raye un client, ferme son socket, l'annonce et le libère ; à appeler avec le verrou.
 *
 * @param registry le registre
 * @param client   le client qui part ; n'existe plus ensuite
 */
static void leave(struct registry *registry, struct client *client)
{
    // TODO (étape 4, puis 6) : fermer, ne plus compter, annoncer le départ, libérer (man 3 free).
}

int registry_admit(struct registry *registry, struct client *client, void *(*serve)(void *))
{
    // TODO (étape 4, puis 5) : le thread et l'inscription, sous verrou (man 3 pthread_mutex_lock).
    return -1;
}

void registry_leave(struct client *client)
{
    // TODO (étape 4) : tenir le verrou autour du départ, et de lui seul (man 3 pthread_mutex_lock).
}

// --- Étape 6 : l'arrêt en ordre ------------------------------------------------------------------

bool registry_is_stopping(const struct registry *registry)
{
    // TODO (étape 6) : lire le drapeau (atomic_load, dans stdatomic.h).
    return false;
}

void registry_dismiss(struct registry *registry)
{
    // TODO (étape 6) : lever le drapeau, réveiller chacun (man 2 shutdown), attendre leur départ.
}

void registry_destroy(struct registry *registry)
{
    // TODO (étape 6) : rendre tout ce que registry_init a pris (man 3 pthread_mutex_destroy).
}
