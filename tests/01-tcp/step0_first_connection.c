// Étape 0 : le client fait arriver une connexion là où on le lui demande.
#include "addresses.h"
#include "judge.h"

LESSON(client_connects, .step = 0, .points = 0, .programs = "client",
       .title = "Le client se connecte à l'adresse et au port donnés",
       .hint = "Le juge écoute bien là : l'adresse donnée à connect est-elle celle de la ligne de "
               "commande, et le port dans l'ordre du réseau ?")
{
    struct peer *server;
    start_tcp_client(&server);
}
