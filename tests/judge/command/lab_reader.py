"""Ce que le dépôt sait d'un lab : tests/NN/lab.mk, des affectations simples (« NOM := valeur »), une par ligne.

Trois lecteurs, un par langage : celui-ci, read_lab() dans judge.sh, et make, qui l'inclut.
"""

import os
import pathlib
import re

PORT = re.compile(r"\.default_port = (\d+),")
SETTING = re.compile(r"(\w+) := (.*)")


class Malformed(ValueError):
    """Un fichier qui décrit un lab n'a pas la forme attendue ; le texte dit laquelle, et où."""


def settings(name):
    """Les affectations de tests/NN/lab.mk : {nom: valeur}."""
    path, found = pathlib.Path("tests", name, "lab.mk"), {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = SETTING.fullmatch(line)
        if not match:
            raise Malformed(f"{path}:{number} : « {line} » n'est pas une affectation : « NOM := valeur » est attendu")
        found[match[1]] = match[2]
    return found


class Lab:
    """Un lab : son nom, son titre, et les seuls fichiers qui soient pris d'un travail."""

    def __init__(self, name):
        self.name = name
        self.settings = settings(name)
        self.title = self.settings.get("TITLE", name)
        self.programs = self.settings["PROGRAMS"].split()
        # Celui qui écoute : « server », ou le premier d'un lab qui n'en a pas de ce nom.
        self.server = "server" if "server" in self.programs else self.programs[0]
        self.protocol = self.settings.get("PROTOCOL", "tcp")
        self.library = self.settings.get("LIBRARY", "").split()
        self.sources = self.library + [program + ".c" for program in self.programs]
        self.headers = self.settings.get("HEADERS", "").split()
        self.lender = self.settings.get("BORROW")

    @property
    def port(self):
        """Le port de l'énoncé, que dit lab.c."""
        path = pathlib.Path("tests", self.name, "lab.c")
        match = PORT.search(path.read_text(encoding="utf-8"))
        if not match:
            raise Malformed(f"{path} ne dit pas le port du lab : « .default_port = 8001, » est attendu")
        return int(match[1])

    def given(self, name):
        """Le fichier donné aux étudiants sous ce nom, ou None."""
        try:
            return pathlib.Path("labs", self.name, name).read_bytes()
        except OSError:
            return None


def names():
    """Les noms des labs qui ont un juge, dans l'ordre."""
    return sorted(os.environ.get("LABS", "").split())


def every_lab():
    """Tous les labs qui ont un juge, dans l'ordre."""
    return [Lab(name) for name in names()]


def chosen_names():
    """Ceux que LAB= retient : le nom entier, ou son numéro."""
    wanted = os.environ.get("LAB", "")
    return [name for name in names() if wanted in ("", name) or name.startswith(wanted + "-")]
