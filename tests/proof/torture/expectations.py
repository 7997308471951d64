"""Les pannes qui ont un sens pour chaque appel, et ce qui doit suivre chacune.

Les erreurs sont celles de la page de manuel (et de POSIX) qui peuvent arriver à un programme juste ; celles
qui dénoncent une faute du programme (EFAULT, EBADF d'un descripteur à lui…) n'ont rien à faire ici, sauf
quand le programme dit ce qu'il en ferait.
"""

import errno
import signal

# Ce qui doit suivre une panne :
BENIGN = "rien ne change"            # mêmes octets, même stdout, statut 0, rien sur stderr
TOLD = "dite, et tout continue"      # de même, avec une ligne sur stderr
LOST = "un client perdu"             # au plus un, avec une ligne sur stderr ; les autres et le suivant servis
QUIET = "un refus perdu"             # de même, sans message : le client était refusé de toute façon
REFUSED = "un client refusé"         # « server full », une ligne sur stderr ; les autres et le suivant servis
FATAL = "le programme renonce"       # statut 1 et une ligne sur stderr
ALIVE = "il survit"                  # statut 0, ou 1 et quelque chose sur stderr
STOPPED = "l'arrêt en ordre"         # statut 0 ; avant d'écouter, le signal peut aussi tuer le serveur

MEMORY = {"malloc", "calloc", "realloc", "libc.malloc", "libc.calloc", "libc.realloc"}
NETWORK = "ENETDOWN EPROTO ENOPROTOOPT EHOSTDOWN ENONET EHOSTUNREACH EOPNOTSUPP ENETUNREACH"
STREAM_SEND = "EINTR EPIPE ECONNRESET ENOBUFS ENOMEM ETIMEDOUT EHOSTUNREACH ENETDOWN"

ERRNO = {
    "socket": "EACCES EAFNOSUPPORT EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT",
    "bind": "EACCES EADDRINUSE EADDRNOTAVAIL EINVAL ENOMEM ENOBUFS",
    "listen": "EADDRINUSE EACCES ENOBUFS",
    "accept": f"EINTR ECONNABORTED EMFILE ENFILE ENOBUFS ENOMEM EPERM {NETWORK} EBADF EINVAL ENOTSOCK",
    "accept4": f"EAGAIN EINTR ECONNABORTED EMFILE ENFILE ENOBUFS ENOMEM EPERM {NETWORK}",
    "connect": "ECONNREFUSED ETIMEDOUT ENETUNREACH EHOSTUNREACH EADDRNOTAVAIL EADDRINUSE EAGAIN EACCES EPERM "
               "EAFNOSUPPORT ECONNRESET",
    "setsockopt": "ENOPROTOOPT ENOMEM ENOBUFS",
    "getsockopt": "ENOPROTOOPT ENOBUFS",
    "read": "EINTR ECONNRESET ETIMEDOUT EIO ENOMEM EHOSTUNREACH",
    "recv": "EINTR EAGAIN ECONNREFUSED ECONNRESET ENOMEM EHOSTUNREACH",
    "recvfrom": "EINTR EAGAIN ECONNREFUSED ENOMEM EHOSTUNREACH ENETUNREACH",
    "write": STREAM_SEND,
    "send": STREAM_SEND + " ECONNREFUSED EPERM EACCES EMSGSIZE ENETUNREACH ENOTCONN",
    "sendto": "EINTR EAGAIN ENOBUFS ENOMEM EPERM EACCES ENETUNREACH EHOSTUNREACH EMSGSIZE ECONNREFUSED",
    "poll": "EINTR ENOMEM",
    "signalfd": "EMFILE ENFILE ENODEV ENOMEM",
    "sigaction": "EINVAL",
    "sigprocmask": "EINVAL",
    "getrlimit": "EINVAL",
    "setrlimit": "EPERM EINVAL",
} | {name: "ENOMEM" for name in MEMORY}

