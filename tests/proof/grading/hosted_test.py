"""Les plateformes qui lancent elles-mêmes le juge, chacune dans un système nu rangé comme elle le documente.

De « make platform » au fichier de résultats, que relit un lecteur écrit d'après sa documentation : le corrigé y a 20, et le travail
d'un débutant une note et ses lignes ; des rendus hostiles n'y gagnent pas un point, n'y lisent ni test ni résultat, et n'y laissent
aucun processus.

Réglages, par l'environnement : PLATFORM= (une seule) LAB= (le premier, sinon) BRIEF=1 (la première) FULL=1 (tous les
rendus hostiles de ce lab que fait une source) TEST= (des noms de rendus, avec *, séparés par des virgules).
"""

import base64
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from tests.grading.hosted import package
from tests.judge.command import lab_reader
from tests.judge.command.call import PYTHON
from tests.proof.hostile import cases

PLACE = pathlib.Path("build", "check", "platforms")
WORKS = PLACE / "rendus"
HONEST, THIEF = "corrigé", "steals"
# Un rendu juste, remis sans ce qu'un autre lab prête.
ALONE = "corrigé-seul"
RIGHT = (HONEST, ALONE)
# Celui d'un débutant : chaque test raté y est montré, et la ligne cherchée en le rejouant.
NAIVE = "naïf"
LINE = re.compile(r"\.c:\d+")
# Là où suivre un processus est interdit, aucune ligne n'est à trouver.
UNTRACED = ("vpl",)
NOT_HERE = 77
# Ce qu'un voleur dit quand une porte s'ouvre (tests/proof/hostile/submissions/steals).
OBTAINED = re.compile(r"OBTENU [^\\\n]*")


class Ground:
    """De quoi remplir les rendus hostiles, sans les lieux du terrain où ils sont notés d'ordinaire."""

    @staticmethod
    def fill(text):
        return re.sub(r"@(\w+)@", lambda found: {"TCP": "9", "UDP": "9"}.get(found[1], "/root"), text)


# --- Les lecteurs : ce que chaque plateforme tire du résultat, sur vingt ; None : aucune note ------------------

def read_gradescope(path):
    """results.json : « score », ou la somme des tests."""
    value = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert all(isinstance(case["name"], str) and case["status"] in ("passed", "failed") for case in value["tests"])
    return value.get("score", sum(case.get("score", 0) for case in value["tests"]))


def read_vpl(path):
    """La sortie de vpl_execution : la dernière ligne « Grade », hors des blocs de commentaires."""
    grade, inside = None, False
    for line in path.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        inside = (inside or line == "<|--") and line != "--|>"
        if not inside and line.startswith("Grade :=>>"):
            grade = float(line[len("Grade :=>>"):])
    return grade


def read_github(path):
    """La sortie « result » : du JSON en base64, dont les points s'ajoutent."""
    lines = [line for line in path.with_suffix(".txt").read_text(encoding="utf-8").splitlines() if line.startswith("result=")]
    if not lines:
        return None
    value = json.loads(base64.b64decode(lines[-1][len("result="):]))
    assert value["version"] == 1 and value["status"] in ("pass", "fail", "error")
    return 20 * sum(case["score"] for case in value["tests"]) / value["max_score"]


def read_gitlab(path):
    """Le rapport JUnit : la part des tests qui ne sont ni ratés, ni sautés."""
    if not path.with_suffix(".xml").is_file():
        return None
    cases_ = list(ElementTree.parse(path.with_suffix(".xml")).iter("testcase"))
    counted = [case for case in cases_ if case.find("skipped") is None]
    passed = [case for case in counted if case.find("failure") is None and case.find("error") is None]
    return 20 * len(passed) / len(counted)


def read_autolab(path):
    """La dernière ligne : {"scores": {problème: points}}."""
    last = path.with_suffix(".txt").read_text(encoding="utf-8").rstrip("\n").split("\n")[-1]
    try:
        return sum(json.loads(last)["scores"].values())
    except (ValueError, KeyError, TypeError):
        return None


def read_inginious(path):
    """__feedback.json : une note sur cent, et un résultat."""
    value = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert value["result"] in ("success", "failed", "crash") and (value["result"] == "success") == (value.get("grade") == 100)
    return value["grade"] / 5 if "grade" in value else None


READERS = {name: globals()[f"read_{name}"] for name in package.RECIPES}


# --- L'épreuve -------------------------------------------------------------------------------------------------

