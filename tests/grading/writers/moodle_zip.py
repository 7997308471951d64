"""moodle-retours.zip : la page de chacun, telle que Moodle la rend à son auteur (« Téléverser plusieurs fichiers de feedback en zip »).

Moodle y lit NOM_PARTICIPANT_assignsubmission_file/FICHIER, coupé à chaque « _ » (mod/assign/feedback/file/importziplib.php) :
le nom n'en a donc pas, et le fichier non plus. Il ne commence ni par un point, ni par « ~ ».
"""

import io
import os
import re
import zipfile

from tests.grading.render import files, view
from tests.grading.render.identity import identity
from tests.grading.writers import student_page

NAME, PAGE = "moodle-retours.zip", "retour.html"
MOMENT = (2000, 1, 1, 0, 0, 0)


def write(class_, out):
    """Écrit l'archive ; rien quand personne n'a de numéro de participant."""
    people = [(item, identity(item)) for item in view.importable(class_)]
    people = [(item, person) for item, person in people if re.fullmatch(r"\d+", person["participant"])]
    path = os.path.join(str(out), NAME)
    if not people:
        files.put(None, path)
        return
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for item, person in people:
            page = student_page.page(class_, item).encode("utf-8", "backslashreplace")
            archive.writestr(zipfile.ZipInfo(f"{folder(person)}/{PAGE}", MOMENT), page, zipfile.ZIP_DEFLATED)
    files.put_bytes(made.getvalue(), path)


def folder(person):
    """Le dossier d'une personne, dans les mots de Moodle."""
    name = re.sub(r"[^\w .,'-]|_", " ", person["name"]).strip(" .~") or "sans nom"
    return f"{name}_{person['participant']}_assignsubmission_file"
