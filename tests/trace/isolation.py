"""Un réseau et une famille de processus à part : rien n'y entre, rien n'en sort, tout finit avec eux."""

import os
import subprocess

MISSING = ("trace : ce système ne permet pas de créer un réseau à part (unshare), et rien n'est capturé sur le vrai "
           "réseau. En administrateur, ou sur une machine qui l'autorise, la même commande marche.")


def prefix():
    """Les mots à mettre devant une commande pour la lancer à part.

    Root ouvre un réseau sans changer d'identité (tcpdump sait alors rendre ses droits) ; les autres
    passent par un espace d'utilisateur, où ils gardent leur nom.
    """
    space = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    return ["unshare", *space, "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]


def available():
    """Ce système le permet-il ?"""
    try:
        done = subprocess.run([*prefix(), "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
