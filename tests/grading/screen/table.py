"""Le tableau final, dans le terminal : un étudiant par ligne, ses notes, et ce qu'il faut en savoir."""


from tests.judge.report import paint
from tests.judge.report import results

NAME = 28
MARK = 7
MENTIONS = {"a_voir": "à voir à la main"}


def number(value):
    """Une note, ou un tiret."""
    return "–" if value is None else results.format_number(value)


def lab_cell(entry):
    """La note d'un lab."""
    return "absent" if entry["status"] == "absent" else number(entry["mark"])


def remarks(item):
    """Ce qu'il faut savoir d'un étudiant, le plus grave d'abord."""
    said = []
    if item["status"] != "judged":
        said.append(f"non noté : {item['reason']}")
    if not item["protected"]:
        said.append("non protégé")
    said += [MENTIONS[flag] for flag in item["flags"] if flag in MENTIONS]
    if item["late"]:
        said.append(item["late"]["text"])
    if item["remarks"]:
        said.append(f"{len(item['remarks'])} remarque{'s' if len(item['remarks']) > 1 else ''}")
    return paint.visible(" ; ".join(said))


def columns_of(class_):
    """Les titres des colonnes de notes."""
    late = any(item["late"] for item in class_["items"])
    return class_["labs"], [f"{name} /{class_['out_of']}" for name in (("brut", "final") if late else ("total",))]


def marks_of(item, labs, late):
    """Les notes d'un étudiant, dans l'ordre des colonnes."""
    entries = {entry["lab"]: entry for entry in item["labs"]}
    cells = [lab_cell(entries[lab]) if lab in entries else "–" for lab in labs]
    raw = item["total"]["over"] if item["total"] else None
    final = item["final"]["over"] if item["final"] else None
    return cells + ([number(raw), number(final)] if late else [number(raw)])


def right(text, width):
    """Le texte, calé à droite."""
    return " " * max(0, width - paint.columns(text)) + text


def draw(paper, class_):
    """Écrit le tableau."""
    labs, totals = columns_of(class_)
    titles = [*labs, *totals]
    rows = [(paint.visible(item["display_name"]), marks_of(item, labs, len(totals) > 1), remarks(item))
            for item in class_["items"]]
    widest = min(NAME, max([len("étudiant"), *(paint.columns(name) for name, _, _ in rows)]))
    widths = [max(MARK, paint.columns(title)) for title in titles]
    head = paper.pad("étudiant", widest) + "".join("  " + right(title, width) for title, width in zip(titles, widths))
    paper.line(paper.paint(head + "  à savoir", "bold"))
    for name, cells, said in rows:
        line = paper.pad(name, widest) + "".join("  " + right(cell, width) for cell, width in zip(cells, widths))
        paper.line((line + "  " + said).rstrip())
