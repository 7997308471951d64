"""Le site des étudiants ne dit rien des corrigés, et cette recherche le verrait : published_test.py DOSSIER_HTML

Chaque forme sous laquelle une ligne peut y venir est plantée dans la copie d'un fichier : colorée dans une page, dans un dessin, dans
l'index de la recherche ; `tests/handout/published.py` doit la refuser.
"""

import json
import pathlib
import shutil
import subprocess
import sys
from html import escape

from tests.handout import leaks
from tests.judge.command.call import PYTHON

COPY = pathlib.Path("build", "check", "published")


def refused(folder):
    """Ce site est-il refusé, et que dit-on alors ?"""
    done = subprocess.run([*PYTHON, "tests/handout/published.py", str(folder)], capture_output=True, text=True)
    return done.returncode == 1, done.stderr


def plants(line):
    """(fichier, texte qui y est ajouté)"""
    coloured = "".join(f"<span class='x'>{escape(word)}</span> " for word in line.split())
    yield "index.html", f"<pre>{coloured}</pre>"
    yield "plante.svg", f"<svg><text>{escape(line)}</text></svg>"
    yield "recherche.js", json.dumps(["a", "b", "c", f"un\n{line}"], ensure_ascii=False)


def main(folder):
    """Statut 1 si le site dit une ligne des corrigés, ou si l'une de celles qu'on plante n'est pas vue."""
    wrong, said = refused(folder)
    if wrong:
        print(said)
        return 1
    source = sorted(pathlib.Path("solutions").glob("*/*.c"))[0].read_text(encoding="utf-8")
    line = next(line for line in source.split("\n") if '"' in line and leaks.halves(line)[0] in leaks.lines_of_solutions())
    shutil.rmtree(COPY, ignore_errors=True)
    for name, text in plants(line.strip()):
        COPY.mkdir(parents=True)
        planted = pathlib.Path(folder, name)
        before = planted.read_text(encoding="utf-8") if planted.is_file() else ""
        (COPY / name).write_text(before + text, encoding="utf-8")
        wrong, said = refused(COPY)
        shutil.rmtree(COPY)
        if not wrong or name not in said:
            print(f"une ligne des corrigés, dans {name}, n'est pas vue : {line.strip()}")
            return 1
    print("site des étudiants : rien des corrigés, et une ligne plantée est vue dans une page, un dessin, l'index")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
