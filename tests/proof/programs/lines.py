"""La ligne montrée avec un échec, devant ce qu'un mutant change : est-elle dans la fonction changée, ou dans une qu'elle appelle ?"""

import difflib
import re

from tests.judge.report import story
from tests.proof.programs import judged

FUNCTION = re.compile(r"^[A-Za-z_][^;{}#]*?\b(\w+)\((?:[^;{}])*\)\s*^\{\n.*?^\}", re.M | re.S)
WORD = re.compile(r"\b[A-Za-z_]\w*\b")
# Ce que l'on exige, en pour cent.
MOST_INSIDE, MOST_SHOWN = 80, 90


def functions(sources):
    """[(fichier, fonction, première ligne, dernière ligne, texte)] de ces sources."""
    found = []
    for file, text in sources.items():
        for match in FUNCTION.finditer(text):
            first = text.count("\n", 0, match.start()) + 1
            found.append((file, match.group(1), first, first + match.group().count("\n"), match.group()))
    return found


def changed_lines(before, after):
    """Les lignes d'« après » qui ne sont plus celles d'« avant » ; d'une ligne ôtée, sa voisine."""
    lines = set()
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for tag, _, _, start, end in matcher.get_opcodes():
        if tag != "equal":
            lines.update(range(start + 1, max(end, start + 1) + 1))
    return lines


def changed_functions(solution, sources, known):
    """Les fonctions que le mutant change ; hors de toute fonction, celles qui se servent de ce qui y est défini."""
    names, loose = set(), set()
    for file, text in sources.items():
        for line in changed_lines(solution.get(file, ""), text):
            inside = {name for place, name, first, last, _ in known if place == file and first <= line <= last}
            names |= inside
            if not inside:
                loose.update(WORD.findall((text.splitlines() + [""])[line - 1]))
    return names | {name for _, name, _, _, text in known if not names and loose & set(WORD.findall(text))}


def reached(names, known):
    """Ces fonctions, et toutes celles qu'elles appellent, même de loin."""
    calls = {name: set() for _, name, _, _, _ in known}
    for _, name, _, _, text in known:
        calls[name] |= (set(WORD.findall(text)) & calls.keys()) - {name}
    seen, left = set(), list(names)
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left += calls.get(name, ())
    return seen


class Shown:
    """Ce qu'un mutant apprend : fallait-il une ligne, laquelle est montrée, et où elle tombe."""

    def __init__(self, mutant, failure):
        self.name, self.line = mutant.key, failure.get("line")
        self.sought = bool(failure.get("sought"))
        sources = mutant.sources()
        known = functions(sources)
        self.inside, self.complaint = False, None
        self.changed = changed_functions(mutant.lab.solution, sources, known)
        if self.line:
            self.look(mutant, sources, known)

    def look(self, mutant, sources, known):
        """Où tombe la ligne ; une plainte, si elle n'est d'aucune source de l'étudiant, ou pas dans la fonction dite."""
        file, number = self.line["file"], self.line["number"]
        around = {name for place, name, first, last, _ in known if place == file and first <= number <= last}
        if file not in sources or not 0 < number <= sources[file].count("\n") + 1:
            self.complaint = f"montre {file}:{number}, qui n'est pas une ligne de l'étudiant"
        elif self.line["function"] and self.line["function"] not in around:
            self.complaint = f"montre {file}:{number}, qui n'est pas dans {self.line['function']}"
        self.inside = bool(around & reached(self.changed, known))


def table(shown):
    """Une ligne par mutant : où tombe la ligne, ce qu'elle dit, et ce qu'il change."""
    return "".join(f"{verdict(one):<9}{one.name:<50} {story.source_line({'line': one.line}) or '-'} | {' '.join(sorted(one.changed))}\n"
                   for one in sorted(shown, key=lambda one: one.name))


def verdict(one):
    """Où est la ligne d'un mutant, en un mot."""
    if not one.line:
        return "aucune" if one.sought else "-"
    return "dedans" if one.inside else "ailleurs"


def too_few(found, total, percent):
    """Une part ne se juge que sur un nombre : un lab neuf n'a que quelques mutants, et un seul peut manquer."""
    return found < total - 1 and found * 100 < percent * total


def conclude(shown, whole):
    """Les deux comptes, et les plaintes ; le détail va dans build/mutants/lines.txt."""
    (judged.BUILD / "mutants" / "lines.txt").write_text(table(shown), encoding="utf-8")
    sought = [one for one in shown if one.sought]
    lines = [one for one in sought if one.line]
    inside = [one for one in lines if one.inside]
    print(f"votre ligne : montrée pour {len(lines)} mutants sur les {len(sought)} dont le programme est là, ou mort ; "
          f"{len(inside)} fois dans une fonction que le mutant change, ou qu'elle appelle")
    complaints = [f"{one.name} {one.complaint}" for one in shown if one.complaint]
    if whole and too_few(len(lines), len(sought), MOST_SHOWN):
        complaints.append(f"votre ligne : montrée trop rarement (il en faut {MOST_SHOWN} %)")
    if whole and too_few(len(inside), len(lines), MOST_INSIDE):
        complaints.append(f"votre ligne : trop souvent ailleurs que dans le défaut (il en faut {MOST_INSIDE} pour cent dedans)")
    return complaints
