"""La porte : d'un rendu (dossier ou archive), ne laisse entrer que des sources : celles que nomme tests/NN/lab.mk, et les .c et .h
que l'étudiant a en plus (tests/judge/command/folder.py, la règle que suit aussi judge.sh).

Tout le reste est laissé dehors ; ce qui pourrait étonner l'étudiant ou l'enseignant est dit en français.
"""

import hashlib
import os
import re

from tests.grading.door import archive_door, curiosities, folder_door, limits, naming
from tests.grading.door import tree as trees
from tests.judge.command import folder as folder_rule

MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
IGNORED = re.compile(r"\.(cc|cpp|s|S|o|a|so)$|^\.(valgrindrc|gdbinit)$")
MENTIONED = 5
BY_HAND = "à voir à la main"


class Refused(Exception):
    """Le rendu ne peut pas être jugé tel quel, et ce n'est pas la faute de l'étudiant (à dire à l'enseignant)."""


class Admission:
    """Ce qui est entré : {(lab, fichier): entrée}, les labs présents, les remarques et les drapeaux."""

    def __init__(self):
        self.taken = {}
        self.present = []
        self.remarks = []
        self.flags = []

    def flag(self):
        """Demande à l'enseignant de regarder."""
        if "a_voir" not in self.flags:
            self.flags.append("a_voir")

    def digest(self):
        """L'empreinte de ce qui est entré, et de ce qui en est dit."""
        total = hashlib.sha256()
        for (lab, name), entry in sorted(self.taken.items()):
            content = hashlib.sha256(entry.data or b"").hexdigest()
            total.update(f"{lab}/{name} {entry.kind} {content}\n".encode())
        total.update("\n".join(self.present + self.remarks + self.flags).encode("utf-8", "surrogateescape"))
        return total.hexdigest()

    def write(self, folder):
        """Écrit les sources dans un dossier neuf, rangées par lab."""
        for lab in self.present:
            os.makedirs(os.path.join(folder, lab), mode=0o755, exist_ok=True)
        for (lab, name), entry in self.taken.items():
            os.makedirs(os.path.join(folder, lab), mode=0o755, exist_ok=True)
            write_entry(os.path.join(folder, lab, name), entry)


def write_entry(path, entry):
    """Écrit une source. Une entrée refusée est remplacée par une doublure inerte : judge.sh dira pourquoi."""
    if entry.kind in ("link", "hardlink"):
        os.symlink("refusé", path)
    elif entry.kind in ("file", "large"):
        with open(path, "xb") as file:
            file.write(entry.data or b"")
            if entry.kind == "large":
                file.truncate(limits.SOURCE + 1)
        os.chmod(path, 0o644)
    else:
        os.mkdir(path, 0o755)


# --- Lire ----------------------------------------------------------------------------------------

def admit(path, labs, chosen):
    """Fait passer la porte à un rendu. Lève Refused quand on ne sait pas quel lab y est, ou qu'il n'est pas lisible."""
    wanted = {name for lab in labs for name in lab.sources + lab.headers}.union(MAKEFILES)
    admission, clock = Admission(), limits.Clock()
    tree = trees.Tree(wanted)
    try:
        read(tree, path, labs, clock)
    except limits.TooMuch as error:
        admission.remarks.append(f"Le rendu est refusé : {error}. Il est {BY_HAND}.")
        admission.flag()
        tree = trees.Tree(wanted)
    except PermissionError as error:
        raise Refused(f"{naming.visible(str(error.filename or 'un dossier'))} n'est pas lisible") from error
    if tree.suspicious:
        admission.flag()
    admission.remarks += [text + "." for text in tree.remarks[:MENTIONED]]
    choose(admission, tree, labs, chosen)
    return admission


def read(tree, path, labs, clock):
    """Lit un dossier ou une archive ; une archive dans un dossier sans source est ouverte elle aussi."""
    if not os.path.isdir(path) or os.path.islink(path):
        archive_door.read_archive(tree, folder_door.open_archive(path), os.path.basename(path), clock)
        return
    folder_door.read_folder(tree, path, clock)
    if tree.folders_with({name for lab in labs for name in lab.sources}):
        for found in tree.archives():
            tree.remark(f"{trees.shown(found)} n'a pas été ouverte : des sources sont déjà à côté")
        return
    for found in tree.archives()[:limits.ARCHIVES]:
        inner = trees.Tree(tree.wanted)
        try:
            archive_door.read_archive(inner, folder_door.inner_archive(path, found), found[-1], clock)
        except limits.TooMuch as error:
            tree.remark(f"{trees.shown(found)} est refusée : {error} ; {BY_HAND}", suspicious=True)
            continue
        tree.merge(inner, naming.stem(found[-1]))


# --- Choisir -------------------------------------------------------------------------------------

def alike(name):
    """Un nom de lab, à la casse et aux séparateurs près : « 01_TCP » vaut « 01-tcp »."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def rank(folder):
    """Le moins profond d'abord ; « labs/01-tcp » vaut « 01-tcp »."""
    in_labs = len(folder) > 1 and folder[-2] == "labs"
    return len(folder) - in_labs, not in_labs


