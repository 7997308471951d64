"""Ce qui est remis aux étudiants : des dossiers. L'endroit où est un fichier dit s'il l'est ; rien d'autre n'est regardé.

ROOT prend, dans l'archive, la place de la racine : son README.fr.md est celui des étudiants.
"""

import os
import pathlib
import shutil
import subprocess

from tests.handout.apostrophes import curved
from tests.judge.command import lab_reader

NAME = "sockets-en-c"
ROOT = "tests/handout/root/"
SKELETON = ".skeleton"
GIVEN = ("Makefile", "common/", "labs/", "tests/shared/", "tests/judge/", "tests/student/", "docs/Doxyfile", "docs/course/",
         "docs/site/", "docs/theme/", ".github/workflows/pages.yml")
# D'un lab, ses tests sont remis ; ceux de ses dossiers qui donneraient des réponses, ou qui les prouvent, ne le sont pas.
KEPT_IN_A_LAB = {"hints"}
# Les réglages des éditeurs : sans eux, le squelette se montre, et s'ouvre à la place des sources à compléter.
EDITORS = {".clang-format", ".editorconfig", ".vscode", ".devcontainer"}
# De quoi publier le site, sur deux forges ; celui de GitLab, dans l'archive, est à la racine (ROOT).
FORGES = {".github/workflows/pages.yml", ".github/workflows/classroom.yml", ".gitlab-ci.yml"}


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
        names = [path.as_posix() for top in ("Makefile", *sorted(EDITORS | FORGES), "common", "labs", "docs", "tests")
                 for path in ([pathlib.Path(top)] if os.path.isfile(top) else pathlib.Path(top).rglob("*"))]
    return sorted(name for name in names if os.path.isfile(name) and not os.path.islink(name) and not is_made(name))


def is_made(name):
    """Ce fichier a-t-il été fabriqué, ou laissé là par un autre outil ?"""
    path = pathlib.PurePath(name.removeprefix(ROOT))
    if path.parts[0] in EDITORS or path.as_posix() in FORGES:
        return False
    return any(part in ("build", "__pycache__") or (part.startswith(".") and part != SKELETON) for part in path.parts) \
        or (path.parts[0] == "labs" and len(path.parts) == 3 and not path.suffix and path.name != "Makefile")


def read(name):
    """Un fichier de texte : l'archive n'en contient pas d'autre, pour que tout puisse y être relu."""
    try:
        return pathlib.Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unfit(f"{name} n'est pas un texte : on ne pourrait pas y chercher les corrigés") from error


def is_given(name, labs):
    """Ce fichier est-il remis ?"""
    parts = pathlib.PurePath(name).parts
    if parts[0] in EDITORS or name.startswith(GIVEN):
        return True
    return parts[0] == "tests" and parts[1] in labs and (len(parts) == 3 or parts[2] in KEPT_IN_A_LAB)


def place(name, labs):
    """Où ce fichier va dans l'archive : les sources à écrire vont au squelette."""
    parts = pathlib.PurePath(name).parts
    if len(parts) == 3 and parts[0] == "labs" and parts[1] in labs and parts[2] in labs[parts[1]].sources:
        return f"labs/{parts[1]}/{SKELETON}/{parts[2]}"
    return name.removeprefix(ROOT)


def gather():
    """{chemin dans l'archive: octets}, sans le fichier d'édition."""
    labs = {lab.name: lab for lab in lab_reader.every_lab()}
    return {place(name, labs): written(name).encode("utf-8") for name in tracked() if name.startswith(ROOT) or is_given(name, labs)}


def written(name):
    """Le texte d'un fichier, tel qu'il est remis ; une page qu'un programme lit (les indices) garde ses apostrophes."""
    page = name.endswith(".md") and (name.startswith(ROOT) or not name.startswith("tests/"))
    return curved(read(name)) if page else read(name)
