"""Le plan d'une notation : OUT/plan.json, écrit une fois, lu par chaque processus qui juge.

{"format", "run", "out", "work", "title", "labs": noms retenus, "edition": celle de l'archive que
ferait ce dépôt, "settings": réglages pour judge.sh, "ground": clef du juge, "mark", "protected", "protections_missing", "tasks": la limite de processus, hors du bac à sable ; "students": [{"id", "name",
"file", "source", "refusal", "moodle"}], "todo": identifiants à juger}. « file » est le nom du dossier, codé comme dans une adresse : il peut ne pas être en UTF-8.
"""

import json
import os
import urllib.parse

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


def student_path(plan, student):
    """Où est le rendu d'un étudiant."""
    work = decode(plan["work"])
    return os.path.join(work, decode(student["file"])) if student["file"] else work
