"""Les tests réservés tiennent ce que docs/noter.md en dit, essayé sur l'exemple qui y est écrit.

L'exemple est posé dans une copie du dépôt : le corrigé le réussit, le mutant nommé le rate, et rien de ce
qu'il contient ne se lit dans ce qui est fait pour un étudiant, sauf avec REVEAL=1.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from tests.judge.command.call import PYTHON
from tests.proof.programs import mutants

PAGE = pathlib.Path("docs", "noter.md")
PLACE = pathlib.Path("build", "check", "private").resolve()
TREE = PLACE / "depot"
EXAMPLE = re.compile(r"<!-- exemple : (tests/([\w-]+)/private/\w+\.c) mutant : ([\w-]+) -->\n```c\n(.*?)```", re.S)
CLEAN = {key: value for key, value in os.environ.items()
         if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "WORK", "LAB", "STEP", "TEST", "REVEAL", "LABS")}


class Example:
    """L'exemple de la page : où il va, quel mutant le rate, son texte, et ce qui doit en rester secret."""

    def __init__(self):
        self.path, self.lab, self.mutant, self.text = EXAMPLE.search(PAGE.read_text(encoding="utf-8")).groups()
        self.name = re.search(r"LESSON\((\w+)", self.text)[1]
        self.category = re.search(r'\.category = "([^"]+)"', self.text)[1]
        known = [self.category, "server", *re.search(r'\.needs = "([^"]*)"', self.text)[1].split()]
        strings = [text.replace("\\n", "") for text in re.findall(r'"((?:\\.|[^"\\])+)"', self.text)]
        told = public_text(self.lab)
        self.secrets = [self.name] + [text for text in strings if text not in known and text not in told]


def public_text(lab):
    """Les textes des tests publics du lab : ceux-là, tout le monde les lit."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path("tests", lab).glob("*.c"))) \
        + pathlib.Path("tests/judge/library/run/judge.h").read_text(encoding="utf-8")


def copy_tree():
    """Une copie du dépôt et de ce qui est déjà construit, sans les tests réservés qu'il aurait."""
    shutil.rmtree(PLACE, ignore_errors=True)
    left_out = shutil.ignore_patterns("private", "build", ".git", "__pycache__")
    for part in ("common", "labs", "solutions", "tests", "docs"):
        shutil.copytree(part, TREE / part, ignore=left_out, symlinks=True)
    shutil.copy2("Makefile", TREE)
    for part in ("judge", "tests"):
        shutil.copytree(pathlib.Path("build", part), TREE / "build" / part, ignore=shutil.ignore_patterns("private", "objects", "judge"))
    if pathlib.Path("build", "packages").is_dir():
        shutil.copytree("build/packages", TREE / "build" / "packages", symlinks=True)
    for library in pathlib.Path("build").glob("*.so"):
        shutil.copy2(library, TREE / "build")


