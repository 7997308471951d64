"""Blackboard, « Télécharger les fichiers du devoir » : TITRE_UTILISATEUR_attempt_DATE_FICHIER, et TITRE_UTILISATEUR_attempt_DATE.txt.

« attempt » est dans la langue du site. Chaque tentative a son .txt, qui dit « Name: NOM (UTILISATEUR) ». La dernière tentative compte ; les autres sont dites.
"""

import os
import re
import time

from tests.grading.door import naming
from tests.grading.door.person import Person
from tests.judge.command.folder import meant

NAME = "Blackboard"
FORM = re.compile(r"(?P<head>.+)_(?:attempt|tentative|tentativa|tentativo|intento|versuch|poging)_(?P<date>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)", re.S | re.I)
WHO = re.compile(r"^\ufeff?\s*(?:Name|Nome?|Nombre|Naam)\s*:\s*(?P<name>.+?)\s*\((?P<user>[^()\n]+)\)\s*$", re.M)


def recognise(level):
    """Réunit les fichiers de la dernière tentative de chaque personne."""
    found = [(node, FORM.fullmatch(node.name)) for node in level.nodes]
    found = [(node, match) for node, match in found if match]
    if not found:
        return False
    title = common_title({match["head"] for _, match in found})
    tries = {}
    for node, match in found:
        tries.setdefault(match["head"], {}).setdefault(match["date"], []).append((node, match["file"]))
    level.claim([node for node, _ in found], [person_of(head, attempts, title, level) for head, attempts in tries.items()])
    return True


def common_title(heads):
    """Le titre du devoir, que tous ont en commun, « _ » compris ; "" s'il n'y a qu'une personne."""
    return os.path.commonprefix(sorted(heads)).rpartition("_")[0] + "_" if len(heads) > 1 else ""


def person_of(head, attempts, title, level):
    """Cette personne, et sa dernière tentative."""
    told = told_by(attempts)
    user = told["user"].strip() if told else head[len(title):] if title else head.rpartition("_")[2]
    person = Person(told["name"] if told else user, NAME, f"blackboard {user}", level.group, username=user)
    if not told:
        person.doubts.append("aucun .txt ne dit de qui est cette remise : l'identifiant est lu dans le nom de ses fichiers")
    *before, last = sorted(attempts)
    person.attempt = f"tentative {len(attempts)} sur {len(attempts)}" if before else ""
    person.submitted = time.mktime(time.strptime(last, "%Y-%m-%d-%H-%M-%S"))
    for node, name in attempts[last]:
        if name:
            person.take_file(node, name)
    for date in before:
        for node, name in attempts[date]:
            if name:
                person.leave(node, f"une tentative d'avant, du {date[:10]}")
    if before and not person.pieces:
        person.doubts.append("la dernière tentative n'a pas de fichier, et une d'avant en a peut-être")
    elif not any(naming.archive_suffix(name) for name in names_of(attempts, [last])):
        missing = level.sources & set(map(meant, names_of(attempts, before))) - set(map(meant, names_of(attempts, [last])))
        person.doubts += [f"la dernière tentative n'a pas {name}, qu'une d'avant a" for name in sorted(missing)]
    return person


def names_of(attempts, dates):
    """Les noms de ce qui a été remis à ces dates."""
    return [name for date in dates for _, name in attempts[date] if name]


def told_by(attempts):
    """Ce que dit le .txt d'une tentative, la dernière d'abord ; None s'il n'y en a pas."""
    for date in sorted(attempts, reverse=True):
        for node, name in attempts[date]:
            match = None if name else WHO.search(node.read(1 << 16).decode("utf-8", "replace"))
            if match:
                return match
    return None
