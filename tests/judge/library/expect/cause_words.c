#include "cause_words.h"

#include "injection.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define OTHER_SOCKETS                                                                              \
    "Pour chaque adresse, getaddrinfo donne toutes les sortes de sockets, TCP, UDP et d'autres : " \
    "hints dit-il laquelle est voulue (man 3 getaddrinfo, ai_socktype) ?"

#define LOST_LIST                                                                                  \
    "L'adresse essayée n'en est pas une : est-elle encore celle que getaddrinfo a trouvée ? Sa " \
    "liste sert jusqu'au dernier essai ; rendue avant (freeaddrinfo), elle n'est plus à personne."

static const struct {
    const char *call;
    int error;
    const char *question;
} known[] = {
    {"socket", EAFNOSUPPORT, LOST_LIST},
    {"socket", EINVAL, LOST_LIST},
    {"bind", EAFNOSUPPORT, LOST_LIST},
    {"bind", EFAULT, LOST_LIST},
    {"connect", EAFNOSUPPORT, LOST_LIST},
    {"connect", EFAULT, LOST_LIST},
    {"", EPROTONOSUPPORT, OTHER_SOCKETS},
    {"", ESOCKTNOSUPPORT, OTHER_SOCKETS},
    {"", EPROTOTYPE, OTHER_SOCKETS},
    {"connect", EINTR,
     "Interrompu, connect continue sans le programme : comment attendre qu'il ait fini (poll, à "
     "refaire s'il est interrompu aussi), et apprendre comment (SO_ERROR) ? Les notes du lab 01 le "
     "disent, dans « Une connexion interrompue »."},
};

const char *cause_from_words(const struct program *program)
{
    const char *said = program->err.bytes;
    // Une raison que le juge a lui-même donnée n'apprend rien de plus que la question du test.
    if (said == NULL || program->err.length == 0 || program_is_injected("families=") ||
        program_is_injected("unreachable="))
        return NULL;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *call = strstr(said, known[i].call);
        if (call != NULL && strstr(call, strerror(known[i].error)) != NULL)
            return known[i].question;
    }
    return NULL;
}
