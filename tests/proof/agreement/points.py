"""Ce que les tests disent d'un lab doit être ce que disent ses notes : points, étapes, défauts, titre.

points.py LAB…
"""

import json
import pathlib
import re
import subprocess
import sys

from tests.proof.agreement.catalogue import TEXT_ONLY
from tests.judge.command.lab_reader import settings

STEP = re.compile(r"^### Étape (\d+) — (.+?) \((\d+(?:,\d+)?) points?\) \{#([\w-]+)\}$", re.M)
TRAP = re.compile(r"^### (D\d\d) — .+ \{#([\w-]+)\}$", re.M)


def listing(lab):
    """Les tests du lab, tels que le juge les dit."""
    output = subprocess.run([f"build/tests/{lab}/judge", "--list"], check=True, capture_output=True).stdout
    run = json.loads(output)
    # Les tests réservés s'ajoutent aux 20 points, et les notes n'en disent rien.
    run["tests"] = [test for test in run["tests"] if not test.get("private")]
    return run


def number(text):
    """Un nombre écrit à la française."""
    return float(text.replace(",", "."))


def compare_steps(run, notes):
    """Chaque étape : même titre, mêmes points, même ancre."""
    told = {int(step): (title, number(points), anchor) for step, title, points, anchor in STEP.findall(notes)}
    for step in run["steps"]:
        points = sum(test["points"] for test in run["tests"] if test["step"] == step["number"])
        expected = (step["title"], points, f"lab-{run['lab']}-etape-{step['number']}")
        if told.get(step["number"]) != expected:
            yield f"étape {step['number']} : les tests disent {expected}, les notes {told.get(step['number'])}"
    for extra in sorted(told.keys() - {step["number"] for step in run["steps"]}):
        yield f"étape {extra} : dans les notes, mais sans test"


def compare_defects(run, notes):
    """Chaque défaut montré par un test a sa section, et l'inverse."""
    told = dict(TRAP.findall(notes))
    tested = {defect for test in run["tests"] for defect in test["defects"]}
    for defect in sorted(tested - told.keys()):
        yield f"{defect} : un test le montre, les notes n'en parlent pas"
    for defect in sorted(told.keys() - tested - TEXT_ONLY):
        yield f"{defect} : les notes en parlent, aucun test ne le montre"
    for defect, anchor in told.items():
        if anchor != f"lab-{run['lab']}-{defect.lower()}":
            yield f"{defect} : l'ancre {anchor} n'est pas celle attendue"


def complaints(lab):
    """Tout ce qui ne concorde pas."""
    run = listing(lab)
    notes = pathlib.Path("labs", lab, "NOTES.fr.md").read_text(encoding="utf-8")
    total = sum(test["points"] for test in run["tests"])
    if abs(total - 20) > 1e-9:
        yield f"les tests valent {total} points, pas 20"
    if run["title"] != settings(lab).get("TITLE"):
        yield f"le titre est « {run['title']} » dans les tests, « {settings(lab).get('TITLE')} » dans lab.mk"
    yield from compare_steps(run, notes)
    yield from compare_defects(run, notes)


def main():
    found = [f"{lab} : {complaint}" for lab in sys.argv[1:] for complaint in complaints(lab)]
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
