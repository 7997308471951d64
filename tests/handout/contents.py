"""Ce qui est remis aux étudiants : rien n'y entre sans avoir été choisi ici.

Des dossiers entiers (common, labs, le juge), les tests publics des labs, et parmi les outils ceux dont ce qui est
remis se sert : un fichier de tests/tools, ou un dossier de tests, entre quand un fichier déjà pris le nomme.
"""

import os
import pathlib
import re
import shutil
import subprocess

NAME = "sockets-en-c"
README = "tests/handout/README.fr.md"
SKELETON = ".squelette"
# Nommés par ce qui est remis, et pourtant laissés : les commandes qui s'en servent s'en passent, ou le disent.
LEFT_OUT = {"tests/tools/check.sh", "tests/grading", "tests/handout", "tests/mutants", "tests/variants",
            "tests/torture", "tests/fuzz"}
# Les réglages des éditeurs : sans eux, le squelette se montre, et s'ouvre à la place des sources à compléter.
EDITORS = {".clang-format", ".editorconfig", ".vscode", ".devcontainer"}
INSIDE_A_LAB = {"private", "interop", "bench"}
NOT_FOR_STUDENTS = re.compile(r"/(selftest\.py|\w+_(check|test)\.(py|sh)|example/.*)$")
MAINTENANCE = re.compile(r"^# \[maintenance.*?^# maintenance : fin\.\]\n+", re.S | re.M)
STUDENT_PART = "{#accueil-apprendre}"


class Unfit(Exception):
    """L'archive ne peut pas être faite."""


def tracked():
    """Les fichiers du dépôt : ceux que git suit, ou sans git tout ce qui n'est ni caché ni fabriqué."""
    if os.path.exists(".git"):
        if not shutil.which("git"):
            raise Unfit("git n'est pas installé. Pour l'avoir : make deps GROUP=handout")
        done = subprocess.run(["git", "ls-files", "-z"], capture_output=True)
        if done.returncode != 0:
            raise Unfit(f"git ne dit pas ce qu'il suit : {os.fsdecode(done.stderr).strip().splitlines()[0]}")
        names = [name for name in os.fsdecode(done.stdout).split("\0") if name]
    else:
        names = [path.as_posix() for top in ("Makefile", *sorted(EDITORS), "common", "labs", "docs", "tests")
                 for path in ([pathlib.Path(top)] if os.path.isfile(top) else pathlib.Path(top).rglob("*"))]
    return sorted(name for name in names if os.path.isfile(name) and not os.path.islink(name) and not is_made(name))


def is_made(name):
    """Ce fichier a-t-il été fabriqué, ou laissé là par un autre outil ?"""
    path = pathlib.PurePath(name)
    if path.parts[0] in EDITORS:
        return False
    return any(part in ("build", "__pycache__") or (part.startswith(".") and part != SKELETON) for part in path.parts) \
        or (path.parts[0] == "labs" and len(path.parts) == 3 and path.name in ("server", "client"))


def read(name):
    """Un fichier de texte : l'archive n'en contient pas d'autre, pour que tout puisse y être relu."""
    try:
        return pathlib.Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unfit(f"{name} n'est pas un texte : on ne pourrait pas y chercher les corrigés") from error


class Labs:
    """Les labs, et pour chacun les sources que l'étudiant écrit."""

    def __init__(self):
        self.sources = {}
        for path in sorted(pathlib.Path("tests").glob("*/lab.mk")):
            values = dict(re.findall(r"^(\w+) := (.*)$", path.read_text(encoding="utf-8"), re.M))
            self.sources[path.parent.name] = values.get("LIBRARY", "").split() + \
                [program + ".c" for program in values["PROGRAMS"].split()]

    def place(self, name):
        """Où ce fichier va dans l'archive : les sources à écrire vont au squelette."""
        parts = pathlib.PurePath(name).parts
        if len(parts) == 3 and parts[0] == "labs" and parts[2] in self.sources.get(parts[1], ()):
            return f"labs/{parts[1]}/{SKELETON}/{parts[2]}"
        return name


