"""La bibliothèque du juge ne tourne pas en rond : aucun fichier n'y appelle, même de loin, ceux qui l'appellent.

Une flèche va d'un fichier à un autre dont il inclut l'en-tête, ou dont il prend une fonction : ce que disent les sources,
et les objets de la bibliothèque (nm). Ce qu'un fichier offre aux autres est dans l'en-tête de son nom, et nulle part ailleurs.
"""

import glob
import pathlib
import re
import subprocess
import sys

LIBRARY = "build/judge/libjudge.a"
SOURCES = {path.stem: path for path in pathlib.Path("tests/judge/library").rglob("*.c")}
SYMBOL = re.compile(r"(\w+)\.o\]?: (\w+) ([A-Z]) ")
INCLUDE = re.compile(r'^#include "(?:[\w/]*/)?(\w+)\.h"', re.M)


def text(path):
    """Ce que dit ce fichier, ou rien s'il n'existe pas."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def symbols(*files):
    """Les noms que ces objets offrent, et ceux qu'ils demandent : deux listes de (objet, nom)."""
    listing = subprocess.run(["nm", "-A", "-P", "-g", *files], check=True, capture_output=True, text=True).stdout
    found = SYMBOL.findall(listing)
    return [(name, symbol) for name, symbol, kind in found if kind != "U"], \
        [(name, symbol) for name, symbol, kind in found if kind == "U"]


def of_library(names):
    """Ceux des fichiers de la bibliothèque : un objet dont la source n'est plus là est un reste."""
    return [(name, symbol) for name, symbol in names if name in SOURCES]


def find_arrows(offered, asked):
    """{fichier: {autre fichier: raisons}}."""
    owner = {symbol: name for name, symbol in offered}
    arrows = {name: {} for name, _ in offered + asked}
    for name, symbol in asked:
        if symbol in owner:
            arrows[name].setdefault(owner[symbol], []).append(symbol)
    for name in arrows:
        for other in INCLUDE.findall(text(SOURCES[name]) + text(SOURCES[name].with_suffix(".h"))):
            if other != name and other in arrows:
                arrows[name].setdefault(other, []).append(f"{other}.h")
    return arrows


def reached(arrows, name):
    """Les fichiers où mènent les flèches qui partent de celui-ci."""
    seen, waiting = set(), [name]
    while waiting:
        new = arrows[waiting.pop()].keys() - seen
        seen |= new
        waiting += new
    return seen


def circles(arrows):
    """Les fichiers d'où l'on revient à soi, par groupes qui se mènent les uns aux autres."""
    far = {name: reached(arrows, name) for name in arrows}
    return {tuple(sorted(other for other in far[name] if name in far[other])) for name in far if name in far[name]}


def complaints(arrows, offered, asked):
    """Tout ce qui ne va pas."""
    for circle in sorted(circles(arrows)):
        yield f"cercle de {len(circle)} fichiers : {', '.join(circle)}"
        for name in circle:
            for other in sorted(arrows[name].keys() & set(circle)):
                yield f"    {name} → {other} : {', '.join(arrows[name][other])}"
    called = {symbol for _, symbol in asked}
    for name, symbol in offered:
        header = SOURCES[name].with_suffix(".h")
        if symbol in called and not re.search(rf"^\w.*\b{symbol}\(", text(header), re.M):
            yield f"{SOURCES[name]} : {symbol} sert à d'autres, et n'est pas dans {header.name}"


def main():
    """Le compte, et le statut."""
    offered, asked = map(of_library, symbols(LIBRARY))
    tests = symbols(*sorted(glob.glob("build/tests/*/*.o")))[1]
    arrows = find_arrows(offered, asked)
    found = list(complaints(arrows, offered, asked + tests))
    print(*found, f"{len(arrows)} fichiers, {sum(map(len, arrows.values()))} flèches", sep="\n")
    sys.exit(1 if found or not arrows else 0)


if __name__ == "__main__":
    main()
