"""Où est le travail de chaque lab, dans ce qui a été remis : le vrai travail plutôt qu'un squelette intact, et jamais au hasard.

Un dossier dont le nom désigne le lab est un candidat. S'il y en a plusieurs, ceux où rien n'a été écrit (squelette, sources
vides) cèdent la place, et c'est dit ; deux travaux différents sont montrés à l'enseignant.
"""

import functools
import re

from tests.grading.door import naming, skeletons
from tests.grading.door import tree as trees
from tests.judge.command import folder as folder_rule

SHOWN = 5
# Des mots qui ne disent pas de quel lab il s'agit.
NOISE = set("""copie copy de of final finale definitif definitive old ancien vieux new nouveau rendu rendus version v lab labo labs src
source sources projet code ok bis mon le travail fini termine""".split())


class Candidate:
    """Un dossier qui contient peut-être le travail d'un lab."""

    def __init__(self, tree, lab, folder, rank):
        self.folder, self.folders, self.rank = folder, [folder], rank
        beside = tree.beside(folder)
        picked = folder_rule.choose([name for name, entry in beside.items() if name in lab.sources or entry.data is not None],
                                    *expected_of(lab))
        self.picked = [picked]
        self.files = {**{name: beside[real] for name, real in picked.taken.items()}, **{name: beside[name] for name in picked.own}}
        self.prints = {name: print_of(entry) for name, entry in self.files.items()}
        self.skeletons = {name for name, entry in self.files.items() if is_skeleton(lab.name, name, entry)}

    def is_written(self):
        """L'étudiant y a-t-il écrit quelque chose ?"""
        return any(digest and name not in self.skeletons for name, digest in self.prints.items())

    def is_skeleton(self):
        """N'y a-t-il que le squelette, intact ?"""
        return bool(self.skeletons) and not self.is_written()

    def join(self, others):
        """Réunit des dossiers qui ont chacun une part du travail (un par programme)."""
        for other in others:
            self.folders += other.folders
            self.picked += other.picked
            self.files.update(other.files)
            self.prints.update(other.prints)

    def place(self):
        """Où c'est, tel qu'on peut le montrer."""
        return " et ".join(trees.shown(folder) for folder in self.folders)

    def same_as(self, other):
        """Le même travail, aux commentaires et à la mise en page près ?"""
        return self.prints == other.prints


@functools.lru_cache(maxsize=None)
def expected_of(lab):
    """Les noms attendus dans le dossier d'un lab, et ceux dont le dépôt a le sien."""
    return folder_rule.expected_of(lab)


def print_of(entry):
    """L'empreinte d'une entrée ; ce qui n'est pas un fichier est montré tel quel."""
    return skeletons.print_of(entry.data or b"") if entry.kind == "file" else entry.kind


def is_skeleton(lab, name, entry):
    """Cette entrée est-elle le squelette d'une source, intact ?"""
    return entry.kind == "file" and skeletons.is_skeleton(lab, name, entry.data or b"")


def is_own(lab, name, entry):
    """L'étudiant a-t-il écrit quelque chose dans cette source ?"""
    return bool(print_of(entry)) and not is_skeleton(lab, name, entry)


def words_of(name):
    """Les mots et les nombres d'un nom de dossier, sans accent ni casse."""
    return re.findall(r"[a-z]+|\d+", naming.plain(name))


def alike(name):
    """Un nom de lab, à la casse et aux séparateurs près : « 01_TCP » vaut « 01-tcp »."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def designation(name, lab, labs):
    """0 : c'est le nom du lab, à la casse et aux séparateurs près ; 1 : il s'en approche assez ; None : non."""
    words = words_of(name)
    number, *topic = words_of(lab.name)
    if alike(name) == lab.name:
        return 0
    others = {word for other in labs if other is not lab for word in words_of(other.name)[1:]}
    if others & set(words) or not words:
        return None
    rest = [word for word in words if word not in NOISE and word not in topic]
    if topic and set(topic) <= set(words):
        first = words[:words.index(topic[0])]
        before = [word for word in first if word.isdigit()]
        strange = [word for word in rest if not word.isdigit() and word not in ("tp", "td")]
        return None if strange or any(int(word) != int(number) for word in before) else 1
    named = [int(after) for word, after in zip(words, words[1:]) if word in ("lab", "labo") and after.isdigit()]
    return 1 if named == [int(number)] else None


def depth(folder):
    """Le moins profond d'abord ; « labs/01-tcp » vaut « 01-tcp »."""
    in_labs = len(folder) > 1 and folder[-2] == "labs"
    return len(folder) - in_labs, not in_labs


def is_built(folder):
    """Est-ce ce que le juge a lui-même copié ou construit ? Ce n'est le travail de personne."""
    return "build" in folder


def candidates(tree, lab, labs, folders):
    """Les candidats d'un lab, le meilleur nom d'abord."""
    found = [(designation(folder[-1], lab, labs) if folder else None, folder) for folder in folders]
    return sorted((Candidate(tree, lab, folder, (close, depth(folder), folder[-1] != lab.name, folder)) for close, folder in found if close is not None),
                  key=lambda candidate: candidate.rank)


def choose(admission, lab, found):
    """Le candidat à retenir ; ce qui n'est pas évident est dit."""
    written = [candidate for candidate in found if candidate.is_written()]
    pool = written or found
    chosen = pool[0]
    if len(pool) > 1 and sum(len(candidate.files) for candidate in pool) == len({name for candidate in pool for name in candidate.files}):
        chosen.join(pool[1:])
        admission.say(f"{lab.name} : les sources de {chosen.place()} sont réunies")
        pool = [chosen]
    others = [candidate for candidate in pool[1:] if not candidate.same_as(chosen)]
    if written and others:
        admission.say(f"{lab.name} : plusieurs travaux différents, c'est {chosen.place()} qui est pris, et non "
                      f"{listed(others)}", flag=True)
    skipped = [candidate for candidate in found if written and not candidate.is_written() and candidate.rank < chosen.rank]
    if skipped:
        what = "le squelette intact" if all(candidate.is_skeleton() for candidate in skipped) else "des sources où rien n'est écrit"
        admission.say(f"{lab.name} : {what} de {listed(skipped)} est laissé, c'est {chosen.place()} qui est pris")
    if chosen.is_skeleton():
        admission.say(f"{lab.name} : ce qui est remis est le squelette, intact")
    elif not chosen.is_written():
        admission.say(f"{lab.name} : rien n'est écrit dans {', '.join(chosen.files)}", flag=True)
    else:
        for name in sorted(name for name, digest in chosen.prints.items() if not digest):
            admission.say(f"{lab.name} : {name} est vide")
    return chosen


def listed(found):
    """Des dossiers, en quelques mots."""
    return ", ".join(trees.shown(candidate.folder) for candidate in found[:SHOWN]) + (", …" if found[SHOWN:] else "")
