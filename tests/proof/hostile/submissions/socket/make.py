"""server.c devient un socket."""

import os
import socket


def make(place, lab, _):
    path = os.path.join(place, lab, "server.c")
    os.unlink(path)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