def make(*words, status=0):
    """Ce qu'écrit make dans la copie ; son statut est vérifié."""
    done = subprocess.run(["make", *words], cwd=TREE, env=CLEAN, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    check(status is None or done.returncode == status, f"make {' '.join(words)} rend {done.returncode}, {status} attendu :\n{done.stdout}")
    return done.stdout


class Failed(Exception):
    """Une promesse n'est pas tenue."""


def check(held, complaint):
    if not held:
        raise Failed(complaint)


def keeps_secret(example, text, where):
    """Rien de l'exemple dans ce texte."""
    for secret in example.secrets:
        check(secret not in text, f"{where} laisse lire « {secret} » :\n{text}")


def tells(example, text, where):
    """L'exemple en clair : sans quoi keeps_secret() ne prouverait rien."""
    check(example.name in text, f"{where} ne montre pas {example.name}, malgré REVEAL=1 :\n{text}")


def results(work, lab):
    """Ce que le juge a écrit pour l'enseignant."""
    folders = [TREE / "build" / "work" / work] if work == "solutions" else \
        [path for path in (TREE / "build" / "work").iterdir() if path.name not in ("solutions", "labs")]
    return json.loads((folders[0] / lab / "complete.json").read_text(encoding="utf-8"))


def only_private(run):
    tests = [test for test in run["tests"] if test.get("private")]
    check(len(tests) == 1, f"{len(tests)} test réservé dans les résultats, un attendu")
    return tests[0]


def try_solution(example):
    """Le corrigé : tous les points, un maximum plus grand, une note sur 20, et rien de dit."""
    before = make("test", "WORK=solutions", f"LAB={example.lab}")
    check("éservé" not in before, f"un test réservé est annoncé sans qu'il y en ait :\n{before}")
    (TREE / example.path).parent.mkdir()
    (TREE / example.path).write_text(example.text, encoding="utf-8")
    report = make("test", "WORK=solutions", f"LAB={example.lab}", "JUNIT=build/junit.xml")
    run = results("solutions", example.lab)
    test = only_private(run)
    check(run["max"] == 20 + test["points"] and run["points"] == run["max"], f"points {run['points']} / {run['max']}")
    check((test["name"], test["category"], test["status"]) == (example.name, example.category, "passed"), str(test))
    check("Note : 20 / 20" in report and f"{example.category} : 1 / 1" in report, report)
    keeps_secret(example, report, "le rapport")
    keeps_secret(example, (TREE / "build/junit.xml").read_text(encoding="utf-8"), "le rapport JUnit")


def try_mutant(example):
    """Le mutant : il échoue au test réservé, qui ne dit pourquoi qu'avec REVEAL=1."""
    work = TREE / "faux" / example.lab
    shutil.copytree(TREE / "solutions" / example.lab, work)
    patch = pathlib.Path("tests", example.lab, "mutants", f"{example.mutant}.patch")
    solution = {path.name: path.read_text(encoding="utf-8") for path in work.glob("*.c")}
    for name, text in mutants.altered(solution, patch).items():
        (work / name).write_text(text, encoding="utf-8")
    words = ["test", "WORK=faux", f"LAB={example.lab}", "JUNIT=build/faux.xml"]
    report = make(*words, status=1)
    test = only_private(results("faux", example.lab))
    check(test["status"] == "failed" and test["failure"]["cause"], str(test))
    check(f"{example.category} : 0 / 1" in report, report)
    keeps_secret(example, report, "le rapport d'un échec")
    keeps_secret(example, (TREE / "build/faux.xml").read_text(encoding="utf-8"), "le rapport JUnit d'un échec")
    shown = make("test", "WORK=faux", f"LAB={example.lab}", f"TEST={example.name}", "JUNIT=build/faux.xml", "REVEAL=1", status=1)
    tells(example, shown, "le rapport")
    tells(example, (TREE / "build/faux.xml").read_text(encoding="utf-8"), "le rapport JUnit")


def try_class(example):
    """La notation d'une classe : rien chez l'étudiant, ni dans le tableau, et tout avec REVEAL=1."""
    for name, origin in (("Juste Ève", "solutions"), ("Faux Jean", "faux")):
        shutil.copytree(TREE / origin / example.lab, TREE / "classe" / name / example.lab)
    words = ["test", "WORK=classe", f"LAB={example.lab}", "OUT=build/notes", "INSECURE=1"]
    keeps_secret(example, make(*words, status=None), "le tableau de la classe")
    pages = class_files()
    check(len(pages) > 8, f"trop peu de fichiers pour les étudiants : {sorted(pages)}")
    for path, text in pages.items():
        keeps_secret(example, text, path)
    make(*words, "REVEAL=1", status=None)
    tells(example, "".join(class_files().values()), "la notation de la classe")


def class_files():
    """Les fichiers écrits pour une classe, sauf les résultats gardés pour l'enseignant."""
    notes = TREE / "build" / "notes"
    return {path.as_posix(): path.read_text(encoding="utf-8") for path in sorted(notes.rglob("*"))
            if path.is_file() and "resultats" not in path.parts}


def try_names(example):
    """Le nom ne se devine pas : ni par la liste, ni par un motif, ni par ce qui est proposé."""
    judge = [TREE / f"build/tests/{example.lab}/judge", "--list"]
    listing = subprocess.run(judge, env=CLEAN, check=True, capture_output=True, text=True).stdout
    keeps_secret(example, listing, "--list")
    check(only_private(json.loads(listing))["category"] == example.category, listing)
    tells(example, subprocess.run(judge, env=CLEAN | {"REVEAL": "1"}, check=True, capture_output=True, text=True).stdout, "--list")
    for pattern in (example.name, example.name[:4] + "*", example.name[2:9]):
        said = make("test", "WORK=solutions", f"LAB={example.lab}", f"TEST={pattern}", status=2)
        keeps_secret(example, said.replace(f"TEST={pattern}", "").replace(f"« {pattern.strip('*')} »", ""), f"TEST={pattern}")
    keeps_secret(example, make("help"), "make help")


def try_gates(example):
    """Les vérifications qui comptent les tests ne comptent pas ceux-là, même avec REVEAL=1."""
    make("judges")
    for tool in (["points.py", example.lab], ["catalogue.py", "--check"], ["parity.py"]):
        done = subprocess.run([*PYTHON, f"tests/proof/agreement/{tool[0]}", *tool[1:]], cwd=TREE,
                              env=CLEAN | {"REVEAL": "1"}, capture_output=True, text=True)
        check(done.returncode == 0, f"{tool[0]} :\n{done.stdout}{done.stderr}")
        keeps_secret(example, done.stdout, tool[0])


def try_removal(example):
    """Effacé, il ne compte plus, sans « make clean »."""
    (TREE / example.path).unlink()
    report = make("test", "WORK=solutions", f"LAB={example.lab}")
    check("éservé" not in report and results("solutions", example.lab)["max"] == 20, report)


def main():
    example = Example()
    check(len(example.secrets) >= 4, f"trop peu de textes à chercher : {example.secrets}")
    copy_tree()
    trials = (try_solution, try_mutant, try_class, try_names, try_gates, try_removal)
    try:
        for trial in trials:
            trial(example)
            print(f"✓ {trial.__doc__}")
    except Failed as complaint:
        print(f"✗ {trial.__doc__}\n{complaint}")
        return 1
    shutil.rmtree(PLACE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
