"""Les résultats au terminal : un tableau par mesure, en français."""

import sys

from tests.judge.report.paint import Paper

from tests.bench.bench_rows import AGAIN, OURS
from tests.bench.figures import number

BAR = 12


def percent_range(ratio):
    """« 1,02 (0,98–1,05) »."""
    return f"{number(ratio['median'])} ({number(ratio['low'])}–{number(ratio['high'])})"


def told_ratio(name, figures):
    """Ce que vaut la solution à côté de ce serveur."""
    if name == OURS:
        return ""
    return "bruit " + percent_range(figures["ratio"]) if name == AGAIN else "la solution vaut " + percent_range(figures["ratio"])


def also_told(row, figures):
    """Les autres nombres d'un serveur : « 0 jamais servis, 12 ms pour le dernier »."""
    return ", ".join(f"{number(value['median'])} {row['also'][name]}" for name, value in figures["also"].items())


def machine_told(results):
    """Où et quand, en une ligne."""
    machine = results["machine"]
    network = "réseau à part" if machine["isolated"] else "réseau de la machine"
    where = f", tout sur le cœur {machine['core']}" if "core" in machine else ""
    return (f"{results['date'][:10]}, {machine['cores']} cœurs partagés ({machine['processor']}), Linux {machine['kernel']}{where}, "
            f"{network}, charge {number(machine['load'])}, {results['rounds']} tours")


def show(results):
    """Le tableau d'une mesure, sur la sortie standard."""
    paper, row = Paper(sys.stdout), results["row"]
    paper.blank()
    paper.line(paper.paint(row["title"], "bold") + f"   ({row['id']}, {row['unit']})")
    for point, servers in results["summary"].items():
        most = max(figures["value"]["median"] for figures in servers.values())
        for name, figures in servers.items():
            middle = figures["value"]["median"]
            label = f"{point} · {row['servers'][name]}"
            bar = paper.bar(middle / most if most else 0, BAR)
            paper.line(f"  {paper.pad(label, 32)} {bar} {number(middle):>9}   {told_ratio(name, figures)}".rstrip())
            if row.get("also"):
                paper.wrapped(also_told(row, figures), indent=6)
    show_aims(paper, results)
    paper.wrapped(machine_told(results), indent=2)
    paper.flush()


def show_aims(paper, results):
    """Les buts, puis, s'il le faut, que rien n'est prouvé."""
    for aim in results["aims"]:
        mark = paper.paint("✓", "green") if aim["met"] else paper.paint("✗", "yellow")
        paper.wrapped(f"{mark} but, {aim['text']} : {number(aim['value'])}", indent=2)
    if results["void"]:
        paper.wrapped(paper.paint("Mesure nulle : ", "bold", "yellow") + results["void"]
                      + ". Ces chiffres ne prouvent rien ; refaites-la quand la machine est au repos.", indent=2)
