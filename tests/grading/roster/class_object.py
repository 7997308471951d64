"""L'objet « classe » que les écrivains reçoivent : chaque étudiant, son nom à montrer, son retard, sa note finale."""

import os
import time

from tests.grading.door import naming
from tests.grading.roster import roster
from tests.grading.run import atomic, plans
from tests.judge.report import results, scale


class Lists:
    """Ce que l'enseignant a donné en plus : pseudonymes, retards et barème."""

    def __init__(self, students):
        self.aliases, self.minutes, self.notes, self.rule = None, {}, [], None
        self.scale = scale.given()
        if os.environ.get("ALIASES"):
            self.aliases, notes = roster.aliases(os.environ["ALIASES"], students)
            self.notes += notes
        if os.environ.get("LATE"):
            self.minutes, notes = roster.lateness(os.environ["LATE"], students)
            self.notes += notes
        if os.environ.get("DEADLINE"):
            found, notes = roster.since(roster.read_moment(os.environ["DEADLINE"]), students, self.aliases is None)
            self.minutes = {**found, **self.minutes}
            self.notes += notes
        if self.minutes:
            self.rule = roster.read_rule()
        # La liste de l'enseignant l'emporte ; sans elle ni date, il reste ce que la plateforme dit.
        self.told = {student["id"]: student["platform"] for student in students if student["late"] and student["id"] not in self.minutes}

    def rename(self, student, text):
        """Ce texte, sous le pseudonyme de cet étudiant s'il en a un."""
        if self.aliases is None:
            return text
        return replace_all(text, names_of(student), self.aliases[student["id"]])


def names_of(student):
    """Tout ce qui désigne cette personne ; un numéro trop court serait pris pour celui d'une ligne."""
    numbers = [value for value in student["ids"].values() if len(value) > 4]
    return [student["name"], student["person"], student.get("folder", ""), *numbers, *student.get("shown", ())]


def load_record(plan, student):
    """Le résultat d'un étudiant ; s'il manque, il n'est pas noté."""
    record = atomic.read_json(plans.result_path(plan, student["id"]))
    if not record or record.get("format") != 1:
        record = {"format": 1, "id": student["id"], "name": student["name"], "source": student["source"], "key": "",
                  "status": "not_graded", "reason": "son jugement n'a pas abouti", "attempts": 0,
                  "protected": plan["protected"], "protections_missing": plan["protections_missing"],
                  "judged_at": "", "duration_ms": 0, "remarks": [], "flags": [], "labs": [], "total": None}
    record["name"] = student["name"]
    return record


def set_marks(item, own):
    """Les notes des labs et le total, d'après le barème s'il y en a un : ce qui est sur le disque n'en sait rien.

    « over » est la note, sur « out_of » ; « mark » et « max », la somme des labs, où « share » est la part de chacun.
    """
    if item["total"] is None:
        return
    out_of = own.out_of if own else 20
    for entry in item["labs"]:
        entry["weight"] = own.labs.get(entry["lab"], 1.0) if own else 1.0
        if own and entry["results"]:
            entry["mark"] = results.mark(scale.apply(own, entry["results"]))
        entry["max"] = float(out_of)
    for entry, weight in zip(item["labs"], results.weights(item["labs"])):
        entry["share"] = weight * out_of
    mark = sum(entry["mark"] * entry["share"] / out_of for entry in item["labs"])
    most = float(out_of * len(item["labs"]))
    item["total"] = {"mark": mark, "max": most, "over": round(out_of * mark / most, 2) if most else 0.0, "out_of": out_of}
    item["scale"] = own.name if own else ""


def add_lateness(item, lists):
    """Le retard et la note finale. La note brute reste dans « total »."""
    item["late"], item["final"] = None, None
    total = item["total"]
    if total is None:
        return
    final = dict(total)
    if item["id"] in lists.minutes:
        minutes = lists.minutes[item["id"]]
        # La règle est sur 20, quel que soit le barème.
        lost = roster.penalty(minutes, 20 * total["over"] / total["out_of"], lists.rule) * total["out_of"] / 20
        final["over"] = round(total["over"] - lost, 2)
        final["mark"] = total["mark"] - lost * total["max"] / total["out_of"]
        item["late"] = {"minutes": minutes, "penalty": round(lost, 2), "text": late_text(minutes, lost, total["out_of"])}
    elif item["id"] in lists.told:
        item["late"] = {"minutes": None, "penalty": 0.0, "text": f"en retard, d'après {lists.told[item['id']]}, sans dire de combien "
                        "(LATE= le dira)"}
    item["final"] = final


def late_text(minutes, lost, out_of):
    """Le retard, en une phrase."""
    if lost == 0:
        return f"{roster.spell(minutes)} de retard, sans pénalité"
    shown = f"{lost:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return f"{roster.spell(minutes)} de retard : {shown} point{'s' if lost >= 2 else ''} de moins sur {out_of}"


def hide(item, alias, taken):
    """Remplace le nom partout où il pourrait paraître, l'identifiant compris."""
    known = names_of(item)
    item["remarks"] = [replace_all(text, known, alias) for text in item["remarks"]]
    item["reason"] = replace_all(item["reason"], known, alias)
    identifier, number = naming.slug(alias), 2
    while identifier in taken:
        identifier, number = f"{naming.slug(alias)}-{number}", number + 1
    taken.add(identifier)
    item.update(id=identifier, name=alias, display_name=alias, person=alias, ids={}, folder="", shown=[], group="")


def replace_all(text, known, alias):
    """Le texte, sans ces noms."""
    for name in sorted(filter(None, known), key=len, reverse=True):
        text = text.replace(name, alias)
    return text


def is_set(name):
    """Un réglage vaut-il oui ?"""
    return os.environ.get(name, "") not in ("", "0")


def build(plan, lists):
    """L'objet entier, à jour de ce qui est sur le disque."""
    items, taken = [], set()
    for student in plan["students"]:
        item = load_record(plan, student)
        item.pop("run", None)
        item.update(display_name=item["name"], person=student["person"], folder=student["folder"], ids=student["ids"], shown=student["shown"], group=student["group"],
                    platform=student["platform"])
        set_marks(item, lists.scale)
        add_lateness(item, lists)
        if lists.aliases is not None:
            hide(item, lists.aliases[item["id"]], taken)
        items.append(item)
    items.sort(key=lambda item: (roster.fold(item["display_name"]), item["id"]))
    return {"title": plan["title"], "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "protected": plan["protected"], "protections_missing": plan["protections_missing"], "labs": plan["labs"],
            "edition": plan["edition"], "scale": lists.scale.name if lists.scale else "", "out_of": lists.scale.out_of if lists.scale else 20,
            "items": items, "reveal": is_set("REVEAL"), "hold": is_set("HOLD")}
