"""Le barème d'un enseignant (SCALE=) : ce que valent un lab, une étape, un test, et sur combien est la note.

scale.py      lit celui de SCALE, et dit ce qui n'y va pas (statut 2)

Une ligne par poids, « nom = valeur » ; docs/noter.md (« Votre barème ») en dit le sens. Le juge n'en sait rien : ses résultats
gardent les points de l'énoncé, et c'est à la lecture qu'ils changent. Un autre barème ne demande donc aucun jugement.
"""

import difflib
import math
import os
import pathlib
import re
import stat
import sys
import unicodedata

from tests.judge.command import lab_reader
from tests.judge.report.paint import visible
from tests.judge.report.results import format_number
from tests.judge.report.reserved import revealed

TOTALS = (10, 20, 100)
MOST_BYTES, MOST_COLUMNS, MOST_WEIGHT = 1 << 16, 200, 1000
# Un test tel que ses sources le disent : son nom, puis ses champs. La vérification « points » le compare à ce que dit le juge.
LESSON = re.compile(r"^LESSON\(\s*(\w+)(.*?)\)\s*\{", re.M | re.S)
STEP, POINTS = re.compile(r"\.step\s*=\s*(\d+)"), re.compile(r"\.points\s*=\s*([\d.]+)")
NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,4})?")
WEIGHT = re.compile(rf"({NUMBER.pattern})?\s*(facultatif|facultative)?")
STEPS = ("etape", "step")
FORM = "« 01-tcp étape 5 = 4 », « 01-tcp = 2 » ou « total = 10 », par exemple, est attendu"


class Mistake(Exception):
    """Le barème est mal écrit ; le texte dit où, et ce qui était attendu."""


class Lab:
    """Ce qu'un barème peut nommer d'un lab : ses étapes, et ses tests {nom: (étape, points)}, les réservés à part."""

    def __init__(self, name):
        self.name, self.steps = name, range(len(lab_reader.Lab(name).steps))
        self.public = tests_in(pathlib.Path("tests", name))
        self.tests = {**self.public, **tests_in(pathlib.Path("tests", name, "private"))}


def tests_in(folder):
    """{nom: (étape, points)} des tests que ces sources définissent."""
    found = {}
    for path in sorted(folder.glob("*.c")):
        for name, fields in LESSON.findall(path.read_text(encoding="utf-8", errors="replace")):
            step, points = STEP.search(fields), POINTS.search(fields)
            found[name] = int(step[1]) if step else 0, float(points[1]) if points else 0.0
    return found


def fold(text):
    """Un mot, pour le comparer : ni la casse ni les accents ne comptent."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def nearest(word, known):
    """« ; peut-être « server_replies » » : le nom le plus proche, s'il y en a un."""
    found = difflib.get_close_matches(word, known, 1)
    return f" ; peut-être « {found[0]} »" if found else ""


# --- Lire le fichier -----------------------------------------------------------------------------

def read_text(path):
    """Les lignes du fichier ; ni tube, ni périphérique, ni fichier énorme."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Mistake(f"SCALE={visible(path)} : ce n'est pas un fichier ordinaire")
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Mistake(f"SCALE={visible(path)} : ce fichier n'existe pas") from None
    except OSError as error:
        raise Mistake(f"SCALE={visible(path)} : ce fichier n'est pas lisible ({error.strerror})") from None
    if len(content) > MOST_BYTES:
        raise Mistake(f"SCALE={visible(path)} : ce fichier est trop grand pour un barème (plus de {MOST_BYTES >> 10} Kio)")
    return [decoded(line, number) for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1)]


def decoded(line, number):
    """Une ligne, sans son commentaire."""
    try:
        text = line.decode("utf-8").rstrip("\r").replace("\t", " ")
    except UnicodeError:
        raise Mistake(f"SCALE, ligne {number} : elle n'est pas en UTF-8") from None
    if len(text) > MOST_COLUMNS:
        raise Mistake(f"SCALE, ligne {number} : elle est trop longue (plus de {MOST_COLUMNS} signes)")
    if "\x00" in text:
        raise Mistake(f"SCALE, ligne {number} : un octet nul ; ce fichier n'est pas un texte en UTF-8")
    return text.partition("#")[0].strip()


def read_number(text):
    """Un nombre positif, à virgule ou à point ; None si ce n'en est pas un."""
    if not NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) and value <= MOST_WEIGHT else None


