// Étape 0 : le serveur accueille un client.
#include "multithread.h"

LESSON(server_welcomes, .step = 0, .points = 0, .programs = "server", .defects = "D35 D38",
       .title = "Le client qui arrive reçoit l'accueil, avec sa fin de ligne",
       .hint =
           "L'accueil part dès l'arrivée, sans attendre que le client parle, et en entier, \\n "
           "compris. Qu'a reçu exactement la fonction du thread, et à qui est ensuite le socket ?")
{
    start_server();
    struct peer *client = arrive("client");
    peer_expect_nothing_more(client);
}
