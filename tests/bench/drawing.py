"""Les résultats en dessins : du SVG d'un seul tenant, lisible sur fond clair comme sur fond sombre."""

from html import escape

from tests.bench.bench_rows import AGAIN
from tests.bench.figures import number

WIDTH, LEFT, RIGHT = 760, 200, 120
BAR, GAP, TOP = 18, 8, 52
STYLE = """
text { font: 13px sans-serif; fill: #1c2733; } .title { font-size: 15px; font-weight: bold; } .point { font-weight: bold; }
.back { fill: #ffffff; } .bar { fill: #7d93a8; } .ours { fill: #1769aa; } .range { stroke: #1c2733; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .back { fill: #14191f; } .bar { fill: #6b7f92; }
.ours { fill: #58a6ff; } .range { stroke: #e6edf3; } }
"""


def document(height, title, body):
    """Un dessin entier : son titre, ses couleurs, ce qu'il montre."""
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
            f'<rect class="back" width="{WIDTH}" height="{height}"/>\n<text class="title" x="16" y="26">{escape(title)}</text>\n'
            + "\n".join(body) + "\n</svg>\n")


def text(x, y, words, kind="", anchor="start"):
    """Un texte."""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def bar(y, scale, label, value, kind):
    """Une barre, du plus petit au plus grand tour par un trait."""
    middle, length = y + BAR / 2, value["median"] * scale
    low, high = LEFT + value["low"] * scale, LEFT + value["high"] * scale
    end = max(LEFT + length, high) + 8
    return [text(LEFT - 8, middle + 4, label, "", "end"),
            f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(1, length):.1f}" height="{BAR}"/>',
            f'<line class="range" x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}"/>',
            text(end, middle + 4, number(value["median"]))]


def draw(results):
    """Une mesure : des barres, groupées par nombre de clients."""
    row, y, body = results["row"], TOP, []
    highest = max(figures["value"]["high"] for servers in results["summary"].values() for figures in servers.values())
    scale = (WIDTH - LEFT - RIGHT) / (highest or 1)
    for point, servers in results["summary"].items():
        body.append(text(16, y + 12, point, "point"))
        y += BAR + 4
        for name, figures in servers.items():
            if name != AGAIN:
                body += bar(y, scale, row["servers"][name], figures["value"], "ours" if name == "ours" else "bar")
                y += BAR + GAP
        y += GAP
    body.append(text(16, y + 12, "Médiane ; le trait va du plus petit au plus grand tour." + (" Mesure nulle." if results["void"] else "")))
    return document(y + 30, f"{row['title']} ({row['unit']})", body)


def histogram(title, series, unit):
    """Des durées, par classes : une rangée de barres pour chaque série {nom: [valeurs]}."""
    shown = [value for values in series.values() for value in values]
    low, high = min(shown), max(shown)
    width, columns = (high - low) / 30 or 1, 30
    body, y = [], TOP
    for name, values in series.items():
        counts = [0] * (columns + 1)
        for value in values:
            counts[min(columns, int((value - low) / width))] += 1
        body.append(text(16, y + 12, f"{name} : {len(values)} jugements, médiane {number(sorted(values)[len(values) // 2])} {unit}", "point"))
        y += 22
        step, tallest = (WIDTH - 40) / (columns + 1), max(counts)
        for rank, count in enumerate(counts):
            if count:
                height = 70 * count / tallest
                body.append(f'<rect class="ours" x="{20 + rank * step:.1f}" y="{y + 70 - height:.1f}" width="{step - 2:.1f}" height="{height:.1f}"/>')
        y += 74
        body += [text(20, y + 14, f"{number(low)} {unit}"), text(WIDTH - 20, y + 14, f"{number(high)} {unit}", "", "end")]
        y += 34
    return document(y + 10, title, body)
