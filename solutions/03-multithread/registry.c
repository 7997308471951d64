#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/** Pile d'un thread, en octets : une ligne, une réponse, et une large marge. */
#define STACK_SIZE ((size_t)1024 * 1024)

int registry_init(struct registry *registry, unsigned long limit)
{
    // Un champ absent d'un initialiseur vaut zéro : personne n'est là.
    *registry = (struct registry){.limit = limit};
    int code = pthread_mutex_init(&registry->mutex, NULL);
    if (code == 0)
        code = pthread_cond_init(&registry->empty, NULL);
    if (code == 0)
        code = pthread_attr_init(&registry->attributes);
    if (code == 0)
        code = pthread_attr_setstacksize(&registry->attributes, STACK_SIZE);
    // Détaché, un thread rend sa pile dès qu'il finit, sans qu'il faille venir le rejoindre.
    if (code == 0)
        code = pthread_attr_setdetachstate(&registry->attributes, PTHREAD_CREATE_DETACHED);
    return code;
}

void registry_destroy(struct registry *registry)
{
    pthread_attr_destroy(&registry->attributes);
    pthread_cond_destroy(&registry->empty);
    pthread_mutex_destroy(&registry->mutex);
}

/** Écrit `EVENT ADDR:PORT` et `ThreadNumber N`, visibles aussitôt ; à appeler avec le verrou. */
static void announce(const char *event, const char *address, unsigned long active)
{
    printf("%s %s\nThreadNumber %lu\n", event, address, active);
    fflush(stdout);
}

/** Inscrit un client au registre et l'annonce ; à appeler avec le verrou. */
static void enter(struct registry *registry, struct client *client)
{
    client->previous = NULL;
    client->next = registry->clients;
    if (client->next != NULL)
        client->next->previous = client;
    registry->clients = client;
    registry->active++;
    announce("connected to", client->address, registry->active);
}

/** Raye un client, ferme son socket, l'annonce et le libère ; à appeler avec le verrou. */
static void leave(struct registry *registry, struct client *client)
{
    if (client->next != NULL)
        client->next->previous = client->previous;
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        registry->clients = client->next;
    // Fermé sous le verrou : un descripteur inscrit au registre est toujours celui de son client,
    // jamais celui d'un nouveau venu à qui le système aurait redonné le même numéro.
    close(client->fd);
    registry->active--;
    announce("disconnected from", client->address, registry->active);
    free(client);
    if (registry->active == 0)
        pthread_cond_signal(&registry->empty);
}

int registry_admit(struct registry *registry, struct client *client, void *(*serve)(void *))
{
    client->registry = registry;
    // Le thread naît sous le verrou : s'il finit aussitôt, son départ attend que son arrivée soit
    // inscrite et affichée.
    pthread_mutex_lock(&registry->mutex);
    bool room = registry->active < registry->limit;
    pthread_t thread;
    int code = room ? pthread_create(&thread, &registry->attributes, serve, client) : -1;
    if (code == 0)
        enter(registry, client);
    pthread_mutex_unlock(&registry->mutex);
    return code;
}

void registry_leave(struct client *client)
{
    struct registry *registry = client->registry;
    pthread_mutex_lock(&registry->mutex);
    leave(registry, client);
    // Ce verrou rendu, le thread ne touche plus à rien de partagé : le serveur peut finir.
    pthread_mutex_unlock(&registry->mutex);
}

bool registry_is_stopping(const struct registry *registry)
{
    return atomic_load(&registry->stopping);
}

void registry_dismiss(struct registry *registry)
{
    atomic_store(&registry->stopping, true);

    pthread_mutex_lock(&registry->mutex);
    // shutdown réveille le thread bloqué dans recv ou send ; close ne le réveillerait pas.
    for (struct client *client = registry->clients; client != NULL; client = client->next)
        (void)shutdown(client->fd, SHUT_RDWR);
    while (registry->active > 0)
        pthread_cond_wait(&registry->empty, &registry->mutex);
    pthread_mutex_unlock(&registry->mutex);
}
