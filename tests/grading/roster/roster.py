"""Les listes que l'enseignant donne : ALIASES (nom, pseudonyme) et LATE (étudiant, minutes), et la règle du retard."""

import datetime
import math
import os
import re
import unicodedata

RULE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "late.conf")
SHOWN = 10
SEPARATOR = re.compile(r"\t|;")


class Mistake(Exception):
    """Une liste est mal écrite ; le texte dit où."""


def read_pairs(path, setting):
    """Les lignes « a<tabulation ou ;>b » d'un fichier ; # commence un commentaire en début de ligne."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "il n'est pas en UTF-8"
        raise Mistake(f"{setting} : ce fichier n'est pas lisible ({reason})") from error
    pairs = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = [word.strip().strip('"') for word in SEPARATOR.split(line)]
        if len(words) != 2 or not all(words):
            raise Mistake(f"{setting}, ligne {number} : « nom<tabulation ou ;>valeur » est attendu")
        pairs.append((number, *words))
    return pairs


def fold(text):
    """Un nom, pour le comparer : ni la casse ni l'écriture des accents ne comptent."""
    return unicodedata.normalize("NFC", text).casefold()


def find(name, students):
    """L'étudiant désigné par son identifiant, son dossier, son nom ou ce qu'en dit la plateforme ; None s'il n'y est pas."""
    wanted = fold(name)
    for words in (lambda one: [one["id"]], lambda one: [one["folder"]], lambda one: [one["name"]], lambda one: one["ids"].values()):
        found = [student for student in students if any(word and fold(word) == wanted for word in words(student))]
        if len(found) == 1:
            return found[0]
    return None


def assign(pairs, students, setting):
    """{identifiant: valeur}, et les phrases sur les noms qui ne désignent personne."""
    values, unknown = {}, []
    for number, name, value in pairs:
        student = find(name, students)
        if student is None:
            unknown.append(f"{setting}, ligne {number} : « {name} » ne désigne aucun étudiant de cette classe.")
        elif student["id"] in values:
            raise Mistake(f"{setting}, ligne {number} : « {name} » y est déjà")
        else:
            values[student["id"]] = value
    return values, unknown


def aliases(path, students):
    """Les pseudonymes. Deux étudiants ne peuvent pas avoir le même ; qui n'en a pas en reçoit un, et c'est dit."""
    values, notes = assign(read_pairs(path, "ALIASES"), students, "ALIASES")
    seen = {}
    for identifier, alias in values.items():
        if fold(alias) in seen:
            raise Mistake(f"ALIASES : « {alias} » est donné à deux étudiants")
        seen[fold(alias)] = identifier
    number = 0
    for student in students:
        if student["id"] not in values:
            number += 1
            while fold(f"anonyme {number}") in seen:
                number += 1
            values[student["id"]] = f"anonyme {number}"
            notes.append(f"ALIASES : un étudiant n'y est pas, il sera « anonyme {number} » (identifiant {student['id']}).")
    return values, notes


# --- Le retard -----------------------------------------------------------------------------------

def read_rule(path=RULE):
    """La règle de retard.conf : {nom: nombre, ou None quand la valeur est vide}."""
    rule = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, equal, value = line.split("#")[0].partition("=")
            if equal:
                rule[name.strip()] = read_number(name.strip(), value.strip())
    missing = {"tolerance", "tranche", "points", "plafond", "refus"} - set(rule)
    if missing:
        raise Mistake(f"retard.conf : il manque {', '.join(sorted(missing))}")
    if rule["tranche"] in (None, 0):
        raise Mistake("retard.conf : tranche doit être un nombre de minutes plus grand que zéro")
    return rule


def read_number(name, value):
    """Un nombre positif, virgule ou point ; rien s'il n'est pas donné."""
    if not value:
        return None
    try:
        number = float(value.replace(",", "."))
    except ValueError as error:
        raise Mistake(f"retard.conf, {name} : un nombre est attendu") from error
    if not math.isfinite(number) or number < 0:
        raise Mistake(f"retard.conf, {name} : un nombre positif est attendu")
    return number


def penalty(minutes, over20, rule):
    """Les points (sur 20) qu'un retard retire à cette note, jamais plus que la note."""
    tolerance = rule["tolerance"] or 0
    if minutes <= tolerance:
        return 0.0
    if rule["refus"] is not None and minutes > rule["refus"]:
        return over20
    lost = math.ceil((minutes - tolerance) / rule["tranche"]) * (rule["points"] or 0)
    if rule["plafond"] is not None:
        lost = min(lost, rule["plafond"])
    return min(lost, over20)


def lateness(path, students):
    """Les retards : {identifiant: minutes}, et les phrases à dire."""
    values, notes = assign(read_pairs(path, "LATE"), students, "LATE")
    minutes = {}
    for identifier, text in values.items():
        try:
            minutes[identifier] = float(text.replace(",", "."))
        except ValueError as error:
            raise Mistake(f"LATE : « {text} » n'est pas un nombre de minutes") from error
        if not math.isfinite(minutes[identifier]) or minutes[identifier] < 0:
            raise Mistake(f"LATE : « {text} » n'est pas un nombre de minutes")
    return minutes, notes


def read_moment(text):
    """DEADLINE= : « 2026-11-20T23:59 », à l'heure de cette machine, à moins qu'un fuseau (+01:00, Z) ne soit dit. Des secondes depuis 1970."""
    try:
        return datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00")).timestamp()
    except ValueError as error:
        raise Mistake(f"DEADLINE={text} : une date comme 2026-11-20T23:59 est attendue") from error


def since(deadline, students, named=True):
    """Les retards, d'après les dates que disent les plateformes et les dépôts : {identifiant: minutes}, et les phrases à dire."""
    minutes = {student["id"]: (student["submitted"] - deadline) / 60 for student in students if student["submitted"] is not None}
    unknown = [student["name"] for student in students if student["id"] not in minutes]
    names = f" : {', '.join(unknown[:SHOWN])}{', …' if unknown[SHOWN:] else ''}" if named else ""
    notes = [f"DEADLINE : {len(unknown)} rendu{'s' if len(unknown) > 1 else ''} sans date, dont le retard n'est pas connu{names}."]
    notes = notes if unknown else []
    return {identifier: late for identifier, late in minutes.items() if late > 0}, notes


def spell(minutes):
    """Une durée, en mots courts."""
    whole = math.ceil(minutes)
    days, rest = divmod(whole, 1440)
    hours, left = divmod(rest, 60)
    words = [f"{days} j" if days else "", f"{hours} h" if hours else "", f"{left} min" if left else ""]
    return " ".join(word for word in words if word) or "0 min"
