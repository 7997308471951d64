"""Éprouve les mesures elles-mêmes, jamais leur vitesse : les comptes, les réponses, et ce qui rend une mesure nulle."""

import copy
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

from tests.bench import building
from tests.bench import bench_rows
from tests.bench import drawing
from tests.bench import figures
from tests.bench import pages
from tests.bench import samples
from tests.bench import servers
from tests.bench import soak
from tests.bench import rows_table

QUICK_S = 0.1
# Dix mille clients prennent du temps ; deux cents passent par les mêmes lignes.
FEW = "200"
failures = []
passed = 0


def check(condition, title, detail=""):
    """Compte une vérification."""
    global passed
    print(f"{'✓' if condition else '✗'} {title}{'' if condition else ' : ' + str(detail)}", flush=True)
    if condition:
        passed += 1
    else:
        failures.append(title)


# --- Des nombres inventés ------------------------------------------------------------------------

ROW = {"id": "essai", "title": "Un essai <&>", "metric": "rate", "unit": "réponses/s", "points": ["1 client"],
       "servers": {"ours": "la solution", "again": "la solution, encore", "other": "un autre"},
       "aims": [{"against": "other", "at_least": 0.9}]}


def invented(again, rounds=9, other=100.0):
    """Des échantillons où la solution vaut 100, et sa copie « again »."""
    taken = {"1 client": {"ours": [{"rate": 100.0}] * rounds, "again": [{"rate": again}] * rounds, "other": [{"rate": other}] * rounds}}
    summary = figures.summarize(ROW, taken)
    return {"format": 1, "row": ROW, "date": "2000-01-02T03:04:05Z", "command": "make bench BENCH=essai", "rounds": rounds,
            "machine": {"cores": 2, "processor": "p", "kernel": "k", "load": 0.1, "isolated": True, "core": 1},
            "samples": taken, "summary": summary, "void": figures.void_reason(summary, rounds), "aims": figures.judge_aims(ROW, summary)}


def shown(results):
    """Ce que le terminal en dit."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        rows_table.show(results)
    return said.getvalue()


def try_figures():
    """Ce qui rend une mesure nulle, et les rapports pris tour par tour."""
    check(invented(100.0)["void"] is None, "une mesure régulière vaut")
    for again in (90.0, 96.0, 104.0, 150.0):
        results = invented(again)
        check(bool(results["void"]) and "Mesure nulle" in shown(results), f"la même chose mesurée deux fois, 100 et {again:g} : nulle, et le dit")
    check("Mesure nulle" not in shown(invented(99.0)), "100 et 99 : elle n'est pas dite nulle")
    check(bool(invented(100.0, rounds=6)["void"]), "six tours ne suffisent pas")
    check(invented(100.0)["aims"][0]["met"] and not invented(100.0, other=200.0)["aims"][0]["met"], "un but atteint, un but manqué")
    pairs = figures.spread(figures.ratios([100, 10, 100], [50, 5, 25]))
    check((pairs["median"], pairs["low"], pairs["high"]) == (2.0, 2.0, 4.0), "les rapports se prennent dans le même tour", pairs)


def try_pages():
    """La page reçoit les mesures valables, et elles seules."""
    page = "avant\n<!-- mesure : essai -->\nancien\n<!-- fin -->\naprès\n"
    done = pages.rewrite(page, {"essai": invented(100.0)})
    check("ancien" not in done and done.startswith("avant") and done.endswith("après\n") and "make bench BENCH=essai" in done
          and "2000-01-02" in done, "un tableau de la page est refait, avec sa commande et sa date", done)
    check(pages.rewrite(done, {"essai": invented(100.0)}) == done, "le refaire encore ne change rien")
    check(pages.rewrite(page, {}) == page, "sans mesure, la page garde ce qu'elle disait")
    before, (pages.PAGE, pages.OUT, pages.FIGURES) = (pages.PAGE, pages.OUT, pages.FIGURES), [pathlib.Path(tempfile.mkdtemp())] * 3
    folder = pages.PAGE
    pages.PAGE = folder / "page.md"
    pages.PAGE.write_text(page, encoding="utf-8")
    (folder / "essai.json").write_text(json.dumps(invented(150.0)), encoding="utf-8")
    refused = pages.update(["essai"])
    check("essai" in refused and pages.PAGE.read_text(encoding="utf-8") == page, "une mesure nulle n'entre pas dans la page")
    pages.PAGE, pages.OUT, pages.FIGURES = before


def try_drawings():
    """Les dessins sont du XML, et n'ont besoin de rien d'autre."""
    for svg in (drawing.draw(invented(100.0)), drawing.histogram("Durées & <autres>", {"une": [1.0, 2.0, 2.5], "deux": [1.5]}, "s")):
        check(xml.fromstring(svg).tag.endswith("svg") and "href" not in svg and "prefers-color-scheme: dark" in svg,
              "un dessin est entier, clair ou sombre")


def try_soak():
    """Ce qu'est un verdict faux."""
    tests = [{"name": "a", "status": "passed"}, {"name": "b", "status": "failed"}]
    check(soak.wrong_verdicts("solutions", 0, {"tests": tests}) == ["b : failed"], "un test manqué par la solution est un verdict faux")
    check(soak.wrong_verdicts("labs", 0, {"tests": tests}) == ["a : passed"], "un test réussi par le squelette aussi")
    check(bool(soak.wrong_verdicts("solutions", 2, {"tests": []})), "un juge en panne aussi")
    check(not soak.wrong_verdicts("solutions", 0, {"tests": tests[:1]}), "un verdict juste n'en est pas un")
    taken = [{"date": f"2000-01-0{day}T00:00:00Z", "seconds": 8.0 + day, "wrong": ["c : failed"] * (day == 3)} for day in (1, 2, 3)]
    found = {"root-repos": taken}
    check(soak.table_of(found)[-1] == "| root, repos | 3 | 1 | 10 s | 11 s | 11 s |", "chaque façon a sa ligne", soak.table_of(found))
    told = soak.provenance(found, ["01-tcp"], 3)
    check("make soak N=3 LAB=01-tcp" in told and "2000-01-01 et le 2000-01-03" in told, "un tableau dit sa commande et ses jours", told)
    page = pages.rewrite("<!-- mesure : steadiness -->\n<!-- fin -->\n", {"steadiness": {"lines": ["|"], "provenance": told, "figure": "Durées"}})
    check('@image html steadiness.svg "Durées"' in page, "la page reçoit aussi le dessin", page)


