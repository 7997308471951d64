#include "look_as.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// En quittant root, l'utilisateur des fichiers fait perdre les pouvoirs sur les fichiers : ils sont permis encore, et repris.
static void take_powers_back(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct powers[2];
    if (syscall(SYS_capget, &header, powers) < 0)
        return;
    for (int i = 0; i < 2; i++)
        powers[i].effective = powers[i].permitted;
    syscall(SYS_capset, &header, powers);
}

static uid_t program_user(void)
{
    const char *wanted = getenv(CLOSED_VARIABLE);
    return wanted != NULL ? (uid_t)strtoul(wanted, NULL, 10) : 0;
}

void look_as_program(void)
{
    uid_t user = program_user();
    if (user == 0)
        return;
    int signal = 0;
    prctl(PR_GET_PDEATHSIG, &signal);
    setfsgid(user);
    setfsuid(user);
    take_powers_back();
    // Changer d'utilisateur fait oublier de qui la mort doit entraîner la nôtre.
    prctl(PR_SET_PDEATHSIG, signal);
}

void act_as_program(bool acting)
{
    uid_t user = program_user();
    if (user == 0)
        return;
    int signal = 0;
    uid_t real = acting ? user : 0;
    prctl(PR_GET_PDEATHSIG, &signal);
    syscall(SYS_setregid, real, (gid_t)-1);
    syscall(SYS_setreuid, real, (uid_t)-1);
    // Il a ramené l'utilisateur des fichiers à l'effectif.
    look_as_program();
    prctl(PR_SET_PDEATHSIG, signal);
}
