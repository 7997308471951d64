"""Des dossiers « NOM - DATE » (CodeGrade), « N-N - NOM - DATE » (Brightspace), et ceux de VPL : NOM/DATE/, et NOM/DATE.ceg/.

D'une personne, le dossier le plus récent compte ; les autres sont dits.
"""

import datetime
import re

from tests.grading.door.person import Person

NAME = "des dossiers datés"
CODEGRADE = re.compile(r"(?P<name>.+?) - (?P<date>\d{4}-\d\d-\d\d)[T _](?P<time>\d\d[:hH._-]?\d\d(?:[:._-]?\d\d)?)\S*", re.S)
BRIGHTSPACE = re.compile(r"\d+-\d+ ?- ?(?P<name>.+?) ?- ?(?P<date>\w{3,9}\.? \d{1,2},? \d{4}),? ?(?P<time>\d{3,4} ?[AP]M)", re.S)
VPL = re.compile(r"\d{4}(?:-\d\d){5}")
WHO = re.compile(r"(?P<name>.+) (?P<userid>\d+) (?P<username>[^\s]+)", re.S)
CEG = re.compile(r"\d{4}(?:-\d\d){5}\.ceg")


def recognise(level):
    """Réunit les dossiers de chaque personne."""
    tries, used = {}, []
    for node in level.nodes:
        found = dated(node)
        if found:
            used.append(node)
            tries.setdefault(found[0], []).extend(found[1])
    people = []
    for (platform, name), attempts in tries.items():
        person = someone(platform, name, level.group)
        attempts.sort(key=lambda attempt: attempt[0])
        take_last(person, attempts)
        people.append(person)
    level.claim(used, people)
    return bool(used)


def someone(platform, name, group):
    """Cette personne. VPL nomme son dossier « NOM USERID UTILISATEUR » : ce sont ceux de Moodle."""
    match = WHO.fullmatch(name) if platform == "VPL" else None
    if match:
        return Person(match["name"], platform, f"VPL {match['userid']}", group, username=match["username"], userid=match["userid"])
    return Person(name, platform, f"{platform} {name}", group)


def dated(node):
    """((plateforme, nom), [(moment, nœud)]) d'un dossier daté ; None pour un autre."""
    if node.kind not in ("folder", "archive"):
        return None
    match = CODEGRADE.fullmatch(node.name)
    if match:
        digits = re.sub(r"\D", "", match["time"]).ljust(6, "0")
        return ("CodeGrade", match["name"]), [(f"{match['date']}-{digits[:2]}-{digits[2:4]}-{digits[4:6]}", node)]
    match = BRIGHTSPACE.fullmatch(node.name)
    if match:
        return ("Brightspace", match["name"]), [(american(match["date"], match["time"]), node)]
    if node.kind == "folder":
        inner = node.children()
        if inner and all(child.kind == "folder" and (VPL.fullmatch(child.name) or CEG.fullmatch(child.name)) for child in inner):
            return ("VPL", node.name), [(child.name, child) for child in inner if VPL.fullmatch(child.name)]
    return None


def american(date, time):
    """« Nov 20, 2026 », « 1012 AM » : un moment qui se trie. Un mois que l'on ne connaît pas ne se devine pas."""
    text = f"{re.sub('[.,]', '', date)} {time.replace(' ', '').zfill(6)}"
    for month in ("%b", "%B"):
        try:
            return datetime.datetime.strptime(text, f"{month} %d %Y %I%M%p").strftime("%Y-%m-%d-%H-%M-%S")
        except ValueError:
            continue
    return ""


def take_last(person, attempts):
    """Le plus récent ; à égalité, ou sans date lisible, on ne choisit pas sans le dire."""
    if not attempts:
        person.doubts.append("son dossier ne contient aucun rendu")
        return
    *before, (last, node) = attempts
    person.take(node)
    if last:
        person.submitted = datetime.datetime.strptime(last, "%Y-%m-%d-%H-%M-%S").timestamp()
    if before:
        person.attempt = f"tentative {len(attempts)} sur {len(attempts)}"
    for date, other in before:
        person.leave(other, "une remise d'avant")
        if date == last or not date:
            person.doubts.append(f"on ne sait pas si {other.place()} est plus ancien que {node.place()}")
