"""make steady : chaque mutant, chaque variante et chaque cas, jugé plusieurs fois en entier, la moitié sous la charge. Les mêmes
tests échouent chaque fois : une note qui varie est un défaut du juge, non du programme, sauf pour ceux que hesitant.toml
nomme, chacun avec les tests qui peuvent varier (« tests ») et pourquoi c'est le programme qui hésite (« why »).

Réglages, par l'environnement : LAB= TEST= (nom d'un programme, avec *) N= (nombre de fois, 10) CASES= (le dossier des cas)
FEW= (ce nombre de programmes seulement, pris de loin en loin). Statut : 0 si rien ne varie, ou ce qui est excusé seulement.
"""

import collections
import os
import pathlib
import tomllib

from tests.bench import slowest
from tests.proof.programs import judged, known_cases, mutants, variants
from tests.proof.programs.judged import Trouble

EXCUSED = pathlib.Path("tests/proof/programs/hesitant.toml")
PLACE = judged.BUILD / "steady"


class Program:
    """Un programme à juger plusieurs fois : son nom, de quoi le juger une fois, et où il est compilé."""

    def __init__(self, name, prepare, judge, programs):
        self.name, self.prepare, self.judge, self.programs = name, prepare, judge, programs
        self.seen, self.seconds = collections.Counter(), []


def of_mutant(mutant):
    bench = judged.Bench(mutant.lab, PLACE / mutant.lab.name / mutant.name, mutant.lab.base)
    return Program(mutant.key, lambda: bench.build(mutant.sources()), bench.judge, lambda: bench.programs)


def of_variant(lab, folder):
    holder = []
    return Program(f"{lab.name}/variants/{folder.name}", lambda: holder.append(variants.build(lab, folder)), lambda: holder[0].judge(), lambda: holder[0].programs)


def of_case(case):
    return Program(case.key(), case.prepare, lambda: case.judge()[0], case.programs)


def chosen():
    """Les programmes demandés, et un sur tant si FEW= en veut peu."""
    found = []
    for lab in map(judged.Lab, judged.labs()):
        found += [of_mutant(mutant) for mutant in mutants.read_mutants(lab) if judged.selected(mutant.name)]
        folders = sorted((variants.TESTS / lab.name / "variants").glob("*/"))
        found += [of_variant(lab, folder) for folder in folders if judged.selected(folder.name)]
    found += map(of_case, known_cases.read_cases(pathlib.Path(os.environ.get("CASES") or known_cases.OURS)))
    few = int(os.environ.get("FEW") or len(found)) or 1
    return found[::-(-len(found) // few)] if found else []


def outcome(run):
    """Les tests qui n'ont pas réussi, et ne sont pas sautés : ce qui doit être le même chaque fois."""
    return frozenset(test["name"] for test in run["tests"] if test["status"] not in ("passed", "skipped"))


def judge_times(times):
    def several(program):
        for _ in range(times):
            try:
                run = program.judge()
            except Trouble as trouble:
                program.seen[frozenset([f"un ennui du juge ({trouble})"])] += 1
                continue
            program.seen[outcome(run)] += 1
            program.seconds.append(run["duration_ms"] / 1e3)
    return several


def excuses():
    table = tomllib.loads(EXCUSED.read_text(encoding="utf-8")) if EXCUSED.is_file() else {}
    for name, told in table.items():
        if not told.get("why") or not told.get("tests"):
            raise Trouble(f"{EXCUSED}, {name} : « tests » et « why » sont attendus")
    return table


def tell(program, excused):
    """Dit ce qui varie d'un programme ; rend (réussites, échecs)."""
    times = sum(program.seen.values())
    counts = collections.Counter(name for failed, count in program.seen.items() for name in failed for _ in range(count))
    varying = {name: count for name, count in counts.items() if count < times}
    if "/variants/" in program.name and counts:
        print(f"✗ {program.name} : accusé à tort : " + ", ".join(f"{name} ({count} fois sur {times})" for name, count in counts.items()))
        return 0, 1
    told = excused.get(program.name, {})
    if not varying:
        return 1, 0
    allowed = set(varying) <= set(told.get("tests", []))
    print(f"{'!' if allowed else '✗'} {program.name} : " + ", ".join(f"{name} échoue {count} fois sur {times}" for name, count in sorted(varying.items()))
          + (f" : {told['why']}" if allowed else ""))
    return int(allowed), int(not allowed)


def main():
    excused, programs, times = excuses(), chosen(), int(os.environ.get("N") or 10)
    judged.in_parallel(lambda program: program.prepare(), programs)
    judged.in_parallel(judge_times(times - times // 2), programs)
    slowest.note("steady", {program.name: (min(program.seconds), program.programs()) for program in programs if program.seconds})
    with variants.Load():
        judged.in_parallel(judge_times(times // 2), programs)
    totals = [tell(program, excused) for program in programs]
    print(f"{len(programs)} programmes, jugés {times} fois chacun")
    return judged.conclude(sum(passed for passed, _ in totals), sum(failed for _, failed in totals))


if __name__ == "__main__":
    judged.run_main(main)
