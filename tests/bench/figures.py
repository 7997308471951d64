"""Des échantillons aux chiffres : des rapports pris dans le même tour, leur médiane, et ce que vaut la mesure.

Rien ici ne mesure : les mêmes calculs servent à des nombres inventés (bench_test.py).
"""

import statistics

from tests.bench.bench_rows import AGAIN, OURS

# La même chose mesurée deux fois : au-delà, la machine ne permet pas de conclure.
STEADY = (0.97, 1.03)
# En deçà, une médiane ne dit rien.
ENOUGH = 7


def spread(values):
    """Médiane, plus petit et plus grand."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def ratios(ours, theirs):
    """Les rapports, tour par tour. Zéro contre zéro : égaux."""
    return [a / b if b else (1.0 if a == b else float("inf")) for a, b in zip(ours, theirs)]


def summarize(row, taken):
    """Les chiffres d'une mesure : ceux de chaque serveur, et ce que vaut la solution à côté de chacun."""
    metric, summary = row["metric"], {}
    for point, servers in taken.items():
        series = {name: [values[metric] for values in samples] for name, samples in servers.items()}
        summary[point] = {name: {"value": spread(values), "ratio": spread(ratios(series[OURS], values))}
                          for name, values in series.items()}
        for name, samples in servers.items():
            summary[point][name]["also"] = {other: spread([values[other] for values in samples]) for other in row.get("also", {})}
    return summary


def void_reason(summary, count, needed=ENOUGH):
    """Pourquoi ces chiffres ne prouvent rien, ou None."""
    if count < needed:
        return f"{count} tours seulement : il en faut au moins {needed}"
    for point, servers in summary.items():
        median = servers[AGAIN]["ratio"]["median"]
        if not STEADY[0] <= median <= STEADY[1]:
            shown = f"{median:.2f}".replace(".", ",")
            return f"la solution, mesurée deux fois ({point}), vaut {shown} fois elle-même : la machine est trop occupée"
    return None


def judge_aims(row, summary):
    """Ce qui était visé : {texte, valeur, atteint}."""
    return [judged for aim in row["aims"] for judged in judge_aim(row, aim, summary)]


def judge_aim(row, aim, summary):
    """Un but, à chaque point où il vaut."""
    for point, servers in summary.items():
        if aim.get("point", point) != point:
            continue
        if "against" in aim:
            value = servers[aim["against"]]["ratio"]["median"]
            yield {"text": f"{point} : au moins {number(aim['at_least'])} fois {row['servers'][aim['against']]}",
                   "point": point, "against": aim["against"], "value": value, "met": value >= aim["at_least"]}
        else:
            # Un but en nombre se juge au pire des tours.
            ours = servers[OURS]
            worst = (ours["also"].get(aim["value"]) or ours["value"])["high"]
            name = row.get("also", {}).get(aim["value"], row["unit"])
            yield {"text": f"{point} : au plus {number(aim['at_most'])} {name}", "point": point, "against": None,
                   "value": worst, "met": worst <= aim["at_most"]}


def number(value):
    """Un nombre, comme il s'écrit en français."""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", "\u202f")
    if value == int(value):
        return str(int(value))
    return f"{value:.{2 if abs(value) < 10 else 1}f}".replace(".", ",")
