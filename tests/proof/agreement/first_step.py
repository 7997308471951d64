"""L'étape 0 tient en cinq minutes : ce qu'il y faut lire et écrire est compté, et qui l'écrit a son ✓.

first_step.py LAB…      laisse les labs, leur étape 0 écrite, dans build/check/first, à juger par « make test STEP=0 »

Les lignes à écrire sont celles de tests/NN/start/step-0.patch, dans le squelette. Les mots à lire : les notes, de leur titre à
la fin du chapitre de l'étape 0, et les commentaires des fonctions que ces lignes complètent.
"""

import pathlib
import re
import shutil
import sys

from tests.handout import csource
from tests.proof.programs.mutants import altered, parts_of

WORK = pathlib.Path("build", "check", "first")
MOST_WORDS, MOST_LINES = 400, 10
CHAPTER = re.compile(r"(?s)\A# .*?^## Étape 0 — .*?(?=^## )", re.M)


def words(text):
    """Combien de mots a ce texte."""
    return len(re.findall(r"\w[\w'’.-]*", text))


def comments(before, after):
    """Les commentaires des fonctions que ces lignes complètent : l'en-tête, et ce qui est dans le corps."""
    told = []
    for name, (signature, header) in csource.functions(before).items():
        here, there = body(before, name), body(after, name)
        if here != there:
            told += [header, signature, *re.findall(r"//.*", here)]
    return "\n".join(told)


def body(text, name):
    """Le corps d'une fonction, jusqu'à l'accolade qui la ferme."""
    return re.search(rf"(?ms)^\w[^\n;]*\b{name}\([^;{{]*\)\n\{{\n(.*?)^\}}", text)[1]


def figures(lab):
    """(mots à lire, lignes à écrire) d'un lab ; écrit le travail à juger."""
    folder, patch = pathlib.Path("labs", lab), pathlib.Path("tests", lab, "start", "step-0.patch")
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.[ch]"))}
    written = altered(sources, patch)
    shutil.copytree(folder, WORK / lab, ignore=shutil.ignore_patterns("build"))
    for name, text in written.items():
        (WORK / lab / name).write_text(text, encoding="utf-8")
    chapter = CHAPTER.match((folder / "NOTES.fr.md").read_text(encoding="utf-8"))
    told = "".join(comments(sources[name], text) for name, text in written.items() if text != sources[name])
    lines = re.findall(r"^\+(?!\+\+ )[ \t]*\S", parts_of(patch)[1], re.M)
    return words(chapter[0] + told) if chapter else 0, len(lines)


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    wrong = 0
    for lab in sys.argv[1:]:
        read, write = figures(lab)
        print(f"{lab} : avant le premier ✓, {read} mots à lire et {write} lignes à écrire (au plus {MOST_WORDS} et {MOST_LINES})")
        if not 0 < read <= MOST_WORDS:
            print(f"labs/{lab}/NOTES.fr.md:1 : {read} mots à lire, jusqu'à la fin du chapitre « ## Étape 0 — » et avec les commentaires des "
                  f"fonctions à compléter ; {MOST_WORDS} au plus sont attendus")
            wrong += 1
        if not 0 < write <= MOST_LINES:
            print(f"tests/{lab}/start/step-0.patch:3 : {write} lignes à écrire ; {MOST_LINES} au plus sont attendues")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
