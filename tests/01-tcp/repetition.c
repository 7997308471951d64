#include "repetition.h"

#include "complain.h"
#include "pump.h"

#include <stdio.h>
#include <string.h>

void refuse_repetition(const struct program *program, const char *line)
{
    char twice[128];
    snprintf(twice, sizeof twice, "%s\n%s\n", line, line);
    pump_now();
    if (program->out.length == 0 || strstr(program->out.bytes, twice) == NULL)
        return;
    complain_because(
        "Un appel interrompu (EINTR), ou une attente que le programme borne et qui expire, ne "
        "change rien à ce que voit l'utilisateur : la ligne dit qu'un nouveau client est attendu. "
        "Où est-elle écrite : avant d'attendre, ou dans la boucle où l'on attend encore ?",
        "« %s » est écrit deux fois de suite, et personne n'est venu entre les deux", line);
}
