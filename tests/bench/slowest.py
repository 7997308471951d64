"""Ce que coûte un programme faux : les dix qui font le plus attendre, au-delà de ce que demande le programme juste.

Mutants, cas et programmes hostiles sont chronométrés chaque fois que « make mutants », « make steady », « make cases » ou
« make hostile » les jugent, plusieurs de front. Les plus longs de chaque lab sont ici jugés de nouveau, en entier, l'un après
l'autre, et le programme juste à côté d'eux.
"""

import json
import os
import pathlib
import statistics
import subprocess

from tests.bench import building
from tests.bench import commands
from tests.bench import figures

# Écrit par toutes : {lab/nom: {"seconds", "programs": le dossier où il est compilé, "run": qui l'a jugé}}.
JUDGED = pathlib.Path("build", "judged.json")
ROOM = pathlib.Path("build", "bench", "faux")
SHOWN = 10
# Combien sont jugés de nouveau dans chaque lab : de front, l'ordre n'est pas tout à fait celui d'un jugement seul.
AGAIN = 8
AIM_S = 5
# Entre deux jugements du même programme juste : au-delà, la machine est trop occupée.
MOST_SPREAD = 1.2


def known():
    """Ce qui a été chronométré ; un fichier abîmé ne vaut rien de plus qu'un fichier absent."""
    try:
        return dict(json.loads(JUDGED.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def note(run, measured):
    """Retient {lab/nom: (secondes, dossier des programmes)}, tels que « run » (« mutants », « cases »…) vient de les juger."""
    told = {name: {"seconds": round(seconds, 1), "programs": str(programs), "run": run} for name, (seconds, programs) in measured.items()}
    JUDGED.write_text(json.dumps(known() | told, indent=1, sort_keys=True), encoding="utf-8")


def candidates():
    """{lab: [noms]} : ceux qui dépassent le plus ce que les autres du même lab, jugés avec eux, ont demandé."""
    groups, excess = {}, {}
    for name, told in known().items():
        if pathlib.Path(told["programs"]).is_dir():
            groups.setdefault((name.partition("/")[0], told["run"]), {})[name] = told["seconds"]
    for (lab, _), seconds in groups.items():
        usual = statistics.median(seconds.values())
        excess.setdefault(lab, {}).update({name: taken - usual for name, taken in seconds.items()})
    return {lab: sorted(names, key=names.get)[-AGAIN:] for lab, names in sorted(excess.items())}


def judge_alone(lab, programs):
    """Juge ces programmes, en entier, rien d'autre à côté ; rend les secondes."""
    results = ROOM / "results.json"
    results.unlink(missing_ok=True)
    subprocess.run([f"build/tests/{lab}/judge", "--programs", programs, "--results", results], env=commands.environment(),
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if not results.is_file():
        raise building.Trouble(f"{programs} : le juge n'a rien écrit")
    return json.loads(results.read_text(encoding="utf-8"))["duration_ms"] / 1e3


def measure(chosen):
    """[(secondes de plus que le juste, secondes, nom)], les plus longs d'abord ; et le plus grand écart entre deux jugements du juste."""
    commands.run(["make", "test"], WORK="solutions", JUDGE_BASE=str(ROOM))
    told, found, spread = known(), [], 1.0
    for lab, names in chosen.items():
        twice = sorted(judge_alone(lab, ROOM / lab / "bin") for _ in range(2))
        right, spread = twice[0], max(spread, twice[1] / twice[0])
        for name in names:
            seconds = judge_alone(lab, told[name]["programs"])
            found.append((max(0.0, seconds - right), seconds, name))
    return sorted(found, reverse=True), spread


def run(path, _asked):
    """Juge de nouveau et montre les plus longs ; n'échoue jamais pour une question de temps."""
    chosen = candidates()
    if not chosen:
        print("\nLes programmes faux les plus longs à juger : « make steady », « make mutants », « make cases » et « make hostile » "
              "les chronomètrent d'abord.")
        return 0
    ROOM.mkdir(parents=True, exist_ok=True)
    found, spread = measure(chosen)
    path.write_text(json.dumps({"load": os.getloadavg()[0], "spread": spread, "slowest": found}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nLes programmes faux les plus longs à juger, parmi {len(known())}, chacun seul et en entier ; à côté, ce que le "
          "programme juste du même lab ne demande pas :\n")
    for beyond, seconds, name in found[:SHOWN]:
        print(f"  {'✓' if beyond <= AIM_S else '✗'} {figures.number(round(seconds, 1)):>6} s, dont {figures.number(round(beyond, 1))} de plus  {name}")
    if spread > MOST_SPREAD:
        print(f"  Mesure nulle : le programme juste, jugé deux fois, prend {figures.number(round(spread, 2))} fois son propre temps.")
    return 0