# --- De vrais échanges ---------------------------------------------------------------------------

def shortened(row):
    """La même mesure, avec peu de clients."""
    row = copy.deepcopy(row)
    if row.values["generator"] == "silent":
        row.values["arguments"][row.values["arguments"].index("--count") + 1] = FEW
    return row


def is_right(values):
    """Ce que le générateur a compté est-il juste ? Jamais en combien de temps."""
    return values.get("replies", 1) > 0 and values.get("never", 0) == 0 and values.get("refused", 0) == 0 \
        and values.get("unanswered", 0) == 0 and values.get("entered", int(FEW)) == int(FEW) and values.get("served", 200) == 200


def try_row(row):
    """Chaque générateur contre la solution et ses partenaires."""
    for point in row.values["points"]:
        for name in row.servers:
            # Une file d'attente trop courte perd des clients : c'est ce qu'elle montre.
            if name == "again" or name == "short_backlog":
                continue
            seconds = 20 if row.values["generator"] in ("arrivals", "silent") else QUICK_S
            try:
                values = samples.measure(row, name, point, seconds)
                check(is_right(values), f"{row.id} · {point['label']} · {row.servers[name]['label']}", values)
            except (samples.Wrong, building.Trouble) as error:
                check(False, f"{row.id} · {point['label']} · {row.servers[name]['label']}", error)


def try_wrong_reply(row):
    """Une réponse qui n'est pas celle attendue arrête le générateur."""
    with servers.running(row, bench_rows.OURS) as (_, port):
        command = samples.generator_command(row, bench_rows.OURS, row.values["points"][0], port, 1)
        flag = "--reply" if "--reply" in command else "--prefix"
        command[command.index(flag) + 1] = "Hullo, I'm not"[:len(command[command.index(flag) + 1])]
        done = subprocess.run(command, input="\n", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    check(done.returncode == 1 and "réponse" in done.stderr, f"{row.values['generator']} refuse une réponse fausse", done)


def main():
    for attempt in (try_figures, try_pages, try_drawings, try_soak):
        attempt()
    rows = [shortened(row) for row in bench_rows.every_row()]
    building.build(rows)
    tried = set()
    for row in rows:
        try_row(row)
        if row.values["generator"] not in tried:
            tried.add(row.values["generator"])
            try_wrong_reply(row)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
