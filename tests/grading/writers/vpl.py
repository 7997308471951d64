"""etudiants/*/vpl.txt : ce que lit Moodle VPL à la sortie d'une évaluation.

Les lignes « > » sont montrées telles quelles : tout texte d'un étudiant en porte une, et ne peut donc ni donner une
note, ni fermer le bloc de commentaires. Qui n'est pas noté n'a pas de ligne « Grade » : VPL ne propose alors rien.
"""

from tests.grading.render import files, rows, view

NAME = "vpl.txt"
OPEN, CLOSE, GRADE = "<|--", "--|>", "Grade :=>> "


def write(class_, out):
    """Écrit le fichier de chaque étudiant."""
    items = view.students(class_)
    for item in items:
        files.put_student(document(item), out, item, NAME)
    files.leftovers(items, out, NAME)


def document(item):
    """Le bloc de commentaires, puis la note."""
    lines = [OPEN, "-Note", *quoted("\n".join(rows.preface(item)))]
    if view.final(item):
        for row in rows.flat(item):
            lines += ["-" + title(row), *quoted(row["text"])]
    lines.append(CLOSE)
    if view.final(item):
        lines.append(f"{GRADE}{view.final(item)['over']:.2f}")
    return "\n".join(lines) + "\n"


def title(row):
    """Un titre ; VPL lirait comme une pénalité une parenthèse finale."""
    return f"{row['name']} : {'réussi' if row['passed'] else 'échoué'}"


def quoted(text):
    """Ces lignes, montrées telles quelles."""
    return [">" + line for line in text.split("\n") if line]
