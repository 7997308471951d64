"""etudiants/*/classroom.json : le résultat d'un correcteur de GitHub Classroom.

GitHub attend ce JSON en base64 dans la sortie « result » d'une étape :
    echo "result=$(base64 -w0 classroom.json)" >>"$GITHUB_OUTPUT"
Il additionne les points des tests : une pénalité y est donc un test qui en retire. Sans « max_score », il ne compte
rien du tout : c'est ce qu'il faut pour qui n'est pas noté.
"""

from tests.grading.render import files, rows, view
from tests.grading.render.text import log
from tests.judge.report import classroom

NAME = "classroom.json"


def write(class_, out):
    """Écrit le fichier de chaque étudiant."""
    items = view.students(class_)
    for item in items:
        value = document(item) if view.final(item) else not_graded(item)
        files.put_student(files.as_json(value), out, item, NAME)
    files.leftovers(items, out, NAME)


def document(item):
    """Le document d'un étudiant noté."""
    raw, final = view.raw(item), view.final(item)
    flat = list(rows.flat(item))
    tests = [case(row["name"], "pass" if row["passed"] else "fail", row["score"] or 0.0, row["text"]) for row in flat]
    surplus = sum(test["score"] for test in tests) - raw["mark"]
    if item.get("scale") and surplus > 1e-6:
        tests.append(case("Plafond du barème", "pass", -surplus, "Des tests facultatifs ne font pas dépasser la note la plus haute."))
    if view.is_penalised(item):
        tests.append(case("Pénalité de retard", "fail", final["mark"] - raw["mark"], view.marks_text(item)))
    passed = all(row["passed"] or row["optional"] for row in flat) and not view.is_penalised(item)
    return {"version": 1, "status": "pass" if passed else "fail", "max_score": round(raw["max"], 6), "tests": tests}


def not_graded(item):
    """Le document de qui n'est pas noté : une erreur, et aucun point en jeu."""
    return {"version": 1, "status": "error", "max_score": 0,
            "tests": [case("Jugement", "error", 0, view.marks_text(item))]}


def case(name, status, score, message):
    """Un test. Le message passera dans un journal, où des textes de l'étudiant pourraient être pris pour des ordres."""
    return classroom.entry(log(name), status, score, log(message))
