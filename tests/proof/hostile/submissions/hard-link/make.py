"""server.c devient un second nom du secret de root, dans le dossier d'un autre."""

import os


def make(place, lab, ground):
    path = os.path.join(place, lab, "server.c")
    os.unlink(path)
    secret = ground.put(0o600, ground.folder("coffre"), "secret")
    os.link(secret, path)
    os.chown(os.path.dirname(path), 12345, 12345)
