"""Les variantes : des programmes justes, écrits autrement que la solution. Toutes doivent avoir 20/20 :
une variante accusée est un défaut des tests. Puis le premier jet naïf, dont la note doit être moyenne.

Un fichier absent d'une variante est celui de la solution. Chaque variante est jugée trois fois : telle
quelle, sans réseau à part, et pendant que tous les processeurs sont occupés (QUICK=1 : une seule fois, sauf la
première de chaque lab, jugée aussi pendant que les processeurs sont occupés).
Réglages, par l'environnement : LAB= TEST= (nom d'une variante, avec *) QUICK=1 BRIEF=1 (une variante sur trois).
"""

import os
import pathlib
import sys

from tests.grading.run import with_parent
from tests.proof.programs import judged
from tests.proof.programs.judged import Trouble

TESTS = pathlib.Path("tests")
NAIVE = "naive"
# « À peu près la moitié » : au-delà, la robustesse ne rapporterait rien ; en deçà, on découragerait.
NAIVE_MARKS = (8, 12)
BUSY = [sys.executable, "-c", "while True: pass"]


class Load:
    """De quoi occuper tous les processeurs, le temps d'un « with »."""

    def __enter__(self):
        self.processes = [with_parent.start(BUSY) for _ in range(2 * judged.JOBS)]

    def __exit__(self, *exception):
        for process in self.processes:
            process.kill()
            process.wait()


def build(lab, folder):
    """Construit une variante ; ce qu'elle n'a pas vient de la solution."""
    own = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.c"))}
    strangers = own.keys() - lab.solution.keys()
    if strangers or not own:
        raise Trouble(f"{folder} : sources inattendues ou absentes : {' '.join(strangers)}")
    place = judged.BUILD / "variants" / f"{lab.name}+{folder.name}"
    bench = judged.Bench(lab, place, lab.base)
    errors = bench.build(lab.solution | own)
    if errors:
        raise Trouble(f"{folder} : ne compile pas : {next(iter(errors.values()))}")
    return bench


def tell(name, mode, run):
    """Dit la note, et chaque accusation."""
    mark = judged.mark(run)
    print(f"{'✓' if mark == 20 else '✗'} {name}, {mode} : {mark:.2f}/20 en {run['duration_ms']:.0f} ms")
    for test in run["tests"]:
        if test["status"] not in ("passed", "skipped"):
            failure = test["failure"] or {}
            print(f"    {test['name']} : {failure.get('summary') or test['reason']}\n      {failure.get('cause')}")
    return mark == 20


def under_load(bench):
    with Load():
        return bench.judge()


def modes(first):
    """(nom, façon de juger) ; pressé, c'est la première variante d'un lab qui répond des autres sous la charge."""
    quick = bool(os.environ.get("QUICK"))
    yield "telle quelle", lambda bench: bench.judge()
    if not quick:
        yield "réseau commun", lambda bench: bench.judge(JUDGE_NETWORK="shared")
    if first or not quick:
        yield "processeurs occupés", under_load


def check_variants(lab):
    """Juge chaque variante de chaque façon ; rend (réussites, échecs)."""
    passed = failed = 0
    folders = judged.in_brief([folder for folder in sorted((TESTS / lab.name / "variants").iterdir()) if judged.selected(folder.name)], 3)
    for folder in folders:
        bench = build(lab, folder)
        for mode, judge in modes(folder == folders[0]):
            right = tell(f"{lab.name}/{folder.name}", mode, judge(bench))
            passed, failed = passed + right, failed + (not right)
    return passed, failed


def check_naive(lab):
    """Le premier jet d'un étudiant : rend (réussites, échecs)."""
    folder = TESTS / lab.name / NAIVE / lab.name
    if not folder.is_dir() or not judged.selected(NAIVE):
        return 0, 0
    run = build(lab, folder).judge()
    mark = judged.mark(run)
    right = NAIVE_MARKS[0] <= mark <= NAIVE_MARKS[1]
    print(f"{'✓' if right else '✗'} {lab.name}, programme naïf : {mark:.2f}/20 "
          f"(attendu : de {NAIVE_MARKS[0]} à {NAIVE_MARKS[1]})")
    for step in run["steps"]:
        tests = [test for test in run["tests"] if test["step"] == step["number"]]
        won = sum(test["points"] for test in tests if test["status"] == "passed")
        print(f"    étape {step['number']} : {won:g} sur {sum(test['points'] for test in tests):g}")
    return int(right), int(not right)


def main():
    totals = []
    for name in judged.labs():
        if (TESTS / name / "variants").is_dir():
            lab = judged.Lab(name)
            totals += [check_variants(lab), check_naive(lab)]
    return judged.conclude(sum(passed for passed, _ in totals), sum(failed for _, failed in totals))


if __name__ == "__main__":
    judged.run_main(main)
