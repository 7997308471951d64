"""Google Drive : des fichiers « NOM - FICHIER » (Classroom) ou « FICHIER - NOM.c » (Forms), tous au même niveau.

Le côté qui nomme un fichier, ou le même devoir pour tous, n'est pas celui de la personne. Si rien ne le dit, rien n'est à Drive :
« Dupont - Alice.zip » est une personne, sous ce nom entier.
"""

import re

from tests.grading.door import naming
from tests.grading.door.person import Person
from tests.grading.door.platforms import plain

NAME = "Google Drive"
# Un numéro d'étudiant devant le nom en fait partie.
FORM = re.compile(r"(?P<left>(?:\d+ - )?.+?) - (?P<right>.+?)(?P<suffix>\.(?:tar\.\w+|\w+))", re.S)
# Un dossier téléchargé en plusieurs morceaux : TP-20261120T101213Z-001.zip, -002… ; OneDrive_1_20-11-2026.zip (Teams), _2_…
PARTS = (re.compile(r"(?P<name>.+)-\d{8}T\d{6}Z(?:-\d+)?-\d{3}\.zip", re.S), re.compile(r"(?P<name>OneDrive)_\d+_[\d-]+\.zip"))


def part_of(node):
    """Le dossier dont cette archive est un morceau ; vide pour une autre."""
    found = [match["name"] for match in (form.fullmatch(node.name) for form in PARTS) if match]
    return found[0] if found and node.kind == "archive" else ""


def recognise(level):
    """Réunit les fichiers de chaque personne."""
    found = [(node, FORM.fullmatch(node.name)) for node in level.nodes if node.kind in ("file", "archive")]
    found = [(node, match) for node, match in found if match]
    side = side_of_names([match for _, match in found], level.labs)
    if not side or not any(useful(match) for _, match in found):
        return False
    people = {}
    for node, match in found:
        name = match[side].strip()
        person = people.setdefault(name, Person(name, NAME, f"drive {name}", level.group))
        person.take_file(node, match["right" if side == "left" else "left"].strip() + match["suffix"])
    level.claim([node for node, _ in found], list(people.values()))
    return True


def side_of_names(matches, labs):
    """De quel côté sont les noms des personnes ; vide si rien ne le dit."""
    first, last = (sum(is_file(match[side], labs) for match in matches) for side in ("left", "right"))
    if first != last:
        return "right" if first > last else "left"
    lefts, rights = ({match[side] for match in matches} for side in ("left", "right"))
    if not first and len(lefts) == 1 < len(rights):
        return "right"
    return "left" if not first and any(match["suffix"].lower() == ".c" for match in matches) else ""


def is_file(text, labs):
    """Ce texte nomme-t-il un fichier, ou un devoir, plutôt qu'une personne ?"""
    return plain.names_a_part(text, labs) or bool(plain.THING.search(text))


def useful(match):
    """Une source ou une archive."""
    return bool(naming.archive_suffix("x" + match["suffix"])) or match["suffix"].lower() in (".c", ".h")
