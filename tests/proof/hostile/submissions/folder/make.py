"""server.c devient un dossier."""

import os


def make(place, lab, _):
    path = os.path.join(place, lab, "server.c")
    os.unlink(path)
    os.mkdir(path)
