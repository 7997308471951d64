"""server.c devient un lien vers un fichier de la machine."""

import os


def make(place, lab, ground):
    path = os.path.join(place, lab, "server.c")
    os.unlink(path)
    os.symlink(ground.secret_file, path)
