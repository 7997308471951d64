"""Ce que coûte de juger : où passe le temps de « make test », et ce qu'il ne peut pas éviter.

Le plancher : le temps de processeur du compilateur (un chronomètre, par la couture COMPILE_WRAPPER) et des programmes
jugés (le juge le compte test par test : « cpu_ms »). Tout le reste est à nous.
"""

import json
import pathlib
import random
import shutil
import statistics
import sys

from tests.bench import building
from tests.bench import commands
from tests.bench import figures
from tests.bench import host
from tests.judge.command import lab_reader
from tests.judge.command.call import PYTHON

ROOM = pathlib.Path("build", "bench", "juge")
LOG = ROOM / "compilations"
USUAL_ROUNDS = 7
AIM = 1.5


class Case:
    """Une façon de juger : quel travail, quels labs, et ce qui a changé depuis le jugement d'avant."""

    def __init__(self, title, work, lab="", fresh=False, edited=False):
        self.title, self.work, self.lab, self.fresh, self.edited = title, work, lab, fresh, edited
        self.base = ROOM / "travail" / pathlib.Path(work).name


def cases(labs):
    """Les cas mesurés ; le premier lab sert de lab ordinaire."""
    copy = str(ROOM / "rendu")
    return [Case("un lab, à neuf", "solutions", labs[0], fresh=True), Case("tous les labs, à neuf", "solutions", fresh=True),
            Case("un lab, une ligne changée", copy, labs[0], edited=True), Case("un lab, rien de changé", copy, labs[0]),
            Case("squelette, tous les labs, à neuf", "labs", fresh=True)]


def prepare(case, labs, number):
    """Met le travail dans l'état voulu, avant de mesurer."""
    LOG.write_text("")
    if case.fresh:
        shutil.rmtree(case.base, ignore_errors=True)
    if case.edited:
        name = lab_reader.Lab(labs[0]).server + ".c"
        source = pathlib.Path(case.work) / labs[0] / name
        original = pathlib.Path("solutions", labs[0], name).read_text(encoding="utf-8")
        source.write_text(f"{original}\n// {number}\n", encoding="utf-8")


def judge_once(case):
    """Juge, et dit où est passé le temps, en secondes."""
    chrono = pathlib.Path(building.compile_program("chrono", [building.HERE / "load" / "chrono.c"])).resolve()
    settings = {"WORK": case.work, "JUDGE_BASE": str(case.base), "COMPILE_WRAPPER": f"{chrono} {LOG.resolve()}"}
    spent = commands.run(["make", "test"], **settings, **({"LAB": case.lab} if case.lab else {}))
    return {**spent, **compiling(spent["began"]), **judged(case), "report": report_time(case)}


def compiling(began):
    """Ce que dit le chronomètre : le temps du compilateur, quand il a commencé et fini."""
    lines = [tuple(map(float, line.split())) for line in LOG.read_text().splitlines()]
    if not lines:
        return {"compiler_cpu": 0.0, "before": 0.0, "compile": 0.0}
    first, last = min(line[0] for line in lines), max(line[1] for line in lines)
    return {"compiler_cpu": sum(line[2] for line in lines), "before": first - began, "compile": last - first}


def result_files(case):
    """Les résultats que ce jugement a laissés."""
    names = [case.lab] if case.lab else sorted(path.parent.name for path in case.base.glob("*/results.json"))
    return [case.base / name / "results.json" for name in names]


