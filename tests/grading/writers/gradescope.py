"""etudiants/*/results.json : le format des correcteurs automatiques de Gradescope.

Qui n'est pas noté n'a pas de fichier : Gradescope dira que la correction a échoué, et ne comptera pas zéro.
"""

from tests.grading.render import files, rows, view

NAME = "results.json"
DIGITS = 6


def write(class_, out):
    """Écrit le fichier de chaque étudiant noté."""
    items = view.students(class_)
    for item in items:
        value = document(item) if view.final(item) else None
        files.put_student(files.as_json(value), out, item, NAME)
    files.leftovers(items, out, NAME)


def document(item):
    """Le document. « score » est la note après pénalité ; celle d'avant est dans le texte."""
    return {"score": round(view.final(item)["mark"], DIGITS), "execution_time": round((item.get("duration_ms") or 0) / 1000, 3),
            # « simple_format », le défaut du texte général, lirait du HTML.
            "output": "\n".join(rows.preface(item)), "output_format": "text",
            "test_output_format": "text", "test_name_format": "text",
            "visibility": "visible", "stdout_visibility": "hidden",
            "tests": [case(row) for row in rows.flat(item)]}


def case(row):
    """Un test ; sans points, il informe seulement."""
    value = {"name": row["name"], "name_format": "text", "number": row["number"],
             "status": "passed" if row["passed"] else "failed", "output": row["text"], "output_format": "text",
             "tags": row["tags"], "visibility": "visible"}
    if row["score"] is not None:
        value.update(score=round(row["score"], DIGITS), max_score=round(row["max"], DIGITS))
    return value
