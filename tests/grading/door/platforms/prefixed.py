"""Sans plateforme : des sources « ROUX_Alice_server.c », « ROUX_Alice_client.c », toutes au même niveau."""

import re

from tests.grading.door.person import Person
from tests.grading.door.platforms import plain
from tests.judge.command.folder import meant

NAME = "des sources au nom de chacun"
FORM = re.compile(r"(?P<name>.+)[\s_.-]+(?P<file>[^\s_.-]+(?: ?\(\d+\))?\.c)", re.S | re.I)


def recognise(level):
    """Réunit les sources de chaque personne ; un seul nom, ou un nom qui n'a pas l'air de quelqu'un, et rien n'est reconnu."""
    found = [(node, FORM.fullmatch(node.name)) for node in level.nodes if node.kind == "file"]
    found = [(node, match) for node, match in found if match and meant(match["file"]) in level.sources]
    names = {match["name"] for _, match in found}
    if len(names) < 2 or not all(plain.looks_like_someone(name, level.labs) for name in names):
        return False
    people = {name: Person(name, NAME, group=level.group) for name in sorted(names)}
    for node, match in found:
        people[match["name"]].take_file(node, match["file"])
    level.claim([node for node, _ in found], list(people.values()))
    return True
