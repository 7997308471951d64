"""Le filtre de « make strace » : tait le chargement du programme, puis laisse tout passer, octet par octet.

Un appel qui attend n'a pas encore sa fin de ligne : c'est justement celui que l'on veut voir.
"""

import os
import sys

FIRST = b"socket("


def main():
    held, loading = b"", True
    while piece := os.read(0, 65536):
        held += piece
        if loading and FIRST in held:
            loading = False
            held = held[held.rfind(b"\n", 0, held.index(FIRST)) + 1:]
        if loading:
            held = held[held.rfind(b"\n") + 1:]
        else:
            sys.stderr.buffer.write(held)
            sys.stderr.buffer.flush()
            held = b""


if __name__ == "__main__":
    main()
