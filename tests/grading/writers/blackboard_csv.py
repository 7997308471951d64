"""blackboard.csv : le centre de notes de Blackboard (Travailler hors ligne > Télécharger vers le serveur).

Blackboard reconnaît une personne à la colonne `Username`, et une note à l'en-tête de sa colonne : reprenez celui que donne le
téléchargement (« TP [Total Pts: 20 Score] |12345 »), ou il en crée une. Les notes de correction, que l'étudiant ne lit pas,
disent « à voir à la main ».
"""

import csv
import io

from tests.grading.render import files, view
from tests.grading.render.identity import identity, unique
from tests.grading.render.text import cell

NAME = "blackboard.csv"
COLUMNS = ["Last Name", "First Name", "Username", "Student ID"]
NOTES = ["Grading Notes", "Notes Format", "Feedback to Learner", "Feedback Format"]
PLAIN = "PLAIN_TEXT"


def write(class_, out):
    """Écrit une ligne par personne que Blackboard connaît ; rien s'il n'y en a pas."""
    pairs = [(item, identity(item)) for item in view.importable(class_) if item.get("platform") == "Blackboard"]
    known = [pair for pair, good in zip(pairs, unique([person for _, person in pairs], "username")) if good]
    files.put(table(class_, known) if known else None, out, NAME)


def table(class_, known):
    """Le fichier ; la marque d'ordre est celle que Blackboard met dans les siens."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([*COLUMNS, f"{cell(class_.get('title') or '').strip() or 'Note'} [Total Pts: {class_['out_of']} Score]", *NOTES])
    for item, person in known:
        writer.writerow(["", cell(person["name"]), cell(person["username"]), "", f"{view.final(item)['over']:.2f}",
                         ", ".join(view.warnings(item)), PLAIN, cell(view.marks_text(item)), PLAIN])
    return "\ufeff" + page.getvalue()
