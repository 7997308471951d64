"""La notation d'une classe : combien de rendus par minute, et ce que rapporte un second juge de front.

La classe est faite de copies de la solution. Avec JOBS=1, tout tient sur un seul cœur ; avec JOBS=2, sur deux. Le juge
nu (sans porte, sans bac à sable) sur un cœur dit ce que coûtent les précautions.
"""

import json
import os
import pathlib
import shutil
import statistics
import sys

from tests.bench import commands
from tests.bench import figures
from tests.bench import host
from tests.bench.building import Trouble
from tests.judge.command import lab_reader
from tests.judge.command.call import PYTHON

ROOM = pathlib.Path("build", "bench", "classe")
STUDENTS = 12
USUAL_ROUNDS = 3
AIM = 1.9
LOCAL_CLUSTER = [*PYTHON, "tests/proof/grading/local_cluster.py"]


def make_class():
    """Des rendus tous différents, tous justes."""
    shutil.rmtree(ROOM, ignore_errors=True)
    for number in range(1, STUDENTS + 1):
        folder = ROOM / "rendus" / f"etudiant{number}"
        shutil.copytree("solutions", folder)
        for source in (folder / lab.name / (lab.server + ".c") for lab in lab_reader.every_lab()):
            source.write_text(source.read_text(encoding="utf-8") + f"\n// rendu {number}\n", encoding="utf-8")


def has_slurm():
    """Slurm est-il installé ?"""
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin:/sbin"
    return all(shutil.which(name, path=path) for name in ("munged", "slurmctld", "slurmd", "sbatch"))


def grade(cores, launcher=(), **settings):
    """Note toute la classe à neuf sur ces cœurs ; rend le temps réel."""
    out = ROOM / "notes"
    shutil.rmtree(out, ignore_errors=True)
    spent = commands.run([*launcher, "make", "test"], cores, WORK=str(ROOM / "rendus"), OUT=str(out), **settings)
    records = [json.loads(path.read_text(encoding="utf-8")) for path in (out / "resultats").glob("*.json")]
    if len(records) != STUDENTS or any(record["total"]["over20"] != 20 for record in records):
        raise Trouble("un rendu juste n'a pas eu 20 : ce n'est pas une question de temps")
    return spent["wall"]


def judge_bare(cores):
    """Juge les mêmes rendus l'un après l'autre, sans rien autour."""
    shutil.rmtree(ROOM / "nu", ignore_errors=True)
    return sum(commands.run(["make", "test"], cores, WORK=str(folder), JUDGE_BASE=str(ROOM / "nu" / folder.name))["wall"]
               for folder in sorted((ROOM / "rendus").iterdir()))


def ways():
    """Les façons de noter : {nom: (cœurs, fonction)}."""
    cores = sorted(os.sched_getaffinity(0))
    one, two = {cores[-1]}, set(cores[-2:])
    found = {"juge nu, un cœur": (1, lambda: judge_bare(one)), "JOBS=1, un cœur": (1, lambda: grade(one, JOBS="1")),
             "JOBS=1, encore": (1, lambda: grade(one, JOBS="1"))}
    if len(two) == 2:
        found["JOBS=2, deux cœurs"] = (2, lambda: grade(two, JOBS="2"))
        found["JOBS non dit, deux cœurs"] = (2, lambda: grade(two))
        found["de même, sans bac à sable"] = (2, lambda: grade(two, INSECURE="1"))
        if has_slurm():
            found["Slurm, deux cœurs"] = (2, lambda: grade(two, LOCAL_CLUSTER, ENGINE="slurm", JOBS="2"))
    return found


def void_reason(taken, count):
    """Les deux séries de JOBS=1 disent-elles la même chose ?"""
    if count < USUAL_ROUNDS:
        return f"{count} tours seulement : il en faut au moins {USUAL_ROUNDS}"
    ratio = statistics.median(a / b for a, b in zip(taken["JOBS=1, un cœur"], taken["JOBS=1, encore"]))
    if figures.STEADY[0] <= ratio <= figures.STEADY[1]:
        return None
    return f"JOBS=1, mesuré deux fois, prend {figures.number(ratio)} fois son propre temps : la machine est trop occupée"


def lines_of(taken, found):
    """Le tableau : rendus par minute, en tout et par cœur."""
    lines = ["| façon de noter | rendus par minute | par minute et par cœur | fois JOBS=1 |", "|---|---:|---:|---:|"]
    for name, walls in taken.items():
        rate = STUDENTS * 60 / statistics.median(walls)
        gain = statistics.median(one / wall for one, wall in zip(taken["JOBS=1, un cœur"], walls))
        lines.append(f"| {name} | {figures.number(rate)} | {figures.number(rate / found[name][0])} | {figures.number(round(gain, 2))} |")
    return lines


def run(path, asked):
    """Mesure, montre, écrit les résultats ; rend le statut."""
    make_class()
    count, found, machine, date = asked or USUAL_ROUNDS, ways(), host.described(), host.today()
    # Un premier tour construit ce qui ne l'est qu'une fois.
    grade(os.sched_getaffinity(0), JOBS=str(len(os.sched_getaffinity(0))))
    taken = {name: [] for name in found}
    for number in range(count):
        for name, (_, measure) in found.items():
            if sys.stderr.isatty():
                print(f"\rla classe : tour {number + 1} sur {count}, {name} \x1b[K", end="", file=sys.stderr, flush=True)
            taken[name].append(measure())
    results = {"format": 1, "row": {"id": "classe", "title": "Noter une classe"}, "date": date, "command": "make bench BENCH=classe",
               "machine": machine, "rounds": count, "samples": taken, "void": void_reason(taken, count), "lines": lines_of(taken, found)}
    results["provenance"] = (f"`make bench BENCH=classe`, le {date[:10]}, {machine['cores']} cœurs partagés, {STUDENTS} rendus, "
                             f"{count} tours, médianes.")
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print("\nNoter une classe de copies de la solution\n\n" + "\n".join(results["lines"]))
    two = "JOBS=2, deux cœurs"
    if two in taken:
        gain = statistics.median(one / wall for one, wall in zip(taken["JOBS=1, un cœur"], taken[two]))
        print(f"  {'✓' if gain >= AIM else '✗'} but : au moins {figures.number(AIM)} fois plus vite à deux : {figures.number(round(gain, 2))}")
    if results["void"]:
        print(f"  Mesure nulle : {results['void']}.")
    return 0
