"""Google Drive : des fichiers « NOM - FICHIER » (Classroom) ou « FICHIER - NOM.c » (Forms), tous au même niveau."""

import os
import re

from tests.grading.door import naming
from tests.grading.door.person import Person

NAME = "Google Drive"
FORM = re.compile(r"(?P<left>.+?) - (?P<right>.+?)(?P<suffix>\.(?:c|h|tar\.\w+|\w+))", re.S | re.I)
# Un dossier téléchargé en plusieurs morceaux : TP-20261120T101213Z-001.zip, -002… ; OneDrive_1_20-11-2026.zip (Teams), _2_…
PARTS = (re.compile(r"(?P<name>.+)-\d{8}T\d{6}Z(?:-\d+)?-\d{3}\.zip", re.S), re.compile(r"(?P<name>OneDrive)_\d+_[\d-]+\.zip"))


def part_of(node):
    """Le dossier dont cette archive est un morceau ; vide pour une autre."""
    found = [match["name"] for match in (form.fullmatch(node.name) for form in PARTS) if match]
    return found[0] if found and node.kind == "archive" else ""


def recognise(level):
    """Réunit les fichiers de chaque personne."""
    found = [(node, FORM.fullmatch(node.name)) for node in level.nodes if node.kind in ("file", "archive")]
    found = [(node, match) for node, match in found if match and useful(match)]
    if not found:
        return False
    files_first = all(file_of(match, "left") for _, match in found)
    people, used = {}, []
    for node, match in found:
        name, file = (match["right"], match["left"]) if files_first else (match["left"], match["right"])
        if not name.strip():
            continue
        used.append(node)
        person = people.setdefault(name.strip(), Person(name.strip(), NAME, f"drive {name.strip()}", level.group))
        person.take_file(node, file.strip() + match["suffix"])
    level.claim(used, list(people.values()))
    return bool(used)


def useful(match):
    """Une source ou une archive, d'un côté ou de l'autre."""
    return bool(naming.archive_suffix("x" + match["suffix"])) or match["suffix"].lower() in (".c", ".h")


def file_of(match, side):
    """Ce côté est-il le nom d'une source ?"""
    return os.path.basename(match[side]).lower() in ("server", "client", "serveur", "framing", "registry") or (
        bool(re.search(r"\b(tp|lab|rendu|udp|tcp|devoir)\b", match[side], re.I)) and " " not in match[side].strip())
