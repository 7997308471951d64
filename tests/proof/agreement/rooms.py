"""La maison : une pièce ne se sert que d'elle-même et de celles d'en dessous, et rien n'y tourne en rond.

Dans la bibliothèque du juge, et dans tests/shared/ qui s'en sert, une flèche va d'un fichier à un autre dont il inclut l'en-tête, ou dont il prend une fonction :
ce que disent les sources, et les objets (nm). Aucun fichier n'y appelle, même de loin, ceux qui l'appellent ; ce qu'un
fichier offre aux autres est dans l'en-tête de son nom, et nulle part ailleurs. En Python, une flèche est un import. Deux
modules n'ont pas le même nom, et un dossier se lit d'un coup d'œil.
"""

import ast
import collections
import glob
import pathlib
import re
import subprocess
import sys

# De bas en haut.
LIBRARY_ROOMS = ("base", "look", "launch", "wait", "talk", "expect", "explain", "run", "shared")
# docs/corrected/, qui montre les corrigés, se sert de tout.
ROOMS = ("judge", "student", "handout", "grading", "bench", "proof", "corrected")
MOST_ENTRIES = 25
# Des fichiers de données, tous de la même forme : on n'en cherche pas un des yeux.
DATA = {"mutants", "cases", "submissions", "corpus"}
LIBRARY = "build/judge/libjudge.a"
SHARED = "tests/shared"
SOURCES = {path.stem: path for top in ("tests/judge/library", SHARED) for path in pathlib.Path(top).rglob("*.c")}
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


def library_complaints(arrows, offered, asked):
    """Ce qui ne va pas dans la bibliothèque du juge."""
    for circle in sorted(circles(arrows)):
        yield f"cercle de {len(circle)} fichiers : {', '.join(circle)}"
        for name in circle:
            for other in sorted(arrows[name].keys() & set(circle)):
                yield f"    {name} → {other} : {', '.join(arrows[name][other])}"
    floor = {name: LIBRARY_ROOMS.index(SOURCES[name].parent.name) for name in arrows}
    for name, others in arrows.items():
        for other in others:
            if floor[other] > floor[name]:
                yield f"{SOURCES[name]} remonte à {SOURCES[other].parent.name}/ : {', '.join(others[other])}"
    called = {symbol for _, symbol in asked}
    for name, symbol in offered:
        header = SOURCES[name].with_suffix(".h")
        if symbol in called and not re.search(rf"^\w.*\b{symbol}\(", text(header), re.M):
            yield f"{SOURCES[name]} : {symbol} sert à d'autres, et n'est pas dans {header.name}"


def modules():
    """Les modules Python du dépôt : ceux que d'autres importent, ou pourraient importer."""
    tracked = subprocess.run(["git", "ls-files", "*.py"], check=True, capture_output=True, text=True).stdout.splitlines()
    return [pathlib.Path(name) for name in tracked if name.startswith("docs/") or pathlib.Path(name).parts[1] in ROOMS
            and not DATA & set(pathlib.Path(name).parts)]


def imported(path):
    """Les modules du dépôt que ce module importe, par leur nom entier."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def module_complaints(paths):
    """Les imports qui remontent, et les noms portés deux fois."""
    for path in paths:
        room = path.parts[1]
        for name in imported(path):
            top, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if top == "tests" and (room not in ROOMS or ROOMS.index(other) > ROOMS.index(room)):
                yield f"{path} remonte à {other}/ : {name}"
    places = collections.defaultdict(list)
    for path in paths:
        places[path.stem].append(str(path))
    yield from (f"deux modules ont le même nom : {', '.join(same)}" for same in places.values() if len(same) > 1)


def crowded_folders():
    """Les dossiers de tests/ où il y a trop à regarder."""
    tracked = subprocess.run(["git", "ls-files", "tests"], check=True, capture_output=True, text=True).stdout.splitlines()
    entries = collections.defaultdict(set)
    for name in tracked:
        parts = pathlib.PurePath(name).parts
        for depth in range(1, len(parts)):
            entries["/".join(parts[:depth])].add(parts[depth])
    for folder, inside in sorted(entries.items()):
        if len(inside) > MOST_ENTRIES and pathlib.PurePath(folder).name not in DATA:
            yield f"{folder} : {len(inside)} entrées, {MOST_ENTRIES} au plus"


def main():
    """Le compte, et le statut."""
    offered, asked = map(of_library, symbols(LIBRARY, *sorted(glob.glob(f"build/{SHARED}/*.o"))))
    tests = symbols(*sorted(glob.glob("build/tests/*/*.o")))[1]
    arrows, paths = find_arrows(offered, asked), modules()
    found = [*library_complaints(arrows, offered, asked + tests), *module_complaints(paths), *crowded_folders()]
    print(*found, f"{len(arrows)} fichiers de C, {sum(map(len, arrows.values()))} flèches ; {len(paths)} modules", sep="\n")
    sys.exit(1 if found or not arrows or not paths else 0)


if __name__ == "__main__":
    main()
