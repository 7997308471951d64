// Étape 0 : un client reçoit « bonjour ».
#include "judge.h"

LESSON(server_speaks, .step = 0, .points = 0, .programs = "server",
       .title = "Un client qui se connecte reçoit « bonjour »",
       .hint = "Le message part sur le descripteur rendu par accept, et non sur celui qui écoute.")
{
    start_server();
    peer_expect_line(peer_connect("client"), "bonjour");
}
