"""canvas.csv : le carnet de notes de Canvas (Notes > Importer).

Canvas reconnaît une personne à la colonne ID, et chaque colonne de plus est un devoir : il n'y en a qu'une, à nommer comme
le devoir de Canvas (« Titre (12345) ») ou à laisser créer. La ligne « Points Possible » dit sur combien. Le nom n'est là que
pour qui lit : « à voir à la main » y est dit.
"""

import csv
import io

from tests.grading.render import files, view
from tests.grading.render.identity import identity, unique
from tests.grading.render.text import cell

NAME = "canvas.csv"
COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def write(class_, out):
    """Écrit une ligne par personne que Canvas connaît ; rien s'il n'y en a pas."""
    items = view.importable(class_)
    people = [identity(item) for item in items]
    known = [pair for pair, good in zip(zip(items, people), unique(people, "canvas")) if good]
    files.put(table(class_, known) if known else None, out, NAME)


def table(class_, known):
    """Le fichier."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    title = cell(class_.get("title") or "").strip()
    writer.writerow([*COLUMNS, "Note" if title in ("", *COLUMNS) else title])
    writer.writerow(["    Points Possible", "", "", "", "", str(class_["out_of"])])
    for item, person in known:
        told = "".join(f" ({word})" for word in view.warnings(item))
        writer.writerow([cell(person["name"] + told), person["canvas"], "", "", "", f"{view.final(item)['over']:.2f}"])
    return page.getvalue()