def choose(admission, tree, labs, chosen):
    """Trouve le dossier de chaque lab, et prend ses sources."""
    places = {}
    for lab in labs:
        named = [folder for folder in tree.folders_with(lab.sources) if folder and alike(folder[-1]) == lab.name]
        if named:
            places[lab.name] = best(admission, lab.name, named)
    if not places:
        places = flat_place(admission, tree, labs, chosen)
    for lab in labs:
        if lab.name in places:
            take(admission, tree, lab, places[lab.name], lab.name in chosen)
    mention_elsewhere(admission, tree, labs, set(places.values()))
    mention_linked_labs(admission, tree, chosen)
    if not places:
        admission.remarks.append(f"Aucune source n'a été trouvée : ce rendu est {BY_HAND}.")
        admission.flag()


def best(admission, lab, folders):
    """Le dossier à retenir ; quand le choix n'est pas évident, il est dit."""
    folders = sorted(folders, key=lambda folder: (rank(folder), folder))
    if len(folders) > 1 and rank(folders[0]) == rank(folders[1]):
        admission.remarks.append(f"{lab} : plusieurs dossiers portent ce nom, c'est {trees.shown(folders[0])} qui est pris.")
        admission.flag()
    return folders[0]


def flat_place(admission, tree, labs, chosen):
    """Des sources qui ne sont dans aucun dossier de lab : LAB= doit dire lequel c'est."""
    if len(chosen) == 1:
        lab = next(lab for lab in labs if lab.name == chosen[0])
        folders = tree.folders_with(lab.sources)
        return {lab.name: best(admission, lab.name, folders)} if folders else {}
    if tree.folders_with({name for lab in labs for name in lab.sources}):
        raise Refused("les sources ne sont pas dans un dossier au nom d'un lab : dites lequel c'est, avec LAB=")
    return {}


def take(admission, tree, lab, folder, judged):
    """Prend les sources d'un lab ; dit ce qui est refusé, et ce qui n'est pas lu."""
    files = tree.beside(folder)
    names = [name for name, entry in files.items() if name in lab.sources or entry.data is not None]
    choice = folder_rule.choose(names, *folder_rule.expected_of(lab))
    for name, real in [*choice.taken.items(), *((name, name) for name in choice.own)]:
        entry = admission.taken[lab.name, name] = files[real]
        if judged and entry.kind != "file":
            admission.remarks.append(f"{lab.name} : {name} est {trees.KINDS[entry.kind]}, il est refusé ; {BY_HAND}.")
            admission.flag()
        mention_curiosities(admission, lab, name, entry)
    if judged:
        admission.present.append(lab.name)
        mention_choice(admission, lab, choice)
        mention_ignored(admission, lab, files)


def mention_choice(admission, lab, choice):
    """Ce qui a été pris sous un autre nom, ou n'a pas pu l'être."""
    for text in choice.remarks:
        admission.remarks.append(f"{lab.name} : {naming.visible(text)}")
    for text in choice.unclear.values():
        admission.remarks.append(f"{lab.name} : {naming.visible(text)} C'est {BY_HAND}.")
        admission.flag()


def mention_curiosities(admission, lab, name, entry):
    """Ce dont aucun lab n'a besoin : la note n'en dépend pas, mais un regard le mérite."""
    for text in curiosities.remarks(name, entry.data) if entry.kind == "file" else ():
        admission.remarks.append(f"{lab.name} : {naming.visible(text)} ; {BY_HAND}.")
        admission.flag()


def mention_ignored(admission, lab, files):
    """Ce qui est à côté des sources et n'est pas pris."""
    for name in lab.headers + list(MAKEFILES):
        if name in files and files[name].data != lab.given(name):
            reason = "le juge compile avec celui qui a été donné" if name in lab.headers else "le juge a ses propres règles"
            admission.remarks.append(f"{lab.name} : {name} n'est pas lu, {reason}.")
    others = [name for name, entry in sorted(files.items()) if entry.kind != "folder" and name not in lab.sources + lab.headers
              and (IGNORED.search(name) or (entry.data is None and folder_rule.is_candidate(name)))]
    if others:
        shown = ", ".join(naming.visible(name) for name in others[:MENTIONED]) + (", …" if others[MENTIONED:] else "")
        admission.remarks.append(f"{lab.name} : le juge ne prend que des fichiers .c et .h ; laissé de côté : {shown}.")


def mention_elsewhere(admission, tree, labs, places):
    """Des sources au bon nom, dans un dossier qui n'est celui d'aucun lab retenu : peut-être un nom mal écrit."""
    if not places:
        return
    sources = {name for lab in labs for name in lab.sources}
    known = {lab.name for lab in labs}
    lost = [folder for folder in tree.folders_with(sources)
            if folder not in places and not (folder and alike(folder[-1]) in known)]
    if lost:
        shown = ", ".join(trees.shown(folder) for folder in lost[:MENTIONED])
        admission.remarks.append(f"Des sources sont aussi dans {shown}, qui n'est le dossier d'aucun lab : elles ne sont pas prises.")
        admission.flag()


def mention_linked_labs(admission, tree, chosen):
    """Un dossier de lab remplacé par un lien n'est pas suivi."""
    for path, entry in sorted(tree.entries.items()):
        if alike(path[-1]) in chosen and entry.kind != "folder" and entry.kind in trees.KINDS:
            admission.remarks.append(f"{trees.shown(path)} est {trees.KINDS[entry.kind]}, il n'est pas suivi ; {BY_HAND}.")
            admission.flag()
