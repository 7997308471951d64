"""`moodle-feuille-*.csv` : la feuille d'évaluation hors ligne d'un devoir Moodle, une par langue du site.

Moodle y cherche trois colonnes, par leur nom dans la langue du site (mod/assign/feedback/offline/importgradeslib.php) :
l'identifiant, la note, et la date de la dernière modification de la note. L'identifiant est le mot « Participant » de cette
langue, puis le numéro ; Moodle ôte autant de signes que ce mot en a, espace comprise en anglais.
"""

import csv
import html
import io

from tests.grading.render import files, view
from tests.grading.render.identity import identity
from tests.grading.render.text import cell

# Le nom du fichier, le mot qui précède le numéro, et les colonnes.
SHEETS = (("moodle-feuille-fr.csv", "Participant", ("Identifiant", "Nom complet", "Statut", "Note", "Note maximale",
                                                    "Dernière modification (note)", "Feedback par commentaires")),
          ("moodle-feuille-en.csv", "Participant ", ("Identifier", "Full name", "Status", "Grade", "Maximum grade",
                                                     "Last modified (grade)", "Feedback comments")))


def write(class_, out):
    """Écrit une feuille par langue ; rien quand personne n'a de numéro de participant."""
    people = [(item, identity(item)) for item in view.importable(class_)]
    people = [(item, person) for item, person in people if person["participant"]]
    for name, word, header in SHEETS:
        files.put(sheet(people, word, header) if people else None, out, name)


def sheet(people, word, header):
    """Une feuille ; chaque note est à côté de la plus haute."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(header)
    for item, person in people:
        # « - » : cette note n'a jamais été modifiée dans Moodle.
        writer.writerow([word + person["participant"], cell(person["name"]), "", f"{view.final(item)['over']:.2f}", f"{view.final(item)['out_of']:.2f}", "-",
                         cell(html.escape(view.feedback(item), quote=False))])
    return page.getvalue()