# Ces appels rendent l'erreur au lieu de la laisser dans errno.
RETURN = {
    "pthread_create": "EAGAIN EINVAL EPERM",
    "pthread_attr_init": "ENOMEM",
    "pthread_attr_setstacksize": "EINVAL",
    "pthread_attr_setdetachstate": "EINVAL",
    "pthread_mutex_init": "EAGAIN ENOMEM",
    "pthread_cond_init": "EAGAIN ENOMEM",
    "pthread_cond_wait": "EINVAL",
    "pthread_sigmask": "EINVAL",
}
LOOKUP = {"EAI_AGAIN": -3, "EAI_FAIL": -4, "EAI_FAMILY": -6, "EAI_MEMORY": -10, "EAI_SYSTEM": -11}
EAI = {
    "getaddrinfo": LOOKUP | {"EAI_NONAME": -2, "EAI_NODATA": -5, "EAI_SERVICE": -8, "EAI_ADDRFAMILY": -9},
    "getnameinfo": LOOKUP | {"EAI_NONAME": -2, "EAI_OVERFLOW": -12},
}

# L'effet a lieu malgré l'erreur : Linux ferme toujours le descripteur ; un socket que shutdown trouve déjà
# coupé l'est bien. Un verrou ordinaire, lui, est toujours pris : ne pas le prendre ferait une course.
AFTER = {"close": "EINTR EIO", "shutdown": "ENOTCONN", "pthread_join": "EINVAL", "pthread_mutex_lock": "EAGAIN"}

# Un connect interrompu est commencé.
STARTED = {"connect": "EINTR"}

# Un datagramme part sans attendre, et sans connexion ; un flux n'a pas de messages qui seraient trop longs.
NOT_FOR_DATAGRAMS = {"EPIPE", "ECONNRESET", "ETIMEDOUT"}
NOT_FOR_STREAMS = {"EMSGSIZE"}

# Ce que la page de manuel annonce, et qui ne peut arriver à un programme juste : le faire arriver ne prouverait rien.
EXCLUDED = {
    "pthread_mutex_lock": {
        "EINVAL": "un verrou jamais préparé, ou un protocole de priorité que personne n'a demandé",
        "EDEADLK": "un verrou qui vérifie (PTHREAD_MUTEX_ERRORCHECK), repris par qui le tient : ceux-ci sont ordinaires",
    },
    "send": {
        "EBADF": "le descripteur est à ce thread seul", "EFAULT": "les octets sont au programme",
        "EINVAL": "MSG_NOSIGNAL et 0 sont permis partout", "ENOTSOCK": "le descripteur est un socket",
        "EOPNOTSUPP": "aucun drapeau qui ne convienne à ces sockets", "EISCONN": "aucune adresse n'est donnée",
        "EDESTADDRREQ": "le socket est connecté", "EALREADY": "TCP_FASTOPEN n'est pas demandé",
        "EAGAIN": "seul le refus de 03 est non bloquant : un envoi qui n'y tient pas se perd comme les autres (QUIET)",
    },
    "connect": {
        "EALREADY": "n'arrive qu'après un appel interrompu : voyez les paires des scènes", "EISCONN": "de même",
        "EINPROGRESS": "ces sockets sont bloquants", "EBADF": "le descripteur vient de socket",
        "EFAULT": "l'adresse vient de getaddrinfo", "ENOTSOCK": "le descripteur est un socket",
        "EPROTOTYPE": "de la famille AF_UNIX seule",
    },
    "bind": {
        "EBADF": "le descripteur vient de socket", "ENOTSOCK": "de même", "EFAULT": "l'adresse vient de getaddrinfo",
        "ELOOP": "de la famille AF_UNIX seule, comme ENAMETOOLONG, ENOENT, ENOTDIR et EROFS",
    },
}

