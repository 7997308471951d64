"""Mesure des lignes du tableau, l'une après l'autre : measure.py TOURS LIGNE…

Lancé par bench.py, dans un réseau à part quand le système le permet. Écrit build/bench/LIGNE.json.
"""

import json
import os
import pathlib
import sys

from tests.bench import bench_rows
from tests.bench import figures
from tests.bench import host
from tests.bench import samples
from tests.bench.building import Trouble

OUT = pathlib.Path("build", "bench")
SECONDS = 0.5


def report_progress(row):
    """Dit où l'on en est, à qui regarde."""
    def tell(number, count):
        if sys.stderr.isatty():
            print(f"\r{row.title} : tour {number} sur {count} ", end="", file=sys.stderr, flush=True)
    return tell


def measure_row(row, asked, core):
    """Mesure une ligne ; rend ses résultats."""
    needed = row.values.get("rounds", figures.ENOUGH)
    count = asked or max(needed, 9 if needed == figures.ENOUGH else needed)
    machine, date = host.described(), host.today()
    taken = samples.rounds(row, count, row.values.get("seconds", SECONDS), report_progress(row))
    described = row.described()
    summary = figures.summarize(described, taken)
    return {"format": 1, "row": described, "date": date, "command": f"make bench BENCH={row.id}", "machine": {**machine, "core": core},
            "rounds": count, "samples": taken, "summary": summary, "void": figures.void_reason(summary, count, needed),
            "aims": figures.judge_aims(described, summary)}


def write(name, results):
    """Écrit les résultats, d'un coup."""
    part = OUT / (name + ".json.part")
    part.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, OUT / (name + ".json"))


def main():
    asked, wanted = int(sys.argv[1]), sys.argv[2:]
    host.raise_loopback()
    core, status = host.pin(), 0
    for row in bench_rows.every_row():
        if row.id not in wanted:
            continue
        try:
            write(row.id, measure_row(row, asked, core))
        except (samples.Wrong, Trouble) as error:
            print(f"\nbench : {error}", file=sys.stderr)
            status = 1
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
