"""Moodle, « Télécharger tous les travaux remis » : NOM_PARTICIPANT_assignsubmission_PLUGIN, en dossiers ou en fichiers.

Le numéro est celui du participant dans ce devoir, et non un numéro d'étudiant. Le nom n'a jamais de « _ » : Moodle les
remplace. Sous le dépôt en groupes, il est précédé de « GROUPE- » ; sous l'anonymat, c'est « Participant ».
(mod/assign/locallib.php, download_submissions ; mod/assign/feedback/file/importziplib.php)
"""

import re

from tests.grading.door.person import Person

NAME = "Moodle"
FORM = re.compile(r"(?P<name>[^_]*)_(?P<number>\d+)_assign(?P<whose>submission|feedback)_(?P<plugin>[a-z]+)(?:[_.](?P<file>.*))?(?P<packed>\.zip)?", re.S)
# « Groupe A1-Alice Dupont » : seul un nom qui a l'air de celui d'un groupe est ôté ; « Jean-Noël » n'en est pas un.
# Moodle colle son tiret : dans « TD2 - mardi-Alice Dupont », le premier est au groupe.
GROUP = re.compile(r"(?P<group>(?:.*\d(?:[^-]| - )*|(?:groupe?|gruppe|grupo|gruppo|grup|default group|standardgruppe|équipe|equipe|team|binôme|binome|td|tp|gr)\b(?:[^-]| - )*))-(?P<name>[^\d\s-][^\d]*)", re.S | re.I)
# « Participant », dans la langue du site, derrière le nom du groupe s'il y en a un ; « Teilnehmer/in » y perd sa barre.
ANONYMOUS = re.compile(r"(?:(?P<group>.+)-)?(?:participante?|teilnehmer(?:/?in)?|partecipante|deelnemer)", re.S | re.I)


def recognise(level):
    """Réunit les pièces de chaque participant."""
    people, used = {}, []
    for node in level.nodes:
        match = FORM.fullmatch(node.name)
        if not match:
            continue
        used.append(node)
        who = (match["number"], match["name"])
        if who not in people:
            people[who] = person_of(match, level)
        sort_piece(people[who], node, match)
    level.claim(used, list(people.values()))
    return bool(used)


def person_of(match, level):
    """Cette personne, sans ses pièces."""
    name, group = match["name"].strip() or "sans nom", level.group
    anonymous, found = ANONYMOUS.fullmatch(name), GROUP.fullmatch(name)
    if anonymous:
        name, group = f"Participant {match['number']}", (anonymous["group"] or group).strip()
    elif found:
        name, group = found["name"].strip(), found["group"].strip()
    return Person(name, NAME, f"moodle {match['number']} {name}", group, participant=match["number"])


def sort_piece(person, node, match):
    """Un fichier remis est une pièce ; un texte en ligne n'est pas une source."""
    if match["whose"] == "feedback":
        person.leave(node, "un retour de l'enseignant, et non un travail")
    elif match["plugin"] != "file":
        person.leave(node, "ce qui a été tapé dans Moodle n'est pas lu")
    elif match["file"] and node.kind != "folder":
        person.take_file(node, match["file"])
    elif node.kind in ("folder", "archive"):
        person.take(node)
    else:
        person.leave(node, "ce n'est ni un dossier, ni un fichier remis")
