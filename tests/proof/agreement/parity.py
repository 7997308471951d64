"""Le squelette et la solution de chaque lab : mêmes fichiers, mêmes fonctions, mêmes contrats.

Le squelette documente en entier chaque fonction à écrire : c'est l'énoncé de cette fonction. La solution se lit : ce qui
n'est pas privé y a le même contrat ; une fonction privée (static), une ligne, la première phrase du squelette, ou rien.
"""

import pathlib
import re
import sys

from tests.handout import csource
from tests.proof.agreement import places

LABS, SOLUTIONS = pathlib.Path("labs"), pathlib.Path("solutions")


def files(folder):
    """Les noms des fichiers d'un lab, sans ce que make y fabrique : ses programmes, et build/."""
    return {path.name for path in folder.iterdir() if path.suffix or path.name == "Makefile"}


def line_for(header):
    """La première phrase d'un en-tête du squelette, telle que la solution peut l'écrire : sur une ligne."""
    brief = re.match(r"/\*\* (?:\* @brief )?(.*?)(?: \* (?=\*|@).*)? \*/$", header)
    return f"/** {brief[1].replace(' * ', ' ')} */" if brief else ""


def compare_sources(lab, name):
    """Les fonctions d'un fichier, des deux côtés."""
    here, there = LABS / lab / name, SOLUTIONS / lab / name
    skeleton = csource.functions(here.read_text(encoding="utf-8"))
    text = there.read_text(encoding="utf-8")
    solution = csource.functions(text)
    declared = "".join(path.read_text(encoding="utf-8") for path in (SOLUTIONS / lab).glob("*.h"))
    for function in sorted(skeleton.keys() ^ solution.keys()):
        has, lacks = (there, here) if function in solution else (here, there)
        yield f"{places.in_file(has, f'{function}(')} : {function}() n'est que là ; elle est attendue dans {lacks} aussi"
    for function in sorted(skeleton.keys() & solution.keys()):
        yield from compare_function(function, (here, *skeleton[function]), (there, *solution[function]), text, declared)


def compare_function(function, skeleton, solution, text, declared):
    """Une fonction, des deux côtés : (source, signature, en-tête Doxygen)."""
    (here, wanted, told), (there, signature, header) = skeleton, solution
    where = places.in_file(there, f"{function}(")
    if wanted != signature:
        yield f"{where} : « {signature} » ; est attendu « {wanted} », comme dans {here}"
    if not told and f" {function}(" not in declared:
        yield f"{places.in_file(here, f'{function}(')} : avant {function}(), un en-tête Doxygen est attendu : « /** … */ »"
    if not signature.startswith("static "):
        if told != header:
            yield f"{where} : l'en-tête Doxygen de {function}() n'est pas celui de {here} : « {told} » est attendu"
    elif header and (header != line_for(told) or header not in text):
        yield f"{where} : avant {function}() est attendu « {line_for(told)} », sur une ligne, ou rien"


def compare(lab):
    """Un lab, des deux côtés."""
    skeleton, solution = files(LABS / lab), files(SOLUTIONS / lab)
    for name in sorted(skeleton ^ solution):
        has, lacks = ("solutions", "labs") if name in solution else ("labs", "solutions")
        yield f"{has}/{lab}/{name} : {lacks}/{lab}/{name} est attendu aussi"
    for name in sorted(skeleton & solution):
        if name.endswith(".c"):
            yield from compare_sources(lab, name)
        elif name.endswith(".h") or name == "Makefile":
            if (LABS / lab / name).read_bytes() != (SOLUTIONS / lab / name).read_bytes():
                yield f"solutions/{lab}/{name} : ce fichier est attendu tel qu'il est dans labs/{lab}"


def main():
    names = sorted({path.name for side in (LABS, SOLUTIONS) for path in side.iterdir() if path.is_dir()})
    found = []
    for lab in names:
        if (LABS / lab).is_dir() and (SOLUTIONS / lab).is_dir():
            found += compare(lab)
        else:
            found.append(f"{lab} : labs/{lab} et solutions/{lab} sont attendus tous les deux")
    for complaint in found:
        print(complaint)
    print(f"{len(names)} labs comparés, {len(found)} différences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
