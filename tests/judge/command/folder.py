"""Ce qui, dans le dossier d'un lab, est du travail : la même règle chez l'étudiant (judge.sh) et à la porte de la classe.

folder.py LAB DOSSIER [lent]   écrit ce qui y est pris, un mot et ses compléments par ligne, séparés par des tabulations :
                               as ATTENDU RÉEL ; own NOM ; unclear ATTENDU PHRASE ; remark PHRASE
                               « lent » : ce dossier prête sa bibliothèque à LAB
folder.py --holds LAB DOSSIER [ATTENDU…]
                               statut 0 si un de ces noms y est (par défaut, ceux du lab), ou un nom qui ne peut être que lui

Les fichiers attendus (tests/NN/lab.mk) d'abord. Un nom presque juste (Server.c, server (1).c, server.c.txt) est pris pour
celui qui manque, s'il est le seul. Les autres .c et .h sont à l'étudiant : ils sont compilés à côté, et liés à qui s'en sert.
"""

import difflib
import os
import re
import sys
import unicodedata

from tests.judge.command import lab_reader

# Ce que make, le shell et le compilateur lisent sans y voir autre chose qu'un nom.
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*\.[ch]")
# Un programme d'étudiant en a moins de dix.
MOST = 40
NAMED = 5
# Ce qu'un navigateur, un gestionnaire de fichiers ou une plateforme ajoute au nom d'une copie.
COPY_OF = re.compile(r"^(?:copie de|copy of)\s+")
COPY = re.compile(r"[\s_-]*(?:\(\d+\)|[\s_-](?:copie|copy)|[\s_-]\d+)$")
# « 02-udp_server.c », « 20261120101213_server.c » : le nom d'un lab, ou une date, devant celui d'un fichier remis seul.
LAB_FIRST = re.compile(r"^(?:\d{14}_)?(?:\d{1,2}-[a-z]+[\s_]+)?(?=[a-z])")
ALIKE = 0.85
LOOKED_AT = 100


def meant(name):
    """Le nom que celui-ci voulait être : sans majuscule, sans « .txt », sans marque de copie, ni nom de lab devant."""
    text = LAB_FIRST.sub("", re.sub(r"(?:\.txt)+$", "", unicodedata.normalize("NFC", name).casefold().strip()))
    base, _, extension = text.rpartition(".")
    base = COPY_OF.sub("", base.removesuffix("." + extension))
    while COPY.search(base):
        base = COPY.sub("", base)
    return f"{base.strip()}.{extension}"


def is_candidate(name):
    """Ce fichier peut-il être du travail ? Sinon (sauvegarde, fichier caché), personne n'a besoin de le lire."""
    return not name.startswith(".") and name.isprintable() and meant(name).endswith((".c", ".h"))


def quoted(names):
    """Quelques noms, à montrer."""
    return ", ".join(names[:NAMED]) + (", …" if names[NAMED:] else "")


class Choice:
    """Ce qui est pris : {attendu: réel} et les fichiers en plus ; ce qui n'a pu être choisi ; les remarques."""

    def __init__(self):
        self.taken, self.own, self.unclear, self.remarks = {}, [], {}, []


def choose(names, expected, given=()):
    """Ce qui est pris parmi les fichiers ordinaires d'un dossier. given : les noms dont le dépôt a le sien."""
    names = sorted(name for name in names if is_candidate(name))
    choice, free = Choice(), [name for name in names if name not in expected]
    for wanted in expected:
        if wanted in names:
            choice.taken[wanted] = wanted
        else:
            find_near(choice, wanted, [name for name in free if name not in given])
    near = set(choice.taken.values())
    others = [name for name in free if name not in near and name not in given]
    choice.own = [name for name in others if PLAIN.fullmatch(name)]
    if choice.own[MOST:]:
        choice.remarks.append(f"plus de {MOST} sources en plus : {quoted(choice.own[MOST:])} ne sont pas lus.")
    choice.own = choice.own[:MOST]
    unread = [name for name in others if not PLAIN.fullmatch(name) and not any(name in text for text in choice.remarks)]
    if unread:
        choice.remarks.append(f"le nom de {quoted(unread)} n'est pas celui d'une source : ce n'est pas lu.")
    return choice


def find_near(choice, wanted, free):
    """Prend, pour ce nom qui manque, le seul qui puisse être lui ; ou dit entre lesquels hésiter."""
    near = [name for name in free if meant(name) == wanted]
    if len(near) == 1:
        choice.taken[wanted] = near[0]
        choice.remarks.append(f"{wanted} manque : {near[0]}, qui ne peut être que lui, est pris à sa place.")
        return
    if near:
        choice.unclear[wanted] = f"{wanted} manque, et {quoted(near)} lui ressemblent : lequel est le bon ?"
        return
    alike = [name for name in free[:LOOKED_AT] if name[-1:] == wanted[-1:] and
             difflib.SequenceMatcher(None, meant(name), wanted).ratio() >= ALIKE]
    if alike:
        choice.unclear[wanted] = f"{wanted} manque. Est-ce {quoted(alike)}, sous un autre nom ?"


def files(folder, expected=()):
    """Les fichiers ordinaires d'un dossier, et ce qui a un nom attendu : un lien à ce nom-là sera refusé, et dit."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_file(follow_symlinks=False) or entry.name in expected]


def expected_of(lab):
    """(les noms attendus dans le dossier d'un lab, ceux dont le dépôt a le sien, ou qu'un autre lab prête)."""
    lender = lab_reader.Lab(lab.lender) if lab.lender else None
    return lab.sources, lab.headers + (lender.headers + lender.library if lender else [])


def lent_by(lender):
    """De même, dans le dossier du lab qui prête : sa bibliothèque, et ce qu'elle appelle."""
    return lender.library, lender.headers + [program + ".c" for program in lender.programs]


def main():
    words = sys.argv[1:]
    if words[0] == "--holds":
        sources = words[3:] or lab_reader.Lab(words[1]).sources
        return 0 if any(meant(name) in sources for name in files(words[2])) else 1
    lab = lab_reader.Lab(words[0])
    lent = words[2:] == ["lent"]
    expected, given = lent_by(lab_reader.Lab(lab.lender)) if lent else expected_of(lab)
    choice = choose(files(words[1], expected), expected, given)
    lines = [("as", wanted, name) for wanted, name in choice.taken.items() if wanted != name]
    lines += [("own", name) for name in choice.own]
    lines += [("unclear", wanted, text) for wanted, text in choice.unclear.items()]
    # Ce que le prêteur a de remarquable est dit là où il est jugé.
    lines += [("remark", text) for text in choice.remarks if not lent]
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    print("".join("\t".join(line) + "\n" for line in lines), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
