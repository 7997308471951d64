"""Quelles lignes d'un corrigé réparent quel défaut.

Le catalogue dit les fonctions (« Corrigé dans… ») ; les mutants, qui remettent chaque défaut dans le corrigé, disent les
lignes : celles qu'ils changent."""
import difflib
import functools
import pathlib
import re

from tests.handout import csource
from tests.proof.programs.mutants import parts_of, read_changes

CATALOGUE = pathlib.Path("docs", "defauts.md")
SECTION = re.compile(r"^### (D\d\d) — (.*?) \{#[\w-]+\}\n(.*?)(?=^##|\Z)", re.M | re.S)
CORRECTED = re.compile(r"^Corrigé dans (.*?)\. Pour le voir", re.M)
PLACE = re.compile(r"`(\w+/[\w./-]+)` \(([^)]*)\)")


@functools.lru_cache(maxsize=None)
def places():
    """{défaut: (titre, {source: [fonctions]})}, d'après le catalogue."""
    found = {}
    for name, title, body in SECTION.findall(CATALOGUE.read_text(encoding="utf-8")):
        said = CORRECTED.search(body)
        files = {pathlib.Path(path): re.findall(r"`(\w+)`", names) for path, names in PLACE.findall(said[1])} if said else {}
        found[name] = title, files
    return found


def defects_of(path, function):
    """Les défauts qu'une fonction corrige : [(défaut, titre)]."""
    return [(name, title) for name, (title, files) in places().items() if function in files.get(path, ())]


@functools.lru_cache(maxsize=None)
def lines(path):
    """{ligne: défauts} : ce que les mutants de chaque défaut changent de cette source."""
    text, found = path.read_text(encoding="utf-8"), {}
    for patch in sorted(pathlib.Path("tests", path.parent.name, "mutants").glob("D*.patch")):
        defect = patch.name[:3]
        for name, before, after in read_changes(parts_of(patch)[1], patch):
            if name == path.name and text.count(before) == 1 and path in places().get(defect, ("", {}))[1]:
                first = text.count("\n", 0, text.index(before)) + 1
                for number in changed(before, after):
                    found.setdefault(first + number, set()).add(defect)
    return found


def changed(before, after):
    """Le rang des lignes qui ne sont plus les mêmes, blanches mises à part."""
    old = before.split("\n")
    matcher = difflib.SequenceMatcher(None, old, after.split("\n"), autojunk=False)
    return [number for tag, start, end, _, _ in matcher.get_opcodes() if tag != "equal"
            for number in range(start, end) if re.search(r"\w", old[number])]


@functools.lru_cache(maxsize=None)
def spans(path):
    """{fonction: (première ligne, dernière ligne)} d'une source."""
    return csource.spans(path.read_text(encoding="utf-8"))


def first_line(path, function, defect=None):
    """La ligne où mener : la première qui corrige ce défaut dans cette fonction, sinon celle où la fonction est définie."""
    first, last = spans(path)[function]
    marked = [number for number, names in lines(path).items() if first <= number <= last and defect in names]
    if marked:
        return min(marked)
    text = path.read_text(encoding="utf-8").split("\n")
    return next(number for number in range(first, last + 1) if re.search(rf"\b{function}\(", text[number - 1]))
