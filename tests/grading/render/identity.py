"""Retrouver, dans le nom d'un rendu, ce que Moodle sait d'un étudiant : adresse, numéro, participant."""

import re

EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# Un dossier exporté par un devoir Moodle ; grade.py n'en laisse le nom entier qu'aux homonymes.
EXPORTED = re.compile(r"^(.*)_(\d+)_assignsubmission_\w+?_?$", re.S)
NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{5,12}(?![0-9A-Za-z])")


def identity(item):
    """{"name", "participant", "email", "number"} ; vide quand le nom du rendu ne le dit pas."""
    name, participant = item["name"], item.get("moodle") or ""
    exported = EXPORTED.match(name)
    if exported:
        name, participant = exported.group(1), exported.group(2)
    emails = EMAIL.findall(name)
    numbers = [] if exported else NUMBER.findall(EMAIL.sub(" ", name))
    return {"name": name, "participant": participant, "email": emails[0] if len(emails) == 1 else "",
            "number": numbers[0] if len(numbers) == 1 else ""}


def unique(identities, key):
    """Les identités dont cette clé ne désigne qu'une personne."""
    values = [one[key].lower() for one in identities]
    return [one[key] != "" and values.count(one[key].lower()) == 1 for one in identities]
