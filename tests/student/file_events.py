"""Être réveillé quand un fichier change, par inotify, que Linux offre sans rien installer.

L'alarme réveille seulement : ce qui a changé se lit dans l'état des fichiers (snapshot). Un événement perdu, ou un
disque qui n'en envoie pas (partage réseau, dossier d'un autre système), retarde donc d'une seconde, sans rien manquer.
"""

import ctypes
import os

CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x8, 0x40, 0x80, 0x100, 0x200
NONBLOCK_CLOEXEC = os.O_NONBLOCK | os.O_CLOEXEC


class Alarm:
    """Des dossiers surveillés ; « fd » est lisible quand l'un d'eux a bougé (-1 : pas d'inotify ici)."""

    def __init__(self):
        self.library = ctypes.CDLL(None, use_errno=True)
        try:
            self.fd = self.library.inotify_init1(NONBLOCK_CLOEXEC)
        except AttributeError:
            self.fd = -1

    def watch(self, folders):
        """Surveille ces dossiers ; redire un dossier déjà surveillé est sans effet."""
        for folder in set(folders):
            if self.fd >= 0:
                self.library.inotify_add_watch(self.fd, os.fsencode(folder or "."),
                                               ctypes.c_uint32(CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE))

    def drain(self):
        """Oublie les événements arrivés."""
        try:
            while self.fd >= 0 and os.read(self.fd, 65536):
                pass
        except BlockingIOError:
            pass


def snapshot(paths):
    """L'état de ces fichiers : enregistrer, remplacer, renommer ou effacer l'un d'eux le change."""
    def state(path):
        try:
            found = os.stat(path)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
    return tuple((path, state(path)) for path in paths)
