"""Des dossiers « NOM - DATE » (CodeGrade), « N-N - NOM - DATE » (Brightspace), et ceux de VPL : NOM/DATE/, et NOM/DATE.ceg/.

Brightspace donne aussi des fichiers à plat, « N-N - NOM - DATE - FICHIER ». D'une personne, la remise la plus récente compte ;
les autres sont dites.
"""

import datetime
import re

from tests.grading.door import naming
from tests.grading.door.person import Person
from tests.judge.command.folder import meant

NAME = "des dossiers datés"
CODEGRADE = re.compile(r"(?P<name>.+?) - (?P<date>\d{4}-\d\d-\d\d)[T _](?P<time>\d\d[:hH._-]?\d\d(?:[:._-]?\d\d)?)\S*", re.S)
# « Nov 20, 2026 1012 AM », « 20 nov. 2026 10 h 12 », « 20 de nov. de 2026 1012 » : dans la langue du site.
BRIGHTSPACE = re.compile(r"\d+-\d+ ?- ?(?P<name>.+?) ?- ?(?:(?P<month>[^\W\d_]{3,10})\.? (?P<day>\d{1,2}),?|(?P<jour>\d{1,2})(?:er|\.)? (?:de )?(?P<mois>[^\W\d_]{3,10})[.,]*)"
                         r" (?:de )?(?P<year>\d{4}),?(?: (?:à |at )?(?P<hour>\d{1,2})(?: ?[h:.] ?)?(?P<minute>\d\d) ?(?P<half>[AP]M)?)?(?: - (?P<file>.+))?", re.S | re.I)
MONTHS = (("jan", "ene", "gen"), ("feb", "fev"), ("mar",), ("apr", "avr", "abr"), ("may", "mai", "mag"), ("jun", "juin", "giu"), ("jul", "juil", "lug"),
          ("aug", "aou", "ago"), ("sep", "set"), ("oct", "okt", "ott", "out"), ("nov",), ("dec", "dez", "dic"))
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
        take_last(person, attempts, level.sources)
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
    """((plateforme, nom), [(moment, nœud, fichier ou rien)]) de ce qui est daté ; None pour un autre."""
    match = BRIGHTSPACE.fullmatch(node.name)
    if match and bool(match["file"]) == (node.kind != "folder") or match and node.kind == "archive":
        return ("Brightspace", match["name"]), [(moment(match), node, match["file"])]
    if node.kind not in ("folder", "archive"):
        return None
    match = CODEGRADE.fullmatch(node.name)
    if match:
        digits = re.sub(r"\D", "", match["time"]).ljust(6, "0")
        return ("CodeGrade", match["name"]), [(f"{match['date']}-{digits[:2]}-{digits[2:4]}-{digits[4:6]}", node, None)]
    if node.kind == "folder":
        inner = node.children()
        if inner and all(child.kind == "folder" and (VPL.fullmatch(child.name) or CEG.fullmatch(child.name)) for child in inner):
            return ("VPL", node.name), [(child.name, child, None) for child in inner if VPL.fullmatch(child.name)]
    return None


def moment(match):
    """Un moment qui se trie. Un mois que l'on ne connaît pas, une heure qui manque ne se devinent pas."""
    month, day, half = match["month"] or match["mois"], match["day"] or match["jour"], (match["half"] or "").upper()
    number = next((number for number, starts in enumerate(MONTHS, 1) if naming.plain(month).startswith(starts)), 0)
    if not match["hour"]:
        return ""
    hour = int(match["hour"]) % 12 + 12 * (half == "PM") if half else int(match["hour"])
    try:
        return datetime.datetime(int(match["year"]), number, int(day), hour, int(match["minute"])).strftime("%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return ""


def take_last(person, attempts, sources):
    """La plus récente ; à égalité, ou sans date lisible, on ne choisit pas sans le dire."""
    if not attempts:
        person.doubts.append("son dossier ne contient aucun rendu")
        return
    last, node, name = attempts[-1]
    together = [attempt for attempt in attempts if name and attempt[2] and attempt[0] == last] or attempts[-1:]
    before = [attempt for attempt in attempts if attempt not in together]
    for _, piece, file in together:
        if file:
            person.take_file(piece, file)
        else:
            person.take(piece)
    if last:
        person.submitted = datetime.datetime.strptime(last, "%Y-%m-%d-%H-%M-%S").timestamp()
    count = len({attempt[0] for attempt in attempts} if name else attempts)
    person.attempt = f"tentative {count} sur {count}" if before else ""
    if person.platform == "Brightspace" and len({other.name.partition("-")[0] for _, other, _ in attempts}) > 1:
        person.doubts.append("les remises de ce nom n'ont pas le même premier numéro : est-ce une seule personne ?")
    for date, other, _ in before:
        person.leave(other, "une remise d'avant")
        if date == last or not date:
            person.doubts.append(f"on ne sait pas si {other.place()} est plus ancien que {node.place()}")
    if not any(file and naming.archive_suffix(file) for _, _, file in together):
        missing = sources & named(before) - named(together)
        person.doubts += [f"la dernière remise n'a pas {source}, qu'une d'avant a" for source in sorted(missing)]


def named(attempts):
    """Les sources que ces remises apportent à plat."""
    return {meant(file) for _, _, file in attempts if file}
