"""Ce que le dépôt sait de ses labs : tests/NN/lab.mk, lu comme le fait judge.sh."""

import os
import pathlib
import re


class Lab:
    """Un lab : son nom, son titre, et les seuls fichiers qui soient pris d'un rendu."""

    def __init__(self, name):
        text = pathlib.Path("tests", name, "lab.mk").read_text(encoding="utf-8")
        values = dict(re.findall(r"^(\w+) := (.*)$", text, re.M))
        self.name = name
        self.title = values.get("TITLE", name)
        self.sources = values.get("LIBRARY", "").split()
        self.sources += [program + ".c" for program in values.get("PROGRAMS", "").split()]
        self.headers = values.get("HEADERS", "").split()

    def given(self, name):
        """Le fichier donné aux étudiants sous ce nom, ou None."""
        try:
            return pathlib.Path("labs", self.name, name).read_bytes()
        except OSError:
            return None


def every_lab():
    """Tous les labs qui ont un juge, dans l'ordre."""
    return [Lab(name) for name in sorted(os.environ.get("LABS", "").split())]


def chosen_names(labs):
    """Les noms retenus par LAB= (le nom entier, ou son numéro)."""
    wanted = os.environ.get("LAB", "")
    return [lab.name for lab in labs if wanted in ("", lab.name) or lab.name.startswith(wanted + "-")]
