#include "early_line.h"

#include "complain.h"
#include "peer_expect.h"
#include "visible.h"

#include <string.h>

void refuse_early_line(struct program *client, struct peer *server)
{
    peer_take_all(server);
    if (server->length == server->consumed)
        return;
    const char *early = server->bytes + server->consumed;
    complain_because(
        "Le dialogue est une ligne, puis sa réponse : la ligne suivante attend que la réponse "
        "soit montrée. Qu'est-ce qui lit l'entrée pendant que la réponse n'est pas là ?",
        "%s a envoyé « %s » avant d'avoir la réponse à la ligne précédente", client->actor,
        visible_short(early, strcspn(early, "\n")));
}
