#include "injection.h"

#include "transcript.h"

#include <stdlib.h>
#include <string.h>

static const char *injection;

/** Comment une mise à l'épreuve se raconte. */
static const struct {
    const char *setting;
    const char *one; /**< La phrase entière, quand le nombre est 1 ; `NULL` : comme les autres. */
    const char *before; /**< Ce qui précède le nombre ; `NULL` : le nombre ne dit rien. */
    const char *after;  /**< Ce qui le suit. */
} injections[] = {
    {"short=", "un socket ne transfère qu'un octet à la fois", "un socket ne transfère pas plus de",
     "octets à la fois"},
    {"eintr=", NULL, "un appel est interrompu (EINTR) sur", ""},
    {"phase=", "les interruptions commencent comme après un appel",
     "les interruptions commencent comme après", "appels"},
    {"refuse=", "le premier datagramme envoyé est refusé (EPERM)", "les",
     "premiers datagrammes envoyés sont refusés (EPERM)"},
    {"threads=", "après le deuxième client, une création de thread échoue (EAGAIN)",
     "après le deuxième client, les", "premières créations de thread échouent (EAGAIN)"},
    {"connect=", "connect est interrompu (EINTR) une fois la connexion lancée", "les",
     "premiers connect sont interrompus (EINTR) une fois la connexion lancée"},
    {"late=", NULL, "chaque thread ne commence qu'après", "ms"},
    {"linger=", NULL, "qui crée un thread attend qu'il ait fini,", "ms au plus"},
    {"hesitate=", NULL, "un appel sur deux qui écrit sur stdout hésite d'abord", "ms"},
    {"pause=", NULL, "qui a vidé stdout s'arrête ensuite", "ms"},
    {"reuse=", NULL, "qui ferme le socket d'un client attend que le suivant en ait le numéro,",
     "ms au plus"},
    {"stop=", "SIGTERM arrive juste avant l'attente qui suit l'arrivée du client", NULL, NULL},
    {"retry=", "une attente est interrompue (EINTR), et SIGTERM arrive avant qu'errno soit lu",
     NULL, NULL},
    {"arrival=", "SIGTERM arrive quand l'appel qui rend le client n'a pas encore rendu la main",
     NULL, NULL},
    {"reading=", "SIGTERM arrive juste avant la première lecture d'un client", NULL, NULL},
    {"opening=", "SIGTERM arrive dès que le socket est prêt, si le programme l'attend déjà", NULL,
     NULL},
    {"sends=", "retenu pour toujours s'il envoie plus d'un datagramme",
     "retenu pour toujours s'il envoie plus de", "datagrammes"},
    {"expire=", "une attente que le programme borne lui-même expire aussitôt", "jusqu'à",
     "attentes de suite, que le programme borne lui-même, expirent aussitôt"},
    {"handler=", "un signal (SIGWINCH) a un traitement, et peut interrompre une attente", NULL,
     NULL},
    {"families=", "le premier socket demandé est refusé (EAFNOSUPPORT)", "les",
     "premiers sockets demandés sont refusés (EAFNOSUPPORT)"},
    {"unreachable=", "vers la première adresse essayée, il n'y a pas de chemin (ENETUNREACH)", NULL,
     NULL},
    {"move=", "realloc déplace toujours ce dont il change la taille", NULL, NULL},
    {"holding=", "SIGTERM arrive à un instant où le thread qui accueille tient l'un de ses verrous",
     NULL, NULL},
    {"listen=", "le premier listen échoue (EADDRINUSE)", "les",
     "premiers listen échouent (EADDRINUSE)"},
    {"lost=", "le premier envoi trouve la connexion perdue (ECONNRESET)", "les",
     "premiers envois trouvent la connexion perdue (ECONNRESET)"},
    {"overlap=", "memcpy est observé : ses deux zones se recouvrent-elles ?", NULL, NULL},
    {"high=", NULL, "le socket d'un client accepté a un numéro qui n'a jamais servi, d'au moins",
     ""},
    {"accept=", NULL, "accept échoue d'abord (ECONNABORTED, EMFILE),", "fois"},
};

static void note_one_injection(size_t i, int value)
{
    static const char title[] = "mise à l'épreuve :";
    const char *after = injections[i].after;
    if (injections[i].before == NULL || (value == 1 && injections[i].one != NULL))
        transcript_note("juge", "·", "%s %s", title, injections[i].one);
    else
        transcript_note("juge", "·", "%s %s %d%s%s", title, injections[i].before, value,
                        *after != '\0' ? " " : "", after);
}

// Le lecteur du compte rendu doit savoir que le juge met le programme à l'épreuve.
static void note_injection(const char *specification)
{
    for (size_t i = 0; i < sizeof injections / sizeof injections[0]; i++) {
        const char *found = strstr(specification, injections[i].setting);
        if (found != NULL)
            note_one_injection(i, atoi(found + strlen(injections[i].setting)));
    }
}

void program_inject(const char *specification)
{
    injection = specification;
    if (specification != NULL)
        note_injection(specification);
}

const char *program_injection(void)
{
    return injection;
}

bool program_is_injected(const char *setting)
{
    return injection != NULL && strstr(injection, setting) != NULL;
}
