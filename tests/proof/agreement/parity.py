"""Le squelette et la solution de chaque lab : mêmes fichiers, mêmes fonctions, mêmes contrats.

Le squelette documente en entier chaque fonction à écrire : c'est l'énoncé de cette fonction. La solution se lit : ce qui
n'est pas privé y a le même contrat ; une fonction privée (static), une ligne, la première phrase du squelette, ou rien.
"""

import pathlib
import re
import sys

from tests.handout import csource
from tests.judge.command import lab_reader

LABS, SOLUTIONS = pathlib.Path("labs"), pathlib.Path("solutions")


def files(folder):
    """Les noms des fichiers d'un lab, sans ce que make y fabrique."""
    return {path.name for path in folder.iterdir()} - {"build", *lab_reader.Lab(folder.name).programs}


def line_for(header):
    """La première phrase d'un en-tête du squelette, telle que la solution peut l'écrire : sur une ligne."""
    brief = re.match(r"/\*\* (?:\* @brief )?(.*?)(?: \* (?=\*|@).*)? \*/$", header)
    return f"/** {brief[1].replace(' * ', ' ')} */" if brief else ""


def compare_sources(lab, name):
    """Les fonctions d'un fichier, des deux côtés."""
    skeleton = csource.functions((LABS / lab / name).read_text(encoding="utf-8"))
    text = (SOLUTIONS / lab / name).read_text(encoding="utf-8")
    solution = csource.functions(text)
    declared = "".join(path.read_text(encoding="utf-8") for path in (SOLUTIONS / lab).glob("*.h"))
    for function in sorted(skeleton.keys() ^ solution.keys()):
        where = "la solution" if function in solution else "le squelette"
        yield f"{lab}/{name} : {function}() n'est que dans {where}"
    for function in sorted(skeleton.keys() & solution.keys()):
        if skeleton[function][0] != solution[function][0]:
            yield f"{lab}/{name} : {function}() n'a pas la même signature"
        told, header = skeleton[function][1], solution[function][1]
        if not told and f" {function}(" not in declared:
            yield f"{lab}/{name} : {function}() n'a pas d'en-tête Doxygen dans le squelette"
        if not solution[function][0].startswith("static "):
            if told != header:
                yield f"{lab}/{name} : {function}() n'a pas le même en-tête Doxygen"
        elif header and (header != line_for(told) or header not in text):
            yield f"{lab}/{name} : dans la solution, {function}() a pour en-tête {line_for(told)}, sur une ligne, ou rien"


def compare(lab):
    """Un lab, des deux côtés."""
    skeleton, solution = files(LABS / lab), files(SOLUTIONS / lab)
    for name in sorted(skeleton ^ solution):
        yield f"{lab}/{name} n'est que dans {'solutions' if name in solution else 'labs'}"
    for name in sorted(skeleton & solution):
        if name.endswith(".c"):
            yield from compare_sources(lab, name)
        elif name.endswith(".h") or name == "Makefile":
            if (LABS / lab / name).read_bytes() != (SOLUTIONS / lab / name).read_bytes():
                yield f"{lab}/{name} diffère entre labs et solutions"


def main():
    names = sorted({path.name for side in (LABS, SOLUTIONS) for path in side.iterdir() if path.is_dir()})
    found = []
    for lab in names:
        if (LABS / lab).is_dir() and (SOLUTIONS / lab).is_dir():
            found += compare(lab)
        else:
            found.append(f"{lab} n'est que d'un côté")
    for complaint in found:
        print(complaint)
    print(f"{len(names)} labs comparés, {len(found)} différences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
