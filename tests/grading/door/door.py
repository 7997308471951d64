"""La porte : d'un rendu (dossier ou archive), ne laisse entrer que des sources : celles que nomme tests/NN/lab.mk, et les .c et .h
que l'étudiant a en plus (tests/judge/command/folder.py, la règle que suit aussi judge.sh).

Tout le reste est laissé dehors ; ce qui pourrait étonner l'étudiant ou l'enseignant est dit en français.
"""

import hashlib
import os
import re

from tests.grading.door import archive_door, choice, class_archive, curiosities, folder_door, limits, naming, skeletons
from tests.grading.door import tree as trees
from tests.judge.command import folder as folder_rule

MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
IGNORED = re.compile(r"\.(cc|cpp|s|S|o|a|so)$|^\.(valgrindrc|gdbinit)$")
SUBMODULES = ".gitmodules"
MENTIONED = 5
LOOKS_LIKE = re.compile(r"\.(?:c|h|cc|cpp|cxx|c\+\+)(?:[~#]|\.\w+)?$|^(?:server|client|serveur)(?:\.\w+)?$", re.I)
CONFLICT = re.compile(rb"^(?:<{7} |>{7} |={7}$)", re.M)
BY_HAND = "à voir à la main"


class Refused(Exception):
    """Le rendu ne peut pas être jugé tel quel, et ce n'est pas la faute de l'étudiant (à dire à l'enseignant)."""


class Admission:
    """Ce qui est entré : {(lab, fichier): entrée}, les labs présents, les remarques et les drapeaux."""

    def __init__(self):
        self.taken = {}
        # Le dossier de chaque lab dans le rendu, tel qu'on peut le montrer.
        self.places = {}
        self.present = []
        self.remarks = []
        self.flags = []

    def flag(self):
        """Demande à l'enseignant de regarder."""
        if "a_voir" not in self.flags:
            self.flags.append("a_voir")

    def say(self, text, flag=False):
        """Une remarque ; avec « flag », l'enseignant est prié de regarder."""
        self.remarks.append(f"{text} ; {BY_HAND}." if flag else f"{text}.")
        if flag:
            self.flag()

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
    """Fait passer la porte à un rendu fait d'une seule pièce, un dossier ou une archive."""
    kind = "folder" if os.path.isdir(path) and not os.path.islink(path) else "archive"
    return admit_pieces([Piece(kind, path)], labs, chosen)


def admit_pieces(pieces, labs, chosen):
    """Fait passer la porte à un rendu. Lève Refused quand on ne sait pas quel lab y est, ou qu'il n'est pas lisible."""
    wanted = {name for lab in labs for name in lab.sources + lab.headers}.union(MAKEFILES, (SUBMODULES,))
    admission, clock = Admission(), limits.Clock()
    tree = trees.Tree(wanted)
    try:
        for piece in pieces:
            piece.read(tree, clock)
        open_archives(tree, labs, clock)
    except limits.TooMuch as error:
        admission.remarks.append(f"Le rendu est refusé : {error}. Il est {BY_HAND}.")
        admission.flag()
        tree = trees.Tree(wanted)
    except PermissionError as error:
        raise Refused(f"{naming.visible(str(error.filename or 'un dossier'))} n'est pas lisible") from error
    tree.keep_last_versions()
    if tree.suspicious:
        admission.flag()
    admission.remarks += [text + "." for text in tree.remarks[:MENTIONED]]
    choose(admission, tree, labs, chosen)
    return admission


class Piece:
    """Une pièce d'un rendu : « folder », « archive » ou « file », sur le disque, ou dans l'archive de la classe (« inner »)."""

    def __init__(self, kind, path, inner=None, where=()):
        self.kind, self.path, self.inner, self.where = kind, path, inner, where

    def read(self, tree, clock):
        """Pose cette pièce dans l'arbre du rendu, sous « where »."""
        part = trees.Tree(tree.wanted)
        if self.kind == "folder":
            self.read_folder(part, clock)
        elif self.kind == "archive":
            archive_door.read_archive(part, self.data(), clock)
        elif self.inner is None:
            folder_door.add_loose(part, self.path, self.where[-1])
        else:
            class_archive.open_class(self.path).add(part, self.inner, self.where[-1:])
        tree.merge(part, self.where[:-1] if self.kind == "file" else self.where)

    def read_folder(self, part, clock):
        """Un dossier."""
        if self.inner is None:
            folder_door.read_folder(part, self.path, clock)
        else:
            class_archive.open_class(self.path).pour(part, self.inner, clock)

    def data(self):
        """Les octets d'une archive."""
        if self.inner is None:
            return folder_door.open_archive(self.path)
        return class_archive.open_class(self.path).read(self.inner, limits.ARCHIVE + 1)


