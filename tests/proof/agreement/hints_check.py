"""Les indices de chaque étape : trois niveaux, des renvois qui mènent quelque part, et pas une ligne de code.

hints_check.py LAB…
"""

import os
import pathlib
import re
import sys

from tests.judge.command import lab_reader
from tests.proof.agreement import places
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


def check_levels(levels, notes, lines):
    """(où le chercher, ce qui ne va pas) dans les trois niveaux d'une étape."""
    for name, text in zip(hints.LEVELS, levels):
        bare = "".join(text.split())
        for line in lines:
            if line in bare:
                yield f"## {name}", f"une ligne de la solution y est : {line} ; une phrase est attendue"
        for block in re.findall(r"```|^ {4,}\S.*", text, re.M):
            yield block, "un bloc de code ; une phrase est attendue"
        for span in SPAN.findall(text):
            if re.search(r"[;{}=]|\w\(.*\w", span):
                yield f"`{span}`", f"`{span}` est du code ; le nom d'une fonction ou d'un fichier est attendu, et rien d'autre"
        for defect in sorted(set(DEFECT.findall(text))):
            if f"### {defect} " not in notes:
                yield defect, f"les notes de ce lab n'ont pas de piège {defect} (un titre « ### {defect} — … »)"
    if not re.search(r"`man\s+\d\s+\w", levels[1]):
        yield "## À lire", "aucune page de manuel n'y est nommée : `man 2 bind`, par exemple, est attendu"
    known = squeeze(notes)
    for quoted in QUOTE.findall(levels[1]):
        if squeeze(quoted) not in known:
            yield f"« {quoted}", f"« {squeeze(quoted)} » n'est pas dans les notes ; le titre d'une de leurs sections est attendu"


def check_step(lab, step, notes, lines):
    """Tout ce qui ne va pas dans les indices d'une étape."""
    path, heading = pathlib.Path(hints.path_of(lab.name, step)), f"Étape {step} — {lab.steps[step]}"
    if not path.is_file():
        yield (f"{path} : ce fichier manque ; y sont attendus « # {heading} », puis "
               + ", ".join(f"« ## {level} »" for level in hints.LEVELS))
        return
    text = path.read_text(encoding="utf-8")
    try:
        title, levels = hints.parse(text)
    except hints.Malformed as error:
        yield f"{path}:{error.line} : {error}"
        return
    if title != heading:
        yield f"{path}:1 : « # {title} » ; est attendu « # {heading} », d'après tests/{lab.name}/lab.mk"
    for fragment, complaint in check_levels(levels, notes, lines):
        yield f"{places.in_file(path, fragment)} : {complaint}"


def complaints(lab):
    """Tout ce qui ne va pas dans les indices d'un lab."""
    notes = pathlib.Path("labs", lab.name, "NOTES.fr.md").read_text(encoding="utf-8")
    lines = code_lines(lab.name)
    steps = range(len(lab.steps))
    for step in steps:
        yield from check_step(lab, step, notes, lines)
    wanted = {hints.path_of(lab.name, step) for step in steps}
    for extra in sorted({str(path) for path in pathlib.Path("tests", lab.name, "hints").glob("*")} - wanted):
        yield f"{extra} : tests/{lab.name}/lab.mk n'a pas d'étape à laquelle ces indices soient (STEP_N := …)"


def main():
    if not os.path.isdir("solutions"):
        print("solutions/ est absent : les lignes de code ne sont pas cherchées")
    found = [complaint for name in sys.argv[1:] for complaint in complaints(lab_reader.Lab(name))]
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
