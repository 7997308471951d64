"""Faut-il passer par la notation de classe ? judge.sh le demande avant de juger.

is_class.py CHEMIN     statut : 0 c'est une classe (ou une archive), 1 c'est le travail d'une personne, ou rien de connu
"""

import sys

from tests.grading.door import shape
from tests.judge.command import lab_reader

if __name__ == "__main__":
    sys.exit(0 if shape.is_class(sys.argv[1], lab_reader.every_lab()) else 1)
