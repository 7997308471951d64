"""etudiants/*/autolab.txt : ce qu'un correcteur d'Autolab écrit, dont la dernière ligne est la note de chaque lab.

Autolab ne lit que cette ligne ; ce qu'un étudiant a fait écrire est avant. Le retard, Autolab le compte lui-même : ce sont les
notes brutes. Qui n'est pas noté n'a pas de fichier.
"""

import json

from tests.grading.render import files, rows, view

NAME = "autolab.txt"
DIGITS = 6


def write(class_, out):
    """Écrit le fichier de chaque étudiant noté."""
    items = view.students(class_)
    for item in items:
        files.put_student(document(item) if view.raw(item) else None, out, item, NAME)
    files.leftovers(items, out, NAME)


def document(item):
    """Le rapport, puis les notes, sur une ligne."""
    lines = rows.preface(item)
    for row in rows.flat(item):
        lines += [f"{'✓' if row['passed'] else '✗'} {row['name']}", *("  " + line for line in row["text"].split("\n") if line)]
    scores = {entry["lab"]: round(entry["mark"], DIGITS) for entry in item["labs"]}
    return "\n".join(lines) + "\n" + json.dumps({"scores": scores}) + "\n"
