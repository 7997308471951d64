"""Les bornes de la porte : ce qu'un rendu honnête n'approche pas, et qu'un piège ne dépasse pas."""

import time

# Une source écrite à la main ; judge.sh a la même borne.
SOURCE = 1 << 20
ENTRIES = 20000
DEPTH = 12
# L'archive d'une classe entière.
CLASS_ENTRIES = 200000
CLASS_KEPT = 512 << 20
ARCHIVE = 32 << 20
UNPACKED = 256 << 20
# Du texte se comprime dix fois, des zéros mille fois.
RATIO = 200
SMALL = 16 << 20
ARCHIVES = 10
# Une archive dans une archive, dans une archive.
NESTED = 3
KEPT = 400
# Les dossiers où un travail est cherché, les moins profonds d'abord.
FOLDERS = 200
SECONDS = 20


class TooMuch(Exception):
    """Une borne est dépassée ; le texte dit laquelle, en français."""


class Clock:
    """Le temps accordé à la porte pour un rendu : de processeur, car une machine chargée ne rend pas un rendu trop long à lire."""

    def __init__(self, seconds=SECONDS):
        self.end = time.process_time() + seconds

    def check(self):
        """Lève TooMuch quand le temps est écoulé."""
        if time.process_time() > self.end:
            raise TooMuch("le lire demande trop de temps")


def check_bomb(packed, unpacked, most=UNPACKED):
    """Lève TooMuch quand ce que l'archive contient est hors de proportion."""
    if unpacked > most:
        raise TooMuch(f"décompressée, elle dépasserait {most >> 20} Mio")
    if unpacked > SMALL and unpacked > RATIO * max(packed, 1):
        raise TooMuch(f"elle grossit plus de {RATIO} fois en se décompressant")