def judged(case):
    """Ce que disent les résultats : la durée du jugement, et le temps de processeur des programmes."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in result_files(case)]
    return {"judge": max(run["duration_ms"] for run in found) / 1e3,
            "programs_cpu": sum(test.get("cpu_ms", 0) for run in found for test in run["tests"]) / 1e3}


def report_time(case):
    """Ce que prend le rapport seul, refait à part."""
    command = [*PYTHON, "tests/judge/report/terminal.py", "--work", case.work, "--started", "0", "--troubles", "",
               "--absent", "", "--minimum", "", "--junit", "", "--", *map(str, result_files(case))]
    return commands.run(command)["wall"]


def measure(all_cases, labs, count):
    """count tours de tous les cas, deux fois chacun, dans le désordre : {titre: ([premiers], [seconds])}."""
    taken = {case.title: ([], []) for case in all_cases}
    for number in range(count):
        if sys.stderr.isatty():
            print(f"\rle juge : tour {number + 1} sur {count} ", end="", file=sys.stderr, flush=True)
        for copy in (0, 1):
            for case in random.sample(all_cases, len(all_cases)):
                prepare(case, labs, f"{number}-{copy}")
                taken[case.title][copy].append(judge_once(case))
    return taken


def void_reason(taken, count):
    """Les deux séries d'un même cas disent-elles la même chose ?"""
    if count < USUAL_ROUNDS:
        return f"{count} tours seulement : il en faut au moins {USUAL_ROUNDS}"
    for title, (first, second) in taken.items():
        ratio = statistics.median(a["wall"] / b["wall"] for a, b in zip(first, second))
        if not figures.STEADY[0] <= ratio <= figures.STEADY[1]:
            return f"« {title} », mesuré deux fois, prend {figures.number(ratio)} fois son propre temps : la machine est trop occupée"
    return None


def summarize(samples):
    """Les médianes d'un cas, le plancher, et ce que nous y ajoutons, en secondes."""
    middle = {name: statistics.median(sample[name] for sample in samples)
              for name in ("wall", "cpu", "before", "compile", "judge", "report", "compiler_cpu", "programs_cpu")}
    middle["floor"] = statistics.median(sample["compiler_cpu"] + sample["programs_cpu"] for sample in samples)
    middle["ours"] = statistics.median((sample["cpu"] - sample["compiler_cpu"] - sample["programs_cpu"])
                                       / (sample["compiler_cpu"] + sample["programs_cpu"] or 1) for sample in samples)
    return middle


HEAD = ["| cas | temps réel | avant | compiler | juger | rapport | processeur | plancher | le nôtre / plancher |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]


def row_of(title, middle):
    """Une ligne du tableau."""
    shown = [f"{middle[name]:.2f} s".replace(".", ",") for name in ("wall", "before", "compile", "judge", "report", "cpu", "floor")]
    return f"| {title} | " + " | ".join(shown) + f" | {figures.number(round(middle['ours'], 2))} |"


def show(results):
    """Le tableau, et ce que veulent dire ses colonnes."""
    print("\nLe coût de juger (médianes) : « plancher » est le temps de processeur du compilateur et des programmes jugés ;\n"
          "« le nôtre / plancher », tout le reste du temps de processeur, rapporté à lui.\n")
    print("\n".join(results["lines"]))
    for title, middle in results["cases"].items():
        print(f"  {'✓' if middle['ours'] <= AIM else '✗'} but, {title} : au plus {figures.number(AIM)} fois le plancher en plus : "
              f"{figures.number(round(middle['ours'], 2))}")
    if results["void"]:
        print(f"  Mesure nulle : {results['void']}.")


def run(path, asked):
    """Mesure, montre, écrit les résultats ; rend le statut."""
    labs = lab_reader.names()
    shutil.rmtree(ROOM, ignore_errors=True)
    shutil.copytree("solutions", ROOM / "rendu")
    count, all_cases, machine, date = asked or USUAL_ROUNDS, cases(labs), host.described(), host.today()
    # Un premier jugement de chacun : le juge lui-même est construit, et « rien de changé » est vrai.
    for case in all_cases:
        prepare(case, labs, "avant")
        judge_once(case)
    taken = measure(all_cases, labs, count)
    middles = {title: summarize(first + second) for title, (first, second) in taken.items()}
    results = {"format": 1, "row": {"id": "juge", "title": "Le coût de juger"}, "date": date, "command": "make bench BENCH=juge",
               "machine": machine, "rounds": count, "cases": middles, "samples": taken, "void": void_reason(taken, count),
               "lines": HEAD + [row_of(title, middle) for title, middle in middles.items()]}
    results["provenance"] = f"`make bench BENCH=juge`, le {date[:10]}, {machine['cores']} cœurs partagés, {count} tours, médianes."
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show(results)
    return 0
