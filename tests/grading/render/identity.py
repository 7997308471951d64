"""Ce qu'une plateforme sait d'un étudiant : ce qu'elle en a dit elle-même, ou, sans plateforme, ce que dit le nom de son rendu.

Le numéro de participant d'un devoir Moodle n'est jamais un numéro d'étudiant : il ne sert qu'à la feuille de ce devoir.
"""

import re

EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{5,12}(?![0-9A-Za-z])")
KINDS = ("participant", "number", "email", "username", "userid", "canvas", "login")


def identity(item):
    """{"name", "group"} et ce que dit la plateforme (KINDS) ; vide quand personne ne le dit."""
    name = item.get("person") or item["name"]
    known = {"name": name, "group": item.get("group") or "", **dict.fromkeys(KINDS, ""), **(item.get("ids") or {})}
    if item.get("platform"):
        return known
    emails = EMAIL.findall(name)
    numbers = NUMBER.findall(EMAIL.sub(" ", name))
    return {**known, "email": emails[0] if len(emails) == 1 else "", "number": numbers[0] if len(numbers) == 1 else ""}


def unique(identities, key):
    """Les identités dont cette clé ne désigne qu'une personne."""
    values = [one[key].lower() for one in identities]
    return [one[key] != "" and values.count(one[key].lower()) == 1 for one in identities]
