"""Chamilo, « Télécharger tous les travaux » : ANNÉE_MOIS_JOUR_HEURE_MINUTE_SECONDE_UTILISATEUR_TITRE, tous au même niveau.

Un texte tapé en ligne est un .html. D'un même titre, la dernière remise compte ; les autres sont dites. L'utilisateur et le titre
peuvent avoir un « _ » chacun : ce qui hésite est dit. (main/work/downloadfolder.inc.php)
"""

import re
import time

from tests.grading.door.person import Person
from tests.judge.command.folder import meant

NAME = "Chamilo"
FORM = re.compile(r"(?P<date>\d{4}(?:_\d\d){5})_(?P<rest>[^_]+_.+)", re.S)


def recognise(level):
    """Réunit les fichiers de chaque personne."""
    found = [(node, FORM.fullmatch(node.name)) for node in level.nodes if node.kind != "folder"]
    found = [(node, match["date"], match["rest"]) for node, match in found if match]
    users = users_of([rest for _, _, rest in found], level.sources)
    tries = {}
    for node, date, rest in found:
        user = next((user for user in users if rest.startswith(user + "_")), rest.partition("_")[0])
        tries.setdefault(user, {}).setdefault(rest[len(user) + 1:], []).append((date, node))
    level.claim([node for node, _, _ in found], [person_of(user, titles, level) for user, titles in tries.items()])
    return bool(found)


def users_of(rests, sources):
    """Ceux qui sont devant une source : un seul mot, qui est sûr ; sinon tout ce qui la précède. Les plus longs d'abord."""
    heads = {head for head, _, file in (rest.rpartition("_") for rest in rests) if meant(file) in sources}
    sure = {head for head in heads if "_" not in head}
    return sorted(sure | {head for head in heads if head.partition("_")[0] not in sure}, key=len, reverse=True)


def person_of(user, titles, level):
    """Cette personne, et sa dernière remise de chaque titre."""
    person = Person(user, NAME, f"chamilo {user}", level.group, username=user)
    for title, tries in titles.items():
        *before, (date, node) = sorted(tries, key=lambda one: one[0])
        if title.lower().endswith(".html"):
            person.leave(node, "ce qui a été tapé dans Chamilo n'est pas lu")
        else:
            person.take_file(node, title)
        for _, other in before:
            person.leave(other, "une remise d'avant")
        person.submitted = max(person.submitted or 0, time.mktime(time.strptime(date, "%Y_%m_%d_%H_%M_%S")))
    # « a_roux_tp.zip » et « a_vert_tp.zip » : deux titres d'une personne, ou deux personnes ?
    if "_" in user or len({title.partition("_")[0] for title in titles}) > 1 and all("_" in title for title in titles):
        person.doubts.append(f"on ne sait pas où finit l'identifiant et où commence le titre, dans {node.place()}")
    return person
