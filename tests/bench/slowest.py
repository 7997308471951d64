"""Ce que coûte un programme faux : les dix mutants les plus longs à juger, tels que « make mutants » les a chronométrés."""

import json
import pathlib

from tests.bench import figures

# Écrit par « make mutants » : ce que juger chacun a demandé la dernière fois, en secondes ; le compiler n'y compte pas.
DURATIONS = pathlib.Path("build", "mutants", "durations.json")
SHOWN = 10


def known():
    """{lab/mutant: secondes}, les plus longs d'abord ; vide si rien n'a été mesuré."""
    try:
        durations = json.loads(DURATIONS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(sorted(durations.items(), key=lambda pair: -pair[1]))


def run(_path, _asked):
    """Montre les plus longs ; n'échoue jamais pour une question de temps."""
    durations = known()
    if not durations:
        print("\nLes programmes faux les plus longs à juger : « make mutants » les mesure d'abord.")
        return 0
    print(f"\nLes programmes faux les plus longs à juger, parmi {len(durations)} (le test qui les refuse, et ceux "
          "dont il a besoin ; « make mutants », plusieurs de front) :\n")
    for name, seconds in list(durations.items())[:SHOWN]:
        print(f"  {figures.number(seconds):>6} s  {name}")
    return 0
