"""Un réseau et une famille de processus à part : rien n'y entre, rien n'en sort, tout finit avec eux."""

import fcntl
import functools
import os
import socket
import struct
import subprocess

MISSING = ("trace : ce système ne permet pas de créer un réseau à part (unshare), et rien n'est capturé sur le vrai "
           "réseau. En administrateur, ou sur une machine qui l'autorise, la même commande marche (Docker l'autorise à un "
           "conteneur lancé avec --security-opt seccomp=unconfined --security-opt systempaths=unconfined).")
# Sans changer d'identité : tcpdump, lancé par root, sait alors rendre ses droits.
AS_ROOT = []
# Par un espace d'utilisateur, où chacun garde son nom.
AS_ANYONE = ["--user", "--map-current-user", "--keep-caps"]
# Root sans ses droits (dans un conteneur) : il y prend le numéro d'un autre, sans quoi tcpdump voudrait en changer, et
# cet espace ne connaît personne d'autre.
AS_POOR_ROOT = ["--user", "--map-user=65534", "--map-group=65534", "--keep-caps"]


def command(space):
    """Les mots à mettre devant une commande pour la lancer dans cet espace, à part."""
    return ["unshare", *space, "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]


def works(words):
    """Ce système permet-il de lancer une commande ainsi ?"""
    try:
        done = subprocess.run([*words, "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@functools.lru_cache()
def found():
    """La façon qui marche ici, ou None : root n'a pas toujours les droits de root."""
    spaces = [AS_ROOT, AS_POOR_ROOT] if os.geteuid() == 0 else [AS_ANYONE]
    return next((words for words in map(command, spaces) if works(words)), None)


def prefix():
    """Les mots à mettre devant une commande pour la lancer à part."""
    return list(found() or command(AS_ANYONE))


def raise_loopback():
    """Allume l'interface locale d'un réseau neuf."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, 0x8914, struct.pack("16sH22x", b"lo", 0x41))  # SIOCSIFFLAGS : IFF_UP | IFF_RUNNING


def available():
    """Ce système le permet-il ?"""
    return found() is not None
