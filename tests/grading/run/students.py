"""Qui est à juger, et ce qui entrera du rendu de chacun : ce que l'aperçu montre, et ce que le plan garde."""

import os

from tests.grading.door import door, listing, naming, people, person
from tests.grading.run import plans


def find(work, labs, single):
    """La classe de ce dossier, ou le seul rendu de ce chemin : les étudiants tels que le plan les garde, et ce qui en est lu."""
    work = os.path.abspath(work)
    reading = people.Reading()
    if single:
        name = os.path.basename(work)
        alone = person.Person(naming.stem(name) if os.path.isfile(work) else name)
        alone.take(listing.Node(name, "folder" if os.path.isdir(work) else "archive", work))
        reading.people = [alone]
    else:
        reading = people.read(listing.root_of(work), labs)
    everyone = {one.key: one for one in reading.people}
    ids = naming.identify({key: one.name for key, one in everyone.items()})
    shown = naming.display_names({key: (one.name, one.number()) for key, one in everyone.items()})
    return [describe(one, work, shown[key], ids[key]) for key, one in everyone.items()], reading


def describe(one, work, shown, identifier):
    """Un étudiant, tel que le plan le garde."""
    first = one.pieces[0][0] if one.pieces else None
    source = "folder"
    if first is not None and first.kind == "archive":
        source = "zip" if first.name.lower().endswith(".zip") else "tar"
    return {"id": identifier, "name": shown, "person": naming.visible(one.name), "folder": first.place() if first else "",
            "ids": {kind: naming.visible(value) for kind, value in one.ids.items()}, "platform": one.platform,
            "group": naming.visible(one.group), "attempt": one.attempt, "source": source, "refusal": one.refusal,
            "pieces": [plans.describe_piece(work, node, where) for node, where in one.pieces],
            "shown": [node.place() for node, _ in one.pieces], "left": [list(pair) for pair in one.left], "notes": one.notes,
            "doubts": one.doubts, "submitted": one.submitted, "late": one.late}


class Look:
    """Ce qui entrera du rendu d'une personne : ce qui est pris, ou la raison de n'en rien juger."""

    def __init__(self, plan, student, labs):
        self.student, self.taken, self.remarks, self.doubtful, self.digest = student, {}, [], True, ""
        try:
            admission = plans.admit(plan, student, labs)
        except (door.Refused, OSError, ValueError, RuntimeError, MemoryError) as error:
            self.remarks = [f"Ne sera pas noté : {naming.visible(str(error))}."]
            return
        self.doubtful, self.remarks, self.digest = bool(admission.flags), admission.remarks, admission.digest()
        for lab, name in sorted(admission.taken):
            if lab in admission.present:
                self.taken.setdefault((lab, admission.places.get(lab, "")), []).append(name)


def look_at(plan, labs):
    """Tous les rendus d'une classe, dans l'ordre."""
    return [Look(plan, student, labs) for student in plan["students"]]