class Scale:
    """Un barème lu : « out_of », la note la plus haute ; « name », le nom à montrer."""

    def __init__(self, path, names=None):
        self.name, self.out_of, self.labs = visible(os.path.basename(path)), 20, {}
        self.known = {name: Lab(name) for name in (lab_reader.names() if names is None else names)}
        # (lab, étape ou test): (poids ou None, facultatif, ligne).
        self.weights, self.lines = {}, {}
        for number, line in enumerate(read_text(path), 1):
            if line:
                self.read_line(line, number)
        self.values = {lab.name: self.values_of(lab) for lab in self.known.values()}

    def read_line(self, line, number):
        """Un poids."""
        name, equal, value = (part.strip() for part in line.partition("="))
        if not (name and equal and value):
            raise Mistake(f"SCALE, ligne {number} : « {visible(line)} » : {FORM}")
        try:
            key = self.find(name.split())
            if key in self.lines:
                raise Mistake(f"« {visible(name)} » y est déjà, ligne {self.lines[key]}")
            self.lines[key] = number
            self.keep(key, value, number)
        except Mistake as reason:
            raise Mistake(f"SCALE, ligne {number} : {reason}") from None

    def find(self, words):
        """Ce que nomme une ligne : « total », un lab, (lab, numéro d'étape) ou (lab, test)."""
        if [fold(word) for word in words] == ["total"]:
            return "total"
        lab = self.find_lab(words[0])
        rest = [fold(word) for word in words[1:]]
        if not rest:
            return lab.name
        if rest[0] in STEPS and len(rest) == 2:
            return lab.name, self.find_step(lab, rest[1])
        if len(rest) == 1:
            return lab.name, self.find_test(lab, words[1])
        raise Mistake(f"« {visible(' '.join(words))} » : {FORM}")

    def find_lab(self, word):
        """Le lab : son nom entier, ou son numéro."""
        lab = next((lab for name, lab in self.known.items() if fold(word) == name or name.startswith(fold(word) + "-")), None)
        if lab is None:
            owners = [lab.name for lab in self.known.values() if word in lab.public] or list(self.known)[:1] * (fold(word) in STEPS)
            told = f" ; dites de quel lab : « {owners[0]} {visible(word)}… »" if owners else nearest(fold(word), [*self.known, "total"])
            raise Mistake(f"« {visible(word)} » ne nomme aucun lab (il y a : {', '.join(self.known)}){told}")
        return lab

    @staticmethod
    def find_step(lab, word):
        """Le numéro d'une étape que ce lab a."""
        if not re.fullmatch(r"\d{1,2}", word) or int(word) not in lab.steps:
            raise Mistake(f"{lab.name} n'a pas d'étape « {visible(word)} » (étapes : {lab.steps[0]} à {lab.steps[-1]})")
        return int(word)

    def find_test(self, lab, word):
        """Le nom d'un test de ce lab. Un test réservé se nomme, mais n'est jamais proposé."""
        if word in lab.tests:
            return word
        others = [other.name for other in self.known.values() if word in other.public]
        told = f" ; il est dans {' et '.join(others)}" if others else nearest(word, lab.tests if revealed() else lab.public)
        raise Mistake(f"{lab.name} n'a pas de test « {visible(word)} »{told}")

    def keep(self, key, value, number):
        """La valeur d'une ligne."""
        if key == "total":
            if value not in map(str, TOTALS):
                raise Mistake(f"total = {visible(value)} : {', '.join(map(str, TOTALS[:-1]))} ou {TOTALS[-1]} est attendu")
            self.out_of = int(value)
            return
        match = WEIGHT.fullmatch(fold(value))
        weight = read_number(match[1]) if match and match[1] else None
        if not match or (match[1] and weight is None):
            raise Mistake(f"« {visible(value)} » : un nombre de 0 à {MOST_WEIGHT}, ou « facultatif », est attendu")
        if not isinstance(key, str):
            self.weights[key] = weight, bool(match[2]), number
        elif match[2]:
            raise Mistake(f"un lab n'est pas facultatif ; « {key} = 0 » ne le compte pas")
        else:
            self.labs[key] = weight

    # --- Ce que vaut chaque test -----------------------------------------------------------------

    def values_of(self, lab):
        """{test: (points, facultatif)} d'un lab ; rien n'y est changé quand rien n'en est dit."""
        values = {name: self.value_of(lab, name) for name in lab.tests}
        for step in lab.steps:
            weight, optional, number = self.weights.get((lab.name, step), (None, False, 0))
            inside = [name for name, (of, _) in lab.public.items() if of == step]
            if optional:
                values.update({name: (values[name][0], True) for name in inside})
            if weight is not None:
                values.update(self.spread(lab, step, inside, values, weight, number, optional))
        if self.labs.get(lab.name, 1) and not any(points and not optional for points, optional in values.values()):
            raise Mistake(f"SCALE : plus aucun test de {lab.name} ne compte ; « {lab.name} = 0 » ne compte pas ce lab")
        return {name: (points, optional or (not points and self.is_told(lab, name))) for name, (points, optional) in values.items()}

    def value_of(self, lab, name):
        """Ce que vaut un test avant que son étape ne change."""
        weight, optional, _ = self.weights.get((lab.name, name), (None, False, 0))
        return lab.tests[name][1] if weight is None else weight, optional

    def is_told(self, lab, name):
        """Le barème dit-il quelque chose de ce test, ou de son étape ?"""
        return (lab.name, name) in self.weights or (lab.name, lab.tests[name][0]) in self.weights

    def spread(self, lab, step, inside, values, weight, number, optional):
        """Les tests d'une étape, quand elle vaut ce poids : entre eux, ils gardent leurs proportions."""
        if not weight:
            return {name: (0.0, values[name][1]) for name in inside}
        counted = [name for name in inside if optional or not values[name][1]]
        whole = sum(values[name][0] for name in counted)
        # L'étape 0 ne vaut rien dans l'énoncé : ses tests se partagent ce qu'on lui donne.
        equal = [name for name in counted if (lab.name, name) not in self.weights]
        if whole:
            return {name: (values[name][0] * weight / whole, values[name][1]) for name in inside}
        if not equal:
            raise Mistake(f"SCALE, ligne {number} : l'étape {step} de {lab.name} n'a plus de test qui compte")
        return {name: (weight / len(equal), values[name][1]) for name in equal}


