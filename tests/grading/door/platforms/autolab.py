"""Autolab, « Download all submissions » : ADRESSE_VERSION_FICHIER. La dernière version compte ; les autres sont dites."""

import re

from tests.grading.door.person import Person

NAME = "Autolab"
FORM = re.compile(r"(?P<email>[^\s/@_]+(?:_[^\s/@_]+)*@[\w.-]+\.[A-Za-z]{2,})_(?P<version>\d+)_(?P<file>.+)", re.S)


def recognise(level):
    """Réunit les versions de chaque personne."""
    people, versions, used = {}, {}, []
    for node in level.nodes:
        match = FORM.fullmatch(node.name)
        if match and node.kind != "folder":
            used.append(node)
            people.setdefault(match["email"], Person(match["email"], NAME, f"autolab {match['email']}", level.group, email=match["email"]))
            versions.setdefault(match["email"], []).append((int(match["version"]), node, match["file"]))
    for email, found in versions.items():
        last, person = max(number for number, _, _ in found), people[email]
        person.attempt = f"version {last}"
        for number, node, name in found:
            if number == last:
                person.take_file(node, name)
            else:
                person.leave(node, f"la version {number}, et non la dernière")
    level.claim(used, list(people.values()))
    return bool(used)
