"""Ce que le compilateur a dit d'un travail qui compile : ses avertissements. Ils ne coûtent rien, et se lisent."""

import os
import re

from tests.judge.report.paint import visible

WARNING = re.compile(r"^(?:.*/src/)?([^/\n:]+\.[ch]:\d+:\d+: warning: .*)$", re.M)
OPTION = re.compile(r"\[-W([a-z-]+)=?\d*\]$")
# Ce que le compilateur dit d'une mémoire mal employée : quoi que l'échec montre, il en vient d'ordinaire.
MEANINGS = {
    "dangling-pointer": "une variable locale n'existe plus quand sa fonction, ou son bloc, finit",
    "return-local-addr": "une variable locale n'existe plus quand sa fonction finit",
    "return-stack-address": "une variable locale n'existe plus quand sa fonction finit",
    "uninitialized": "une variable à qui rien n'a été donné contient n'importe quoi",
    "use-after-free": "une mémoire rendue n'est plus au programme",
    "array-bounds": "ce qui est au-delà d'un tableau est à un autre",
    "stringop-overflow": "ce qui est au-delà d'un tableau est à un autre",
    "sizeof-pointer-memaccess": "la taille d'un pointeur n'est pas celle de ce qu'il montre",
}
# Un journal n'est pas plus long que ce qu'on en lit, quoi que le travail fasse dire au compilateur.
LONGEST = 1 << 20


def warnings_beside(path):
    """Les avertissements sur les sources de l'étudiant, ceux d'une mémoire mal employée d'abord, d'après les journaux laissés à côté des résultats."""
    folder = os.path.dirname(path)
    found = []
    for place in ("lib", "obj"):
        found += [line for name in names(os.path.join(folder, place)) for line in read(folder, place, name)]
    return sorted(dict.fromkeys(found), key=lambda line: not meaning(line))


def meaning(line):
    """Ce que dit cet avertissement d'une mémoire mal employée ; d'un autre, rien."""
    option = OPTION.search(line)
    return MEANINGS.get(option[1], "") if option else ""


def suspicion(run, test):
    """L'avertissement qui explique sans doute cet échec, et ce qu'il veut dire ; ou rien."""
    programs = {program for other in run["tests"] for program in other.get("programs", ())}
    for line in run.get("warnings", []):
        stem = line.partition(".")[0]
        if meaning(line) and (stem in test.get("programs", ()) or stem not in programs):
            return f"{line} : {meaning(line)}"
    return ""


def names(place):
    """Les journaux d'un dossier."""
    try:
        return sorted(name for name in os.listdir(place) if name.endswith(".log"))
    except OSError:
        return []


def read(folder, place, name):
    """Les avertissements d'un journal, si la source est celle de l'étudiant et qu'elle a compilé."""
    stem = name.removesuffix(".log")
    if not os.path.isfile(os.path.join(folder, "src", stem + ".c")) or \
            os.path.exists(os.path.join(folder, place, stem + ".error")):
        return []
    try:
        with open(os.path.join(folder, place, name), encoding="utf-8", errors="replace") as file:
            return [visible(line)[:300] for line in WARNING.findall(file.read(LONGEST))]
    except OSError:
        return []


def tell_warnings(paper, found):
    """Une ligne : combien, et le premier."""
    if not found:
        return
    many = f"{len(found)} avertissements, dont" if len(found) > 1 else "un avertissement :"
    paper.wrapped(f"Le compilateur donne {many} {found[0]}", indent=2, hanging=4)
    paper.wrapped("Ils ne coûtent rien, mais ont souvent raison : make clean all, dans le dossier du lab, les montre tous."
                  if len(found) > 1 else "Il ne coûte rien, mais a souvent raison : make clean all, dans le dossier du lab, le montre.",
                  indent=4)
