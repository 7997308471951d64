"""« make reset FILE=server.c » : rend un fichier du squelette, et garde celui de l'étudiant sous un autre nom.

Le squelette intact est dans labs/NN/.skeleton/, dans l'archive remise aux étudiants ; dans un dépôt git, c'est git qui
le connaît. Rien n'est jamais écrasé : le fichier de l'étudiant devient server.c.ancien-1, ou -2 si ce nom est pris…
"""

import os
import shutil
import stat
import subprocess
import sys
from types import SimpleNamespace

from tests.student import student_work

TODO = b"TODO ("


def git(*words):
    """La sortie d'une commande de git, en octets, ou None."""
    try:
        done = subprocess.run(["git", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


class Archive:
    """Le squelette remis avec l'archive : des fichiers à part, que personne ne modifie."""

    where = ""

    def __init__(self, lab):
        self.folder = os.path.join("labs", lab.name, ".skeleton")

    def names(self):
        """Les fichiers que l'on peut rendre."""
        return sorted(os.listdir(self.folder)) if os.path.isdir(self.folder) else []

    def content(self, name):
        """Les octets d'origine de ce fichier."""
        return student_work.read_bytes(os.path.join(self.folder, name))


class History:
    """Le squelette que git connaît : celui du dépôt d'où vient cette copie, ou s'il n'a pas ce lab, de la dernière version
    enregistrée."""

    def __init__(self, lab):
        self.lab = lab
        self.version = next((name for name in ("origin/HEAD", "HEAD") if git("rev-parse", "-q", "--verify", f"{name}:./labs/{lab.name}")), "")
        self.where = f" (git, version {(git('rev-parse', '--short', self.version) or b'').decode().strip()})"

    def names(self):
        """Les fichiers que l'on peut rendre : les sources et les en-têtes du lab."""
        own = [os.path.basename(path) for path in self.lab.own_sources()]
        own += [os.path.basename(given) for given in self.lab.headers]
        return sorted(name for name in own if self.content(name) is not None) if self.version else []

    def content(self, name):
        """Les octets d'origine de ce fichier."""
        found = git("show", f"{self.version}:./labs/{self.lab.name}/{name}")
        # Qui a enregistré son travail dans git n'y a plus le squelette : ne pas le lui faire croire.
        return None if found is None or (name.endswith(".c") and TODO not in found) else found


def origin_of(lab):
    """D'où vient le squelette de ce lab, ici."""
    archive = Archive(lab)
    return archive if archive.names() else History(lab)


def check_name(lab, name, origin):
    """Refuse tout ce qui n'est pas un fichier du squelette."""
    known = origin.names()
    if not known:
        student_work.die("reset", f"le squelette de {lab.name} n'est pas ici : ni labs/{lab.name}/.skeleton/, ni dans git")
    if not name:
        student_work.die("reset", f"dites quel fichier, par exemple FILE={known[-1]}")
    if name in known:
        return
    shown = name if name.isprintable() else "ce nom"
    lender = lab.settings.get("BORROW")
    if any(os.path.basename(source) == name for source in lab.sources) and lender:
        other = student_work.command(SimpleNamespace(name=lender), "reset", f"FILE={shown}")
        student_work.die("reset", f"{shown} appartient à {lender} : {other}")
    student_work.die("reset", f"FILE={shown} n'est pas un fichier du squelette de {lab.name} (il y a : {', '.join(known)})")


def check_target(path):
    """Refuse un fichier qui n'en est pas un ; dit s'il existe."""
    try:
        kind = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(kind):
        student_work.die("reset", f"{path} n'est pas un fichier ordinaire : rien n'a été touché")
    return True


def keep(path):
    """Donne un second nom au fichier, sans jamais prendre celui d'un autre ; rend ce nom."""
    number = 1
    while True:
        kept = f"{path}.ancien-{number}"
        try:
            # O_EXCL : le système garantit que ce nom était libre, même si deux reset vont de front.
            handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(handle, "wb") as copy, open(path, "rb") as original:
            shutil.copyfileobj(original, copy)
            copy.flush()
            os.fsync(copy.fileno())
        shutil.copystat(path, kept)
        return kept


def put(content, path):
    """Écrit le fichier du squelette, d'un coup ; sa date est d'aujourd'hui, pour que make recompile."""
    with open(path + ".part", "wb") as part:
        part.write(content)
    os.replace(path + ".part", path)


def main():
    if os.environ.get("WORK", "").rstrip("/") == "solutions":
        student_work.die("reset", "les solutions ne sont pas un travail à recommencer (WORK=labs, ou un dossier à vous)")
    lab = student_work.the_lab("reset")
    name = os.environ.get("FILE", "")
    origin = origin_of(lab)
    check_name(lab, name, origin)
    path = os.path.join(lab.folder, name)
    pristine = origin.content(name)
    try:
        present = check_target(path)
        if present and student_work.read_bytes(path) == pristine:
            print(f"{path} est déjà celui du squelette : rien n'a été changé.")
            return 0
        kept = keep(path) if present else None
        put(pristine, path)
    except OSError as error:
        student_work.die("reset", f"{path} : {error.strerror}")
    print(f"{path} est de nouveau celui du squelette{origin.where}.")
    print(f"Le vôtre est gardé : {kept}" if kept else "Il n'y en avait pas : rien n'était à garder.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
