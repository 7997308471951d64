"""Il ne reste que le dossier de l'étudiant."""

import os


def make(place, lab, _):
    os.rmdir(os.path.join(place, lab))