def works_of(lab):
    """(nom, textes, la plus haute note permise) de chaque rendu."""
    yield HONEST, {**cases.base_sources(HONEST, lab), **lent_to(lab)}, 20.0
    yield NAIVE, {**cases.base_sources(NAIVE, lab), **lent_to(lab)}, 19.0
    if lab.lender:
        yield ALONE, cases.base_sources(HONEST, lab), 20.0
    for case in cases.every_case(lab_reader.every_lab()):
        made = case.lab.name != lab.name or (case.folder / "make.py").exists() or case.mark.startswith("comme")
        if made or case.key != case.name or not (os.environ.get("FULL") or case.key == THIEF):
            continue
        yield case.key, case.texts(Ground), float(case.mark) if case.graded else 0.0


def lay_out(lab):
    """Pose les rendus ; rend {nom: la plus haute note permise}."""
    shutil.rmtree(WORKS, ignore_errors=True)
    most = {}
    for name, texts, limit in works_of(lab):
        if is_wanted(name):
            most[name] = limit
            put(name, texts)
    return most


def is_wanted(name):
    """TEST= retient-il ce rendu ?"""
    return any(fnmatch.fnmatch(name, f"*{pattern}*") for pattern in os.environ.get("TEST", "").split(","))


def lent_to(lab):
    """La bibliothèque qu'un autre lab prête, du même étudiant : {fichier: texte}."""
    return {name: text for name, text in cases.base_sources(HONEST, lab_reader.Lab(lab.lender)).items() if name in lab.lent} if lab.lent else {}


def put(name, texts):
    """Un rendu : ses sources, au même niveau, comme on les dépose."""
    folder = WORKS / name
    folder.mkdir(parents=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")


def prepare(platform, lab):
    """Ce que l'enseignant dépose."""
    subprocess.run([*PYTHON, "tests/grading/hosted/package.py"], env={**os.environ, "PLATFORM": platform, "LAB": lab.name},
                   stdout=subprocess.DEVNULL, check=True)
    if platform in package.OPEN:
        subprocess.run([*PYTHON, "tests/handout/handout.py"], stdout=subprocess.DEVNULL, check=True)


def complaints(platform, name, out, most):
    """Tout ce qui ne va pas chez ce rendu."""
    path = out / name
    said = "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in sorted(out.glob(f"{name}.*")))
    try:
        mark = READERS[platform](path)
    except (OSError, ValueError, AssertionError, KeyError) as error:
        mark = None
        if name in RIGHT:
            yield f"le résultat ne se lit pas ({error!r})"
    if name in RIGHT and (mark is None or abs(mark - most) > 1e-6):
        yield f"note {mark} au lieu de {most} :\n{said[-1500:]}"
    if name == NAIVE and not (mark and (platform in UNTRACED or LINE.search(said))):
        yield f"note {mark}, ou aucune ligne de son travail :\n{said[-1500:]}"
    if name not in RIGHT and (mark or 0) > most + 1e-6:
        yield f"note {mark} : plus que {most}"
    if platform in package.OPEN:
        return
    yield from sorted({found.replace("\n", " ") for found in OBTAINED.findall(said)})
    left = (out / f"{name}.reste").read_text(encoding="utf-8").strip()
    if left != "0":
        yield f"{left} processus restent"


def try_platform(platform, lab, most):
    """Essaie une plateforme ; rend (réussis, ratés), ou None si cette machine ne le permet pas."""
    out = PLACE / platform
    shutil.rmtree(out, ignore_errors=True)
    if platform in package.OPEN:
        # Sur une forge, le dépôt de l'étudiant a toujours le lab qui prête.
        most = {name: limit for name, limit in most.items() if name != ALONE}
    prepare(platform, lab)
    status = subprocess.run(["sh", "tests/proof/systems/platforms.sh", platform, WORKS, out], check=False).returncode
    if status == NOT_HERE:
        return None
    failed = 0
    for name, limit in most.items():
        found = list(complaints(platform, name, out, limit)) if status == 0 else [f"platforms.sh rend {status}"]
        failed += bool(found)
        for line in found:
            print(f"✗ {platform}, {name} : {line}")
    print(f"{platform} : {len(most)} rendus, {failed} à redire")
    return len(most) - failed, failed


def main():
    lab = lab_reader.Lab(lab_reader.chosen_names()[0])
    wanted = os.environ.get("PLATFORM")
    chosen = [wanted] if wanted else ["gradescope"] if os.environ.get("BRIEF") else list(package.RECIPES)
    most = lay_out(lab)
    passed = failed = 0
    for platform in chosen:
        counts = try_platform(platform, lab, most)
        if counts is None:
            print("0 passed, 0 failed, 1 skipped")
            return 0
        passed, failed = passed + counts[0], failed + counts[1]
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
