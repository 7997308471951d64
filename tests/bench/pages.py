"""Les tableaux de docs/performances.md, refaits d'après build/bench par « make bench UPDATE=1 ».

Entre « <!-- mesure : LIGNE » et « <!-- fin -->», tout vient d'ici ; le reste de la page est écrit à la main. Une mesure
nulle n'entre pas dans la page : les chiffres d'avant y restent, avec leur date.
"""

import json
import os
import pathlib
import re

from tests.bench import drawing
from tests.bench.bench_rows import AGAIN, OURS
from tests.bench.figures import number
from tests.bench.rows_table import also_told, percent_range

PAGE = pathlib.Path("docs", "performances.md")
FIGURES = pathlib.Path("docs", "figures")
OUT = pathlib.Path("build", "bench")
BLOCK = re.compile(r"(<!-- mesure : ([\w-]+)[^>]*-->\n).*?(<!-- fin -->)", re.S)


def table_of(results):
    """Le tableau d'une mesure, et d'où il vient."""
    row, lines = results["row"], []
    extra = bool(row.get("also"))
    lines.append(f"| {row['unit']} | serveur | médiane | la solution vaut |" + (" et aussi |" if extra else ""))
    lines.append("|---|---|---:|---:|" + ("---|" if extra else ""))
    for point, servers in results["summary"].items():
        for name, figures in servers.items():
            ratio = "" if name == OURS else percent_range(figures["ratio"])
            label = "elle-même (le bruit)" if name == AGAIN else row["servers"][name]
            more = f" {also_told(row, figures)} |" if extra else ""
            lines.append(f"| {point} | {label} | {number(figures['value']['median'])} | {ratio} |{more}")
    return lines


def provenance(results):
    """La commande, la date, la machine : sans elles, un chiffre ne veut rien dire."""
    machine = results["machine"]
    return (f"`{results['command']}`, le {results['date'][:10]}, {machine['cores']} cœurs partagés, {results['rounds']} tours ; "
            f"entre parenthèses, le plus petit et le plus grand tour.")


def rewrite(page, found):
    """La page, avec ces résultats à leur place."""
    def replaced(match):
        results = found.get(match[2])
        if results is None:
            return match[0]
        lines = results["lines"] if "lines" in results else table_of(results)
        body = "\n".join([*lines, "", results.get("provenance") or provenance(results)])
        title = results["row"]["title"] if "summary" in results else results.get("figure")
        figure = f"\n\n@image html {match[2]}.svg \"{title}\"" if title else ""
        return f"{match[1]}\n{body}{figure}\n\n{match[3]}"
    return BLOCK.sub(replaced, page)


def update(names):
    """Refait la page pour ces mesures ; rend celles qui n'y entrent pas, et pourquoi."""
    found, refused = {}, {}
    for name in names:
        path = OUT / (name + ".json")
        if not path.is_file():
            continue
        results = json.loads(path.read_text(encoding="utf-8"))
        if results["void"]:
            refused[name] = results["void"]
            continue
        found[name] = results
        if "summary" in results:
            add_figure(name, drawing.draw(results))
    write(found)
    return refused


def add_figure(name, picture):
    """Le dessin d'une mesure, à côté de la page."""
    FIGURES.mkdir(exist_ok=True)
    (FIGURES / (name + ".svg")).write_text(picture, encoding="utf-8")


def write(found):
    """Met ces résultats {mesure: résultats} dans la page."""
    text = rewrite(PAGE.read_text(encoding="utf-8"), found)
    part = PAGE.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, PAGE)
