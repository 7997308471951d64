"""server.c devient un tube nommé."""

import os


def make(place, lab, _):
    path = os.path.join(place, lab, "server.c")
    os.unlink(path)
    os.mkfifo(path)
