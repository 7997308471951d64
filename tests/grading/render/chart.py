"""L'histogramme des notes, en SVG dans la page : un dessin pour l'œil, une phrase pour qui écoute."""

from tests.grading.render.html_page import prose, tag
from tests.grading.render.text import plural

BINS = 10
STEP, HEIGHT, TOP, FOOT = 40, 120, 22, 24


def bin_of(mark, most):
    """La classe d'une note ; la plus haute est dans la dernière."""
    return min(BINS - 1, max(0, int(mark * BINS / most)))


def count(marks, most=20):
    """Combien de notes dans chaque classe."""
    counts = [0] * BINS
    for mark in marks:
        counts[bin_of(mark, most)] += 1
    return counts


def histogram(marks, caption, most):
    """Le dessin, sous son titre ; « most » est la note la plus haute."""
    counts = count(marks, most)
    width, unit = STEP * BINS + 20, most // BINS
    drawn = "\n".join(column(rank, number, max(counts)) for rank, number in enumerate(counts))
    ticks = "".join(f'<text class="axis" x="{10 + rank * STEP}" y="{TOP + HEIGHT + 17}">{rank * unit}</text>'
                    for rank in range(BINS + 1))
    base = f'<line x1="10" y1="{TOP + HEIGHT}" x2="{width - 10}" y2="{TOP + HEIGHT}"/>'
    return tag("figure", f'<svg viewBox="0 0 {width} {TOP + HEIGHT + FOOT}" role="img" aria-label="{prose(spoken(counts, caption, most))}">'
               f"\n{drawn}\n{base}{ticks}</svg>")


def column(rank, number, highest):
    """Une colonne, et combien d'étudiants elle compte."""
    if not number:
        return ""
    height = round(HEIGHT * number / highest)
    left, top = 10 + rank * STEP, TOP + HEIGHT - height
    return (f'<rect x="{left + 3}" y="{top}" width="{STEP - 6}" height="{height}"/>'
            f'<text x="{left + STEP // 2}" y="{top - 6}">{number}</text>')


def spoken(counts, caption, most):
    """Ce que dit le dessin."""
    unit = most // BINS
    told = [f"de {rank * unit} à {(rank + 1) * unit} : {plural(number, 'étudiant')}" for rank, number in enumerate(counts) if number]
    return f"{caption}, sur {most} : " + (" ; ".join(told) or "aucune note")


def summary(marks):
    """Moyenne, médiane, étendue : ce qu'un dessin ne chiffre pas."""
    ordered = sorted(marks)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return {"moyenne": sum(ordered) / len(ordered), "médiane": median, "la plus basse": ordered[0], "la plus haute": ordered[-1]}
