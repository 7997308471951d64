// Étape 0 : le client fait partir une question là où on le lui demande.
#include "talk.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// Sur un réseau isolé, rien d'autre n'a pu prendre ce port.
static struct postbox *open_swapped_port(void)
{
    if (!network_is_isolated())
        return NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", htons((uint16_t)atoi(other_port())));
    return postbox_open("le port aux octets échangés", "127.0.0.1", port);
}

LESSON(client_asks, .step = 0, .points = 0, .programs = "client",
       .title = "Le client envoie MESSAGE à l'adresse et au port donnés, à l'octet près",
       .hint = "HOST, PORT et MESSAGE viennent de la ligne de commande : par quelle sorte de "
               "socket la question part-elle, vers quelle adresse et quel port ?")
{
    // Pas le port par défaut : on verrait mal qui ne lit pas ses arguments.
    struct postbox *server = postbox_open("serveur du juge", "127.0.0.1", other_port());
    struct postbox *mistaken = open_swapped_port();
    struct program *client = START("client", "127.0.0.1", other_port(), QUESTION);
    struct next_move move = {.client = client, .server = server, .other = mistaken};
    pump_until(sent_or_ended, &move, 20);
    if (mistaken != NULL && postbox_has_mail(mistaken))
        complain_because("Les deux octets du port sont échangés : l'ordre du réseau n'est pas "
                         "celui de la machine (man 3 htons).",
                         "la question est partie vers %s au lieu de %s", mistaken->address,
                         server->address);
    expect_question(server);
}
