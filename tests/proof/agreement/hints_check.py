"""Les indices de chaque étape : trois niveaux, des renvois qui mènent quelque part, et pas une ligne de code.

hints_check.py LAB…
"""

import json
import os
import pathlib
import re
import subprocess
import sys

from tests.student import hints

SPAN = re.compile(r"`([^`]*)`")
QUOTE = re.compile(r"« ([^»]+) »")
DEFECT = re.compile(r"\bD\d\d\b")
# Plus courte, une ligne de C ne dit rien : « return -1; ».
TELLING = 12


def squeeze(text):
    """Le texte sans différence d'espaces ni de mise en forme."""
    return re.sub(r"[`*]", "", " ".join(text.split()))


def code_lines(lab):
    """Les lignes de C des solutions de ce lab, sans leurs blancs ni leurs commentaires."""
    lines = set()
    for path in pathlib.Path("solutions", lab).glob("*.[ch]"):
        for line in path.read_text(encoding="utf-8").splitlines():
            code = "".join(re.sub(r"//.*|^\s*[/ ]\*.*", "", line).split())
            if len(code) >= TELLING and not code.startswith("#include"):
                lines.add(code)
    return lines


def listing(lab):
    """Les étapes du lab, telles que le juge les dit."""
    output = subprocess.run([f"build/tests/{lab}/judge", "--list"], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)["steps"]


def check_levels(levels, notes, lines):
    """Ce qui ne va pas dans les trois niveaux d'une étape."""
    for name, text in zip(hints.LEVELS, levels):
        bare = "".join(text.split())
        for line in lines:
            if line in bare:
                yield f"« {name} » contient une ligne de la solution : {line}"
        if "```" in text or re.search(r"^ {4,}\S", text, re.M):
            yield f"« {name} » contient un bloc de code"
        for span in SPAN.findall(text):
            if re.search(r"[;{}=]|\w\(.*\w", span):
                yield f"« {name} » contient du code : {span}"
        for defect in sorted(set(DEFECT.findall(text))):
            if f"### {defect} " not in notes:
                yield f"« {name} » renvoie au piège {defect}, qui n'est pas dans les notes de ce lab"
    if not re.search(r"`man\s+\d\s+\w", levels[1]):
        yield "« À lire » ne nomme aucune page de manuel"
    known = squeeze(notes)
    for quoted in QUOTE.findall(levels[1]):
        if squeeze(quoted) not in known:
            yield f"« À lire » renvoie à « {squeeze(quoted)} », qui n'est pas dans les notes"


def complaints(lab):
    """Tout ce qui ne va pas dans les indices d'un lab."""
    notes = pathlib.Path("labs", lab, "NOTES.fr.md").read_text(encoding="utf-8")
    lines = code_lines(lab)
    wanted = set()
    for step in listing(lab):
        path = hints.path_of(lab, step["number"])
        wanted.add(path)
        try:
            title, levels = hints.parse(pathlib.Path(path).read_text(encoding="utf-8"))
        except (OSError, hints.Malformed) as error:
            yield f"{path} : {error}"
            continue
        if title != f"Étape {step['number']} — {step['title']}":
            yield f"{path} : le titre est « {title} », l'étape s'appelle « {step['title']} »"
        yield from (f"{path} : {complaint}" for complaint in check_levels(levels, notes, lines))
    for extra in sorted({str(path) for path in pathlib.Path("tests", lab, "hints").glob("*")} - wanted):
        yield f"{extra} : aucune étape n'a ces indices"


def main():
    if not os.path.isdir("solutions"):
        print("solutions/ est absent : les lignes de code ne sont pas cherchées")
    found = [complaint for lab in sys.argv[1:] for complaint in complaints(lab)]
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
