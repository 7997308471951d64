"""Un rendu ou une classe ? La forme du dossier le dit.

Un dossier qui contient « labs », des dossiers de labs ou les sources elles-mêmes est le travail d'une personne ; un
dossier de ceux-là, ou d'archives, est une classe.
"""

import os
import stat

from tests.grading.door import naming
from tests.judge.command.folder import meant

# Assez pour « Nom_123_assignsubmission_file/projet/labs/01-tcp ».
DEPTH = 4
ENTRIES = 2000
NOT_STUDENTS = {"__MACOSX", "lost+found"}


def kind_of(path):
    """Ce qu'est ce chemin, sans suivre de lien : « folder », « archive », « link », « file », « other », ou None s'il n'existe pas."""
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISREG(mode):
        return "archive" if naming.archive_suffix(os.path.basename(path)) else "file"
    return "other"


def entries(folder):
    """Les noms d'un dossier, dans un ordre qui ne dépend pas de la langue ; rien s'il n'est pas lisible."""
    try:
        return sorted(os.listdir(folder), key=os.fsencode)
    except OSError:
        return []


def is_student(folder, labs):
    """Ce dossier est-il, tel quel, le travail d'une personne ?"""
    if any(kind_of(os.path.join(folder, lab.name)) == "folder" for lab in labs):
        return True
    if kind_of(os.path.join(folder, "labs")) == "folder":
        return True
    sources = {source for lab in labs for source in lab.sources}
    return any(name in sources or meant(name) in sources for name in entries(folder))


def holds_work(folder, labs, depth=DEPTH):
    """Y a-t-il un travail quelque part dans ce dossier, ou une archive qui peut en contenir un ?"""
    if is_student(folder, labs):
        return True
    for name in entries(folder)[:ENTRIES]:
        path = os.path.join(folder, name)
        kind = kind_of(path)
        if kind == "archive" or (kind == "folder" and depth and holds_work(path, labs, depth - 1)):
            return True
    return False


def is_class(path, labs):
    """Faut-il passer par la notation de classe ?"""
    path = path.rstrip("/") or "/"
    if os.path.isfile(path):
        return bool(naming.archive_suffix(os.path.basename(path)))
    if not os.path.isdir(path) or is_student(path, labs):
        return False
    return any(kind_of(child) == "archive" or (kind_of(child) == "folder" and holds_work(child, labs))
               for child in (os.path.join(path, name) for name in entries(path)))


def students(folder, labs):
    """Les étudiants d'une classe : [(nom, nature, raison de ne pas noter)], et les noms laissés de côté."""
    found, ignored = [], []
    for name in entries(folder):
        path = os.path.join(folder, name)
        kind = kind_of(path)
        hidden = name.startswith(".") and not (kind == "folder" and holds_work(path, labs))
        if name in NOT_STUDENTS or hidden:
            ignored.append(name)
        elif kind in ("folder", "archive"):
            found.append((name, kind, ""))
        elif kind == "file" and not (name.lower().endswith(naming.UNREAD) or naming.MOODLE.match(name)):
            ignored.append(name)
        elif kind is not None:
            found.append((name, kind, refusal(kind)))
    return found, ignored


def refusal(kind):
    """Pourquoi cette entrée d'une classe ne peut pas être jugée."""
    return {"link": "c'est un lien symbolique, que le juge ne suit pas : mettez à sa place le dossier lui-même",
            "file": "ce n'est ni un dossier, ni une archive .zip ou .tar : mettez ce travail dans un dossier",
            }.get(kind, "ce n'est ni un dossier, ni une archive")
