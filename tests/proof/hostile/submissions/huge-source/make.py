"""server.c grandit jusqu'à cinquante mébioctets."""

import os


def make(place, lab, _):
    os.truncate(os.path.join(place, lab, "server.c"), 50 << 20)
