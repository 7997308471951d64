"""notes.csv : le tableau des notes, pour un tableur réglé en français (point-virgule, virgule décimale)."""

import csv
import io

from tests.grading.render import files, view
from tests.grading.render.text import cell, number

NAME = "notes.csv"


def write(class_, out):
    """Écrit une ligne par étudiant ; la note brute est toujours à côté de la finale."""
    items = view.students(class_)
    labs = lab_names(items)
    page = io.StringIO()
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n")
    out_of = class_["out_of"]
    writer.writerow(["étudiant", "identifiant", "état", *labs, "total brut", "sur", f"brut sur {out_of}", "retard",
                     f"note sur {out_of}", "à savoir", "remarques", *(["barème"] if class_["scale"] else [])])
    for item in items:
        told = [class_["scale"]] if class_["scale"] else []
        writer.writerow([cell(value) for value in row(item, labs) + told])
    # La marque d'ordre dit aux tableurs que les accents sont en UTF-8.
    files.put("\ufeff" + page.getvalue(), out, NAME)


def lab_names(items):
    """Les labs de la classe, dans l'ordre."""
    return sorted({entry["lab"] for item in items for entry in item["labs"]})


def row(item, labs):
    """Une ligne ; qui n'est pas noté n'a pas de chiffre, pas même zéro."""
    raw, final = view.raw(item), view.final(item)
    entries = {entry["lab"]: entry for entry in item["labs"]}
    marks = [lab_mark(entries.get(lab)) if raw else "" for lab in labs]
    totals = [number(raw["mark"]), number(raw["max"]), number(raw["over"])] if raw else ["", "", ""]
    remarks = [item["reason"], *item["remarks"]]
    return [item["display_name"], item["id"], "noté" if raw else "non noté", *marks, *totals,
            view.late_text(item), number(final["over"]) if final else "", ", ".join(view.warnings(item)),
            " ".join(remark for remark in remarks if remark)]


def lab_mark(entry):
    """La note d'un lab ; un lab absent vaut zéro dans le total, et le dit."""
    if entry is None:
        return ""
    return number(entry["mark"]) if view.is_judged(entry) else "absent"