def is_shared(name, labs):
    """Remis quoi qu'il arrive : common, les labs, et leurs tests publics."""
    parts = pathlib.PurePath(name).parts
    if parts[0] in ("common", "labs") or parts[0] in EDITORS:
        return True
    return parts[0] == "tests" and len(parts) > 2 and parts[1] in labs.sources and not INSIDE_A_LAB & set(parts)


def unit_of(name):
    """Ce qu'il faut nommer pour que ce fichier entre : lui-même parmi les outils, son dossier ailleurs dans tests."""
    parts = pathlib.PurePath(name).parts
    if parts[:1] != ("tests",) or len(parts) < 3:
        return None
    return name if parts[1] == "tools" else "/".join(parts[:2])


def names_unit(text, unit):
    """Ce texte se sert-il de cet outil ou de ce dossier ?"""
    stem = pathlib.PurePath(unit).name
    if unit.startswith("tests/tools/"):
        module = re.escape(stem[:-3]) if stem.endswith(".py") else None
        return bool(re.search(rf"(?<![\w.-]){re.escape(stem)}(?![\w-])", text)
                    or (stem.endswith(".c") and re.search(rf"(?<!\w){re.escape(stem[:-2])}(?!\w)", text))
                    or (module and re.search(rf"^\s*(?:import|from) .*\b{module}\b", text, re.M)))
    return bool(re.search(rf"(?<![\w/-]){re.escape(unit)}(?![\w-])", text))


def used(files, taken):
    """Ajoute à {nom: texte} les outils dont ces textes se servent, et ceux dont ces outils se servent."""
    units = {}
    for name in files:
        unit = unit_of(name)
        if unit and unit not in LEFT_OUT and name not in taken and not NOT_FOR_STUDENTS.search(name):
            units.setdefault(unit, []).append(name)
    texts = list(taken.values())
    while texts:
        text = texts.pop()
        for unit in [unit for unit in units if names_unit(text, unit)]:
            for name in units.pop(unit):
                taken[name] = read(name)
                texts.append(taken[name])
    return taken


def student_pages(files):
    """L'accueil réduit à la partie de l'étudiant, et les pages qu'elle nomme, elles et elles seules."""
    welcome = read("docs/accueil.md")
    sections = re.split(r"^(?=## )", welcome, flags=re.M)
    kept = sections[0] + next(section for section in sections if STUDENT_PART in section)
    wanted = set(re.findall(r"@subpage ([\w-]+)", kept))
    pages = {name: read(name) for name in files if name == "docs/Doxyfile" or name.startswith(("docs/theme/", "docs/tools/"))}
    # L'en-tête de chaque page peut mener à l'une d'elles (la recherche).
    wanted.update(re.findall(r"([\w-]+)\.html", "".join(pages.values())))
    for name in files:
        if name.startswith("docs/") and name.endswith(".md"):
            anchor = re.search(r"^# .*\{#([\w-]+)\}", read(name), re.M)
            if anchor and anchor[1] in wanted:
                pages[name] = read(name)
    return {**pages, "docs/accueil.md": kept.rstrip() + "\n"}


def makefile():
    """Le Makefile, sans ce qui sert à entretenir le dépôt."""
    text = read("Makefile")
    if not MAINTENANCE.search(text):
        raise Unfit("Makefile : les marques « [maintenance » et « maintenance : fin.] » manquent")
    return MAINTENANCE.sub("", text)


def gather():
    """{chemin dans l'archive: octets}, sans le fichier d'édition."""
    files, labs = tracked(), Labs()
    taken = {"Makefile": makefile(), "README.fr.md": read(README)}
    taken.update({name: read(name) for name in files if is_shared(name, labs)})
    used(files, taken)
    taken.update(student_pages(files))
    return {labs.place(name): text.encode("utf-8") for name, text in taken.items()}
