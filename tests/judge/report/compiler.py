"""Ce que le compilateur a dit d'un travail qui compile : ses avertissements. Ils ne coûtent rien, et se lisent."""

import os
import re

from tests.judge.report.paint import visible

WARNING = re.compile(r"^(?:.*/src/)?([^/\n:]+\.[ch]:\d+:\d+: warning: .*)$", re.M)
# Un journal n'est pas plus long que ce qu'on en lit, quoi que le travail fasse dire au compilateur.
LONGEST = 1 << 20


def warnings_beside(path):
    """Les avertissements sur les sources de l'étudiant, dans l'ordre, d'après les journaux laissés à côté des résultats."""
    folder = os.path.dirname(path)
    found = []
    for place in ("lib", "obj"):
        found += [line for name in names(os.path.join(folder, place)) for line in read(folder, place, name)]
    return found


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
