"""Le dossier devient une archive du même nom."""

import os
import shutil
import tarfile


def make(place, _, __):
    os.rename(place, place + ".d")
    with tarfile.open(place, "w:gz") as archive:
        archive.add(place + ".d", "rendu")
    shutil.rmtree(place + ".d")
