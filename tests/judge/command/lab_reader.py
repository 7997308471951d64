"""Ce que le dépôt sait d'un lab : tests/NN/lab.mk, des affectations simples (« NOM := valeur »), une par ligne.

Trois lecteurs, un par langage : celui-ci, read_lab() dans judge.sh, et make, qui l'inclut. Le juge, lui, reçoit ce que
celui-ci en lit : « lab_reader.py LAB » l'écrit en C.
"""

import os
import pathlib
import re
import sys

SETTING = re.compile(r"(\w+) :=(?: +(.*?))? *")
# Ce qu'un lab.mk peut dire ; docs/carte.md dit le sens de chaque nom. STEP_2, LINE_2… suivent STEP_1 et LINE_1.
NAMES = ("TITLE", "STEP_0", "STEP_1", "PROGRAMS", "PORT", "PROTOCOL", "LINE_1", "LIBRARY", "HEADERS", "DRIVERS", "BORROW", "LAB_CFLAGS",
         "SANITIZED")
NEEDED = ("TITLE", "STEP_0", "STEP_1", "PROGRAMS", "PORT")
# La forme de quelques valeurs, et un exemple.
FORMS = {"PORT": ("[1-9][0-9]{2,4}", "8001"), "PROTOCOL": ("tcp|udp", "udp"), "PROGRAMS": ("[a-z][a-z0-9 ]*", "server client")}
# La suite d'une ligne de stdout est libre.
FREE = "…"


class Malformed(SystemExit):
    """Un fichier qui décrit un lab n'a pas la forme attendue : la commande s'arrête là, et le dit."""


def read_setting(line):
    """(nom, valeur) d'une ligne de lab.mk."""
    match = SETTING.fullmatch(line)
    if not match:
        raise Malformed(f"« {line} » n'est pas une affectation : « NOM := valeur » est attendu")
    name, value = match[1], match[2] or ""
    if re.sub(r"_[1-9]\d?$", "_1", name) not in NAMES:
        raise Malformed(f"{name} ne veut rien dire ; sont attendus {', '.join(NAMES)}")
    if re.search(r"[#$\\]", value):
        raise Malformed(f"make ne lirait pas « {value} » tel quel : ni « # », ni « $ », ni « \\ » n'est attendu")
    form, example = FORMS.get(name, (".*", ""))
    if not re.fullmatch(form, value):
        raise Malformed(f"« {line} » ; est attendu, par exemple, « {name} := {example} »")
    return name, value


def settings(name):
    """Les affectations de tests/NN/lab.mk : {nom: valeur}."""
    path, found = pathlib.Path("tests", name, "lab.mk"), {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                key, value = read_setting(line)
            except Malformed as reason:
                raise Malformed(f"{path}:{number} : {reason}") from None
            found[key] = value
    before = [f"{key.rpartition('_')[0]}_{int(key.rpartition('_')[2]) - 1}" for key in found if re.search(r"_([2-9]|[1-9]\d)$", key)]
    for needed in (*NEEDED, *before):
        if not found.get(needed):
            raise Malformed(f"{path} : la ligne « {needed} := … » est attendue")
    return found


def numbered(found, name, first=1):
    """Les valeurs de NAME_1, NAME_2…, dans l'ordre ; « first » : le numéro de la première."""
    values = []
    while f"{name}_{first + len(values)}" in found:
        values.append(found[f"{name}_{first + len(values)}"])
    return values


class Lab:
    """Un lab : son nom, son titre, ses étapes, et les seuls fichiers qui soient pris d'un travail."""

    def __init__(self, name):
        self.name = name
        self.settings = settings(name)
        self.title = self.settings["TITLE"]
        # Chaque titre à son numéro : l'étape 0 est la première.
        self.steps = numbered(self.settings, "STEP", 0)
        self.programs = self.settings["PROGRAMS"].split()
        # Celui qui écoute : « server », ou le premier d'un lab qui n'en a pas de ce nom.
        self.server = "server" if "server" in self.programs else self.programs[0]
        self.port, self.protocol = int(self.settings["PORT"]), self.settings.get("PROTOCOL", "tcp")
        self.library = self.settings.get("LIBRARY", "").split()
        self.sources = self.library + [program + ".c" for program in self.programs]
        self.headers = self.settings.get("HEADERS", "").split()
        self.lender = self.settings.get("BORROW")

    @property
    def lent(self):
        """Les sources qu'un autre lab lui prête."""
        return Lab(self.lender).library if self.lender else []

    def given(self, name):
        """Le fichier donné aux étudiants sous ce nom, ou None."""
        try:
            return pathlib.Path("labs", self.name, name).read_bytes()
        except OSError:
            return None

    def in_c(self):
        """Ce que le juge en sait (lesson.h)."""
        lines = [line.removesuffix(FREE) for line in numbered(self.settings, "LINE")]
        return (f'#include "lesson.h"\n\nconst struct lab the_lab = {{\n    .name = {quoted(self.name)},\n'
                f"    .title = {quoted(self.title)},\n    .default_port = {self.port},\n"
                f"    .steps = {{{', '.join(map(quoted, self.steps))}}},\n"
                f"    .server_lines = {{{', '.join([*map(quoted, lines), 'NULL'])}}},\n}};\n")


def quoted(text):
    """Ce texte, en C."""
    return '"' + text.replace('"', '\\"') + '"'


def names():
    """Les noms des labs qui ont un juge, dans l'ordre."""
    return sorted(os.environ.get("LABS", "").split())


def following(name):
    """Le nom du lab qui suit celui-là, ou None."""
    return next((other for other in names() if other > name), None)


def every_lab():
    """Tous les labs qui ont un juge, dans l'ordre."""
    return [Lab(name) for name in names()]


def chosen_names():
    """Ceux que LAB= retient : le nom entier, ou son numéro."""
    wanted = os.environ.get("LAB", "")
    return [name for name in names() if wanted in ("", name) or name.startswith(wanted + "-")]


if __name__ == "__main__":
    print(Lab(sys.argv[1]).in_c(), end="")
