"""Sans plateforme : des sources « ROUX_Alice_server.c », « ROUX_Alice_client.c », ou « server_ROUX_Alice.c », toutes au même niveau."""

import re

from tests.grading.door.person import Person
from tests.grading.door.platforms import plain
from tests.judge.command.folder import meant

NAME = "des sources au nom de chacun"
FORMS = (re.compile(r"(?P<name>.+)[\s_.-]+(?P<file>[^\s_.-]+(?: ?\(\d+\))?)\.c", re.S | re.I),
         re.compile(r"(?P<file>[^\s_.-]+)[\s_.-]+(?P<name>.+)\.c", re.S | re.I))


def recognise(level):
    """Réunit les sources de chaque personne ; un seul nom, ou un nom qui n'a pas l'air de quelqu'un, et rien n'est reconnu."""
    return any(recognise_form(level, form) for form in FORMS)


def recognise_form(level, form):
    """De même, quand le nom est du même côté pour tous."""
    found = [(node, form.fullmatch(node.name)) for node in level.nodes if node.kind == "file"]
    found = [(node, match) for node, match in found if match and meant(match["file"] + ".c") in level.sources]
    names = {match["name"] for _, match in found}
    if len(names) < 2 or not all(plain.looks_like_someone(name, level.labs) for name in names):
        return False
    people = {name: Person(name, NAME, group=level.group) for name in sorted(names)}
    for node, match in found:
        people[match["name"]].take_file(node, match["file"] + ".c")
    level.claim([node for node, _ in found], list(people.values()))
    return True