def open_archives(tree, labs, clock, level=1):
    """Ouvre les archives d'un rendu, et celles qu'elles contiennent. À côté d'un travail, elles ne servent qu'à comparer."""
    found, beside = tree.archives(), has_work(tree, labs)
    for path in found[:limits.ARCHIVES]:
        if level > limits.NESTED:
            tree.remark(f"{trees.shown(path)} n'a pas été ouverte : trop d'archives l'une dans l'autre ; {BY_HAND}", suspicious=True)
            continue
        inner = trees.Tree(tree.wanted)
        try:
            archive_door.read_archive(inner, tree.entries[path].load(), clock)
        except limits.TooMuch as error:
            if beside:
                tree.remark(f"{trees.shown(path)} n'a pas été ouverte ({error}) : des sources sont déjà à côté")
            else:
                tree.remark(f"{trees.shown(path)} est refusée : {error} ; {BY_HAND}", suspicious=True)
            continue
        open_archives(inner, labs, clock, level + 1)
        tree.merge(inner, path[:-1] + (naming.stem(path[-1]),))
    if found[limits.ARCHIVES:]:
        tree.remark(f"{len(found) - limits.ARCHIVES} archives n'ont pas été ouvertes : il y en a plus de {limits.ARCHIVES} ; {BY_HAND}",
                    suspicious=not beside)


def has_work(tree, labs):
    """Quelque chose est-il écrit, ailleurs que dans les archives ?"""
    return any(choice.Candidate(tree, lab, folder, 0).is_written() for lab in labs
               for folder in tree.folders_with(lab.sources) if not choice.is_built(folder))


# --- Choisir -------------------------------------------------------------------------------------

def choose(admission, tree, labs, chosen):
    """Trouve le dossier de chaque lab, et prend ses sources."""
    places = {}
    for lab in labs:
        folders = [folder for folder in tree.folders_with(lab.sources) if not choice.is_built(folder)]
        found = choice.candidates(tree, lab, labs, folders)
        if found and chosen == [lab.name] and not any(candidate.is_written() for candidate in found):
            found += [candidate for candidate in unnamed(tree, lab, labs, folders) if candidate.is_written()]
        if found:
            places[lab.name] = pick(admission, lab, found, lab.name in chosen)
    if not places:
        places = flat_place(admission, tree, labs, chosen)
    for lab in labs:
        if lab.name in places:
            admission.places[lab.name] = places[lab.name].place()
            take(admission, tree, lab, places[lab.name], lab.name in chosen)
    mention_elsewhere(admission, tree, labs, places)
    mention_linked_labs(admission, tree, chosen)
    mention_submodules(admission, tree)
    if not places:
        mention_nothing(admission, tree, labs)


def pick(admission, lab, found, judged):
    """Le candidat à retenir. Ce qui est dit d'un lab que l'on ne juge pas n'intéresse personne."""
    return choice.choose(admission if judged else Admission(), lab, found)


def unnamed(tree, lab, labs, folders):
    """Les candidats dont le nom ne désigne aucun lab."""
    return [choice.Candidate(tree, lab, folder, (2, choice.depth(folder), True, folder)) for folder in folders
            if not folder or all(choice.designation(folder[-1], other, labs) is None for other in labs)]


def flat_place(admission, tree, labs, chosen):
    """Des sources qui ne sont dans aucun dossier de lab : LAB= doit dire lequel c'est."""
    folders = [folder for folder in tree.folders_with({name for lab in labs for name in lab.sources}) if not choice.is_built(folder)]
    if len(chosen) == 1:
        lab = next(lab for lab in labs if lab.name == chosen[0])
        found = unnamed(tree, lab, labs, [folder for folder in tree.folders_with(lab.sources) if folder in folders])
        return {lab.name: pick(admission, lab, sorted(found, key=lambda one: one.rank), True)} if found else {}
    if folders:
        raise Refused("les sources ne sont pas dans un dossier au nom d'un lab : dites lequel c'est, avec LAB=")
    return {}


def mention_nothing(admission, tree, labs):
    """Rien n'a été trouvé : ce qui ressemble à une source est nommé, même dans ce que le juge de l'étudiant a copié."""
    built = tree.folders_with({name for lab in labs for name in lab.sources})
    alike = [trees.shown(path) for path in sorted(tree.entries) if LOOKS_LIKE.search(path[-1]) and not tree.is_hidden(path)]
    where = f" ailleurs que dans {trees.shown(built[0])}, qui est au juge" if built else ""
    seen = f" (vu : {', '.join(alike[:MENTIONED])}{', …' if alike[MENTIONED:] else ''})" if alike and not built else ""
    admission.remarks.append(f"Aucune source n'a été trouvée{where}{seen} : ce rendu est {BY_HAND}.")
    admission.flag()


def mention_submodules(admission, tree):
    """Un sous-module vide : le travail est dans un autre dépôt, qui n'a pas été téléchargé."""
    for path, entry in sorted(tree.entries.items()):
        if path[-1] != SUBMODULES or entry.kind != "file":
            continue
        for name in re.findall(r"^\s*path\s*=\s*(.+?)\s*$", (entry.data or b"").decode("utf-8", "replace"), re.M):
            place = path[:-1] + tuple(name.split("/"))
            if not any(other[:len(place)] == place and len(other) > len(place) for other in tree.entries):
                admission.say(f"{trees.shown(place)} est un sous-module de git, vide : son contenu est dans un autre dépôt "
                              "(git submodule update --init)", flag=True)


