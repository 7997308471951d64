"""make bench : mesure la solution à côté d'autres serveurs, et dit ce que les chiffres valent.

Réglages : BENCH= (des noms, ou leur début : « 03 », « juge »), ROUNDS= (tours), UPDATE=1 (refaire docs/performances.md).
Rien n'y échoue pour une question de temps : un but manqué est dit, une mesure faite sur une machine occupée est nulle,
et le dit. Statut : 0 ; 1 si une réponse était fausse ou manquait ; 2 si rien n'a pu être mesuré.
"""

import json
import os
import pathlib
import subprocess
import sys

from tests.bench import building
from tests.bench import bench_rows
from tests.bench import class_price
from tests.bench import drawing
from tests.bench import host
from tests.bench import judge_price
from tests.bench import pages
from tests.bench import rows_table
from tests.bench import slowest
from tests.judge.command.call import PYTHON

OUT = pathlib.Path("build", "bench")
# Ce qui se mesure sans serveur : le juge lui-même, la notation d'une classe, les programmes faux.
OTHERS = {"juge": judge_price.run, "classe": class_price.run, "faux": slowest.run}


def rounds_asked():
    """ROUNDS=, ou 0 : le nombre ordinaire."""
    text = os.environ.get("ROUNDS", "")
    if text and not (text.isdigit() and 1 <= int(text) <= 1000):
        raise building.Trouble("ROUNDS : un nombre de 1 à 1000 est attendu")
    return int(text or 0)


def measure(rows, count):
    """Mesure ces lignes dans un réseau à part, si le système le permet."""
    prefix = host.isolated_prefix()
    if not prefix:
        print("Réseau commun : cette machine ne permet pas d'en créer un à part. Les mesures se font sur 127.0.0.1.")
    command = [*prefix, *PYTHON, "tests/bench/measure.py", str(count), *[row.id for row in rows]]
    return subprocess.run(command, env={**os.environ, host.INSIDE: "1" if prefix else "0"}, stdin=subprocess.DEVNULL,
                          check=False).returncode


def measure_servers(rows, count):
    """Compile, mesure, montre et dessine."""
    building.build(rows)
    for row in rows:
        (OUT / (row.id + ".json")).unlink(missing_ok=True)
    status = measure(rows, count)
    for row in rows:
        path = OUT / (row.id + ".json")
        if not path.is_file():
            status = status or 1
            continue
        results = json.loads(path.read_text(encoding="utf-8"))
        rows_table.show(results)
        (OUT / (row.id + ".svg")).write_text(drawing.draw(results), encoding="utf-8")
    return status


def update_page(names):
    """UPDATE=1 : la page de documentation reçoit les mesures valables."""
    for name, reason in pages.update(names).items():
        print(f"{name} n'entre pas dans {pages.PAGE} : {reason}.")
    print(f"{pages.PAGE} est à jour.")


def main():
    rows = bench_rows.every_row()
    names = bench_rows.chosen([row.id for row in rows] + list(OTHERS), os.environ.get("BENCH", ""))
    if not names:
        known = ", ".join([row.id for row in rows] + list(OTHERS))
        raise building.Trouble(f"BENCH={os.environ['BENCH']} : cette mesure n'existe pas (il y a : {known})")
    count, status = rounds_asked(), 0
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = [row for row in rows if row.id in names]
    if wanted:
        status = measure_servers(wanted, count)
    for name in names:
        if name in OTHERS:
            status = OTHERS[name](OUT / (name + ".json"), count) or status
    if os.environ.get("UPDATE") == "1":
        update_page(names)
    print(f"\nLes détails et les dessins sont dans {OUT}/.")
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except building.Trouble as error:
        print(f"bench : {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
