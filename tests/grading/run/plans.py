"""Le plan d'une notation : OUT/plan.json, écrit une fois, lu par chaque processus qui juge.

{"format", "run", "out", "work", "title", "labs": noms retenus, "edition": celle de l'archive que
ferait ce dépôt, "settings": réglages pour judge.sh, "ground": clef du juge, "mark", "protected", "protections_missing", "tasks": la limite de processus, hors du bac à sable ; "students": [{"id", "name", "person",
"folder", "source", "refusal", "ids", "group", "attempt", "pieces", "left", "notes", "doubts", "submitted", "late"}], "todo":
identifiants à juger}. Une pièce est {"kind", "file", "inner", "where"} : des chemins codés comme dans une adresse, car ils
peuvent ne pas être en UTF-8.
"""

import json
import os
import urllib.parse

from tests.grading.door import class_archive, door

PLAN = "plan.json"
RESULTS = "resultats"


def encode(path):
    """Un chemin quelconque, en lettres sûres."""
    return urllib.parse.quote_from_bytes(os.fsencode(path))


def decode(text):
    """Le chemin, à l'octet près."""
    return os.fsdecode(urllib.parse.unquote_to_bytes(text))


def load(path):
    """Lit un plan."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def result_path(plan, identifier):
    """Où va le résultat d'un étudiant."""
    return os.path.join(decode(plan["out"]), RESULTS, identifier + ".json")


def pieces(plan, student):
    """Les pièces du rendu d'un étudiant."""
    work = decode(plan["work"])
    return [door.Piece(piece["kind"], place(work, decode(piece["file"])),
                       None if piece["inner"] is None else names(piece["inner"]), names(piece["where"]))
            for piece in student["pieces"]]


def place(work, file):
    """Le chemin d'une pièce : dans le dossier de la classe, ou dans l'archive qu'elle est."""
    return work + file if not file or file.startswith(class_archive.INSIDE) else os.path.join(work, file)


def admit(plan, student, labs):
    """Ce qui entre du rendu d'un étudiant, et ce que la plateforme en dit. Lève door.Refused s'il ne peut pas être jugé."""
    if student["refusal"]:
        raise door.Refused(student["refusal"])
    admission = door.admit_pieces(pieces(plan, student), labs, plan["labs"])
    for text in student["notes"]:
        admission.say(text)
    for text in student["doubts"]:
        admission.say(text[:1].upper() + text[1:], flag=True)
    return admission


def names(text):
    """Les noms d'un chemin codé."""
    return tuple(filter(None, decode(text).split("/")))


def describe_piece(work, node, where):
    """Une pièce, telle que le plan la garde."""
    return {"kind": node.kind, "file": encode(node.file[len(work):].lstrip("/")),
            "inner": None if node.inner is None else encode("/".join(node.inner)), "where": encode("/".join(where))}