def take(admission, tree, lab, place, judged):
    """Prend les sources d'un lab ; dit ce qui est refusé, et ce qui n'est pas lu."""
    for name, entry in place.files.items():
        admission.taken[lab.name, name] = entry
        if judged and entry.kind != "file":
            admission.remarks.append(f"{lab.name} : {name} est {trees.KINDS[entry.kind]}, il est refusé ; {BY_HAND}.")
            admission.flag()
        mention_curiosities(admission, lab, name, entry)
        if judged:
            mention_spelling(admission, lab, name, entry)
    if judged:
        admission.present.append(lab.name)
        take_lent(admission, tree, lab, place)
        for picked in place.picked:
            mention_choice(admission, lab, picked)
        mention_copies(admission, tree, lab, place)
        mention_ignored(admission, lab, {name: entry for folder in reversed(place.folders) for name, entry in tree.beside(folder).items()})


def take_lent(admission, tree, lab, place):
    """Ce qu'un autre lab prête, remis à côté des sources de celui-ci, s'il n'est pas écrit dans le dossier du prêteur, où le juge le lit."""
    for name in lab.lent:
        found = next((tree.beside(folder)[name] for folder in place.folders if name in tree.beside(folder)), None)
        own = admission.taken.get((lab.lender, name))
        if found and not (own and choice.is_own(lab.lender, name, own)):
            admission.taken[lab.lender, name] = found
            admission.say(f"{lab.name} : {name}, que prête {lab.lender}, est pris à côté de ses sources")


def mention_choice(admission, lab, choice):
    """Ce qui a été pris sous un autre nom, ou n'a pas pu l'être."""
    for text in choice.remarks:
        admission.remarks.append(f"{lab.name} : {naming.visible(text)}")
    for text in choice.unclear.values():
        admission.remarks.append(f"{lab.name} : {naming.visible(text)} C'est {BY_HAND}.")
        admission.flag()


def mention_copies(admission, tree, lab, place):
    """Une autre version d'une source, à côté d'elle, sous un nom de copie : on ne sait pas laquelle est la bonne."""
    for folder in place.folders:
        beside = tree.beside(folder)
        for name, entry in sorted(beside.items()):
            wanted = folder_rule.meant(name)
            if name != wanted and wanted in place.files and wanted in beside and entry.data is not None \
                    and choice.is_own(lab.name, wanted, entry) and choice.print_of(entry) != place.prints[wanted]:
                admission.say(f"{lab.name} : {naming.visible(name)}, à côté de {wanted} qui est pris, en est une autre version", flag=True)


def mention_curiosities(admission, lab, name, entry):
    """Ce dont aucun lab n'a besoin : la note n'en dépend pas, mais un regard le mérite."""
    for text in curiosities.remarks(name, entry.data) if entry.kind == "file" else ():
        admission.remarks.append(f"{lab.name} : {naming.visible(text)} ; {BY_HAND}.")
        admission.flag()


def mention_spelling(admission, lab, name, entry):
    """Ce qui empêche de compiler, sans que ce soit du C : une fusion inachevée, un autre codage."""
    data = entry.data or b""
    if len(CONFLICT.findall(data)) > 1 or data.count(b"<<<<<<< "):
        admission.say(f"{lab.name} : {name} porte les marques d'une fusion inachevée (<<<<<<<)", flag=True)
    if data.startswith(skeletons.MARKS):
        admission.say(f"{lab.name} : {name} est en UTF-16, que le compilateur ne lit pas", flag=True)


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
    taken = list(places.values())
    known = {folder for place in taken for folder in place.folders}
    lost = [folder for folder in tree.folders_with({name for lab in labs for name in lab.sources})
            if folder not in known and not choice.is_built(folder) and is_lost(tree, folder, labs, taken)]
    if lost:
        shown = ", ".join(trees.shown(folder) for folder in lost[:MENTIONED])
        admission.remarks.append(f"Des sources sont aussi dans {shown}, qui n'est le dossier d'aucun lab : elles ne sont pas prises.")
        admission.flag()


def is_lost(tree, folder, labs, taken):
    """Ce dossier a-t-il un travail dont il n'a pas encore été parlé ?"""
    if folder and any(choice.designation(folder[-1], lab, labs) is not None for lab in labs):
        return False
    found = [choice.Candidate(tree, lab, folder, 0) for lab in labs]
    found = [candidate for candidate in found if candidate.files]
    return all(candidate.is_written() for candidate in found) and not any(
        candidate.same_as(other) for candidate in found for other in taken)


def mention_linked_labs(admission, tree, chosen):
    """Un dossier de lab remplacé par un lien n'est pas suivi."""
    for path, entry in sorted(tree.entries.items()):
        if choice.alike(path[-1]) in chosen and entry.kind != "folder" and entry.kind in trees.KINDS:
            admission.remarks.append(f"{trees.shown(path)} est {trees.KINDS[entry.kind]}, il n'est pas suivi ; {BY_HAND}.")
            admission.flag()
