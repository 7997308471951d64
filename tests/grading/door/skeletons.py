"""Ce que dit une source, ses commentaires et sa mise en page ôtés : est-ce le squelette, d'aujourd'hui ou d'une autre édition ?

skeletons.txt garde les empreintes des squelettes de chaque édition : « LAB FICHIER EMPREINTE ». « python.sh
tests/grading/door/skeletons.py » y ajoute celles d'aujourd'hui.
"""

import functools
import hashlib
import pathlib
import re

from tests.judge.command import lab_reader

KNOWN = pathlib.Path(__file__).with_suffix(".txt")
# Un texte entre guillemets se garde tel quel ; un commentaire et les blancs ne disent rien.
PIECES = re.compile(rb"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*|/\*.*?(?:\*/|\Z)|\s+""", re.S)
MARKS = (b"\xff\xfe", b"\xfe\xff")


def plain(data):
    """Le texte en UTF-8, quel que soit l'éditeur qui l'a écrit."""
    if data.startswith(MARKS):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


@functools.lru_cache(maxsize=4096)
def print_of(data):
    """L'empreinte de ce que dit une source ; vide quand elle ne dit rien."""
    said = PIECES.sub(lambda match: match["text"] or b"", plain(data))
    return hashlib.sha256(said).hexdigest()[:32] if said else ""


@functools.lru_cache(maxsize=None)
def known():
    """{(lab, fichier): empreintes} des squelettes, ceux du dépôt compris."""
    found = {}
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        lab, name, digest = line.split()
        found.setdefault((lab, name), set()).add(digest)
    for lab, name, digest in current():
        found.setdefault((lab, name), set()).add(digest)
    return found


def current():
    """(lab, fichier, empreinte) des squelettes du dépôt."""
    for lab in lab_reader.every_lab():
        for name in lab.sources:
            given = lab.given(name)
            if given is not None:
                yield lab.name, name, print_of(given)


def is_skeleton(lab, name, data):
    """Cette source est-elle le squelette, intact ?"""
    return print_of(data) in known().get((lab, name), ())


def main():
    lines = {line for line in KNOWN.read_text(encoding="utf-8").splitlines() if line}
    lines |= {" ".join(fields) for fields in current()}
    KNOWN.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