# Ces appels du programme ne sont pas mis en panne : ils ne peuvent pas échouer là où ils sont.
SPARED = {
    "clock_gettime": "CLOCK_MONOTONIC existe toujours",
    "sigemptyset": "ne peut échouer", "sigaddset": "le signal est valable",
    "freeaddrinfo": "ne rend rien", "free": "ne rend rien",
    "pthread_self": "ne peut échouer", "pthread_mutex_unlock": "le thread tient le verrou",
    "pthread_cond_signal": "ne peut échouer", "pthread_attr_destroy": "ne peut échouer",
    "pthread_cond_destroy": "plus personne n'attend", "pthread_mutex_destroy": "plus personne ne le tient",
    "getopt": "lit les arguments", "fcntl": "le descripteur est ouvert",
}

# Calcul et affichage : rien du système, ou par la bibliothèque C (dont la mémoire, elle, manque parfois).
COMPUTE = set("""fflush flockfile fprintf fputc fputs funlockfile fwrite gai_strerror memchr memcmp memcpy memmove
    memset optarg optind printf putc putchar puts setvbuf snprintf stderr stdout strchr strerror strerror_r strlen
    strspn strtoul""".split())

DEFAULT = {"close": BENIGN, "shutdown": BENIGN, "getnameinfo": BENIGN, "getrlimit": BENIGN, "setrlimit": BENIGN,
           "pthread_join": BENIGN, "pthread_mutex_lock": BENIGN, "pthread_cond_wait": BENIGN}

def faults_of(call, protocol):
    """Les pannes d'un appel : (manière, nom de l'erreur, code)."""
    found, absent = [], NOT_FOR_DATAGRAMS if protocol == "udp" else NOT_FOR_STREAMS
    for table, manner in ((ERRNO, "errno"), (RETURN, "return"), (AFTER, "after"), (STARTED, "started")):
        # connect sur UDP ne fait que noter une adresse : rien à interrompre.
        if manner != "started" or protocol != "udp":
            found += [(manner, name, getattr(errno, name)) for name in table.get(call, "").split() if name not in absent]
    return found + [("return", name, code) for name, code in EAI.get(call, {}).items()]


def contradictions():
    """Les erreurs à la fois exclues et annoncées : l'une des deux tables ment."""
    for table in (ERRNO, RETURN, AFTER, STARTED):
        for call, reasons in EXCLUDED.items():
            for error in sorted(set(table.get(call, "").split()) & reasons.keys()):
                yield f"expectations.py exclut {error} de {call}, et l'y met aussi"


def expected(scene, call, rank, error):
    """Ce qui peut suivre une panne ; l'un ou l'autre, quand la panne est dans la bibliothèque C."""
    if scene.lenient:
        return {ALIVE}
    if error == "EINTR" or call in scene.elsewhere:
        return {BENIGN}
    own = getattr(scene.rules, "expected", lambda *_: None)(scene, call, rank, error)
    if own:
        return own
    if call.startswith("libc."):
        return {BENIGN, FATAL}
    if error == "EAGAIN" and call in ("accept4", "recvfrom"):
        return {BENIGN}
    if scene.program != scene.lab.server:
        return {BENIGN if error == "EAGAIN" and call != "connect" else DEFAULT.get(call, FATAL)}
    if call == "setsockopt" and rank > 1:
        return {BENIGN}
    return {getattr(scene.rules, "SERVER", {}).get(call, DEFAULT.get(call, FATAL))}


def stops_of(call):
    """Les instants où un serveur peut recevoir SIGTERM : juste avant cet appel, et juste après."""
    if call in MEMORY:
        return ()
    return ("stop",) if call in ("bind", "listen", "connect", "getaddrinfo") else ("stop", "stopped")


def number(error):
    """Le nombre que vaut un nom d'erreur ou de signal, ou une taille."""
    if error.startswith("SIG"):
        return int(getattr(signal, error))
    names = {name: code for table in EAI.values() for name, code in table.items()}
    return int(error) if error.isdigit() else names.get(error) or getattr(errno, error)
