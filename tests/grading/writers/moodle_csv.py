"""moodle.csv : l'import de notes de Moodle (Carnet de notes > Importer > Fichier CSV).

Deux pièges de cet import. Une case de note vide efface la note déjà là : qui n'est pas noté n'y a pas de ligne.
Une ligne sans identifiant y prend la place de la précédente : tout le fichier a la même colonne remplie (adresse, numéro
d'identification, nom d'utilisateur ou userid), et qui ne l'a pas est mis dans moodle-a-completer.csv, que l'on remplit
avant de l'importer. Le numéro de participant n'est aucun d'eux : il sert à la feuille d'évaluation (moodle_sheet.py).
Sous des pseudonymes (ALIASES=), Moodle ne peut reconnaître personne : tous sont dans le second fichier.
"""

import csv
import html
import io

from tests.grading.render import files, view
from tests.grading.render.identity import identity, unique
from tests.grading.render.text import cell

NAME, LEFT = "moodle.csv", "moodle-a-completer.csv"
KEYS = (("email", "Email address"), ("number", "ID number"), ("username", "Username"), ("userid", "User ID"))


def write(class_, out):
    """Écrit les notes finales de ceux qui en ont une."""
    items = view.importable(class_)
    people = [identity(item) for item in items]
    title = item_title(class_)
    key, known = best_key(people)
    rows = [[person[name] if name == key else "" for name, _ in KEYS] + grade(item)
            for item, person, good in zip(items, people, known) if good]
    header = [label for _, label in KEYS] + [title, "Feedback"]
    files.put(table(header, rows), out, NAME)
    left = [[person["name"], f"Participant {person['participant']}" if person["participant"] else "",
             *(person[name] for name, _ in KEYS)] + grade(item)
            for item, person, good in zip(items, people, known) if not good]
    files.put(table(["Full name", "Identifier", *header], left) if left else None, out, LEFT)


def item_title(class_):
    """Le nom de la colonne ; il ne doit pas se confondre avec les autres."""
    title = cell(class_.get("title") or "").strip()
    return "Note" if title in ("", "Feedback", *(label for _, label in KEYS)) else title


def best_key(people):
    """La colonne qui reconnaît le plus de monde, et qui elle reconnaît."""
    found = [(key, unique(people, key)) for key, _ in KEYS]
    return max(found, key=lambda choice: sum(choice[1]))


def grade(item):
    """La note et son commentaire, que Moodle lira comme du HTML."""
    return [f"{view.final(item)['over']:.2f}", html.escape(view.feedback(item), quote=False)]


def table(header, rows):
    """Le fichier : virgule et point décimal, comme Moodle les attend."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[cell(value) for value in row] for row in rows])
    return page.getvalue()