# --- S'en servir ---------------------------------------------------------------------------------

def apply(scale, run):
    """Ces résultats, aux points de ce barème, s'il y en a un."""
    if scale is None:
        return run
    values = scale.values.get(run["lab"], {})
    for test in run["tests"]:
        # Un test que rien ne demande, mais dont un autre a besoin, ne vaut rien.
        if not test.get("borrowed") and test["name"] in values:
            test["points"], test["optional"] = values[test["name"]]
    run.update(out_of=scale.out_of, scale=scale.name, weight=scale.labs.get(run["lab"], 1.0))
    return run


def sentence(run):
    """Ce qu'un rapport dit du barème de ces résultats."""
    return f"Barème « {run['scale']} » : la note est sur {run['out_of']}, et les points sont les siens."


def given():
    """Le barème de SCALE=, ou None."""
    return Scale(os.environ["SCALE"]) if os.environ.get("SCALE") else None


def check_minimum(scale):
    """MIN= est une note de ce barème."""
    minimum = read_number(os.environ.get("MIN") or "0")
    if minimum is None or minimum > scale.out_of:
        raise Mistake(f"MIN={visible(os.environ['MIN'])} : une note de 0 à {scale.out_of} est attendue, le total du barème")


def main():
    try:
        scale = given()
        if scale:
            check_minimum(scale)
    except Mistake as reason:
        print(f"juge : {reason}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
