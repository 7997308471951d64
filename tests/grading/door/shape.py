"""Un rendu ou une classe ? La forme du dossier, ou de l'archive, le dit.

Un dossier qui contient « labs », des dossiers de labs ou les sources elles-mêmes est le travail d'une personne ; un
dossier de ceux-là, ou d'archives, ou ce qu'une plateforme exporte, est une classe.
"""

import os

from tests.grading.door import listing, naming, people
from tests.grading.door.platforms import plain


def is_class(path, labs):
    """Faut-il passer par la notation de classe ?"""
    if os.path.isfile(path):
        return bool(naming.archive_suffix(os.path.basename(path)))
    if not os.path.isdir(path):
        return False
    root = listing.root_of(path)
    if plain.is_work(root, labs):
        return False
    return any(plain.holds_work(node, labs) for node in root.children()) or people.is_export(root, labs)


def is_single(path, labs):
    """Ce chemin, que la notation de classe a reçu, est-il le travail d'une seule personne ? Lève TooMuch si l'archive ne se lit pas."""
    if os.path.isdir(path):
        return not is_class(path, labs)
    root = listing.root_of(path)
    return not (people.is_export(root, labs) or people.holds_several(root, labs))
