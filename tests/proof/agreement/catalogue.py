"""Le catalogue des défauts (docs/defauts.md) : la prose est écrite à la main, les tableaux sont générés.

catalogue.py --write    refait les tableaux, entre « <!-- généré : D09 --> » et « <!-- fin --> »
catalogue.py --check    refuse un tableau périmé, et tout désaccord entre le catalogue, les notes, les tests,
                        les mutants et les solutions

Un lab qui n'a pas encore de tests a des tableaux « à venir » ; dès qu'il en a, rien ne lui est plus permis.
"""

import collections
import functools
import json
import pathlib
import re
import subprocess
import sys

from tests.handout import csource
from tests.proof.agreement import places
from tests.proof.programs.judged import Trouble
from tests.proof.programs.mutants import parts_of
from tests.judge.command.lab_reader import settings

PAGE = pathlib.Path("docs", "defauts.md")
WRITE = "sh tests/judge/command/python.sh tests/proof/agreement/catalogue.py --write"
# Tous les défauts, et nul autre : un numéro donné une fois ne se perd plus. Un nouveau défaut s'ajoute ici.
IDS = [f"D{number:02d}" for number in range(1, 60)]
# Ce qu'aucun programme ne peut montrer : des idées, des mots, un choix de module.
TEXT_ONLY = {"D44", "D57", "D58", "D59"}
GENRES = {"plante", "bloque", "résultat faux", "fuite", "abus", "piège du C", "texte"}
STUDENT = "Erreur d'étudiant"
UNKNOWN = ("{defect} n'est pas un défaut de {lab} dans docs/defauts.md : ôtez-le, ou écrivez-y sa rubrique "
           "(« ### {defect} — … {{#…}} »), dans la partie de ce lab (« ## … {{#defauts-{lab}}} »)")
MUTANT_FORM = ("un fichier de tests/{lab}/mutants/ est attendu : « " + STUDENT + " » (ou « Défaut : D08 »), puis ce qui est changé, "
               "« Tué par : {test} », une ligne vide, et le diff de la solution")

SECTION = re.compile(r"^## .+ \{#([\w-]+)\}$")
HEADING = re.compile(r"^### (D\d\d) — (.+?) \{#([\w-]+)\}$", re.M)
ANY_ID = re.compile(r"^#+ +(D\d+)\b", re.M)
# Le fragment fautif du document de départ, cité ; ou l'aveu qu'il n'y est pas.
FRAGMENT = re.compile(r"^> .*\S|^Absent du texte Python\b", re.M)
PARTS = ("Ce que l'on voit", "Pourquoi", "La correction")
# Une idée fausse, ou un mot : rien ne s'exécute, rien ne se voit.
PARTS_OF_AN_IDEA = ("Ce qui est faux", "Ce qu'il faut dire")
GENRE = re.compile(r"^Genre : (.+?)\.$", re.M)
PLACE = re.compile(r"`(\w+\.c):(\w+)`")
# Une balise de fin perdue ne doit pas faire prendre pour un tableau la prose qui suit.
BLOCK = re.compile(r"(<!-- généré : ([^\n]+?) -->\n)((?:(?!<!-- généré).)*?)(<!-- fin -->)", re.S)
LATER = "\nTests et mutants : à venir.\n\n"


class Lab:
    """Ce que le dépôt sait d'un lab : ses tests (None tant qu'il n'y en a pas), ses mutants, ses notes."""

    def __init__(self, name):
        self.name = name
        self.written = any(not path.name.endswith("_driver.c") for path in pathlib.Path("tests", name).glob("*.c"))
        self.tests = self.listing() if self.written else None
        folder = pathlib.Path("tests", name, "mutants")
        self.mutants = [Mutant(path) for path in sorted(folder.glob("*.patch"))]
        notes = pathlib.Path("labs", name, "NOTES.fr.md").read_text(encoding="utf-8")
        self.traps = {trap: title for trap, title, _ in HEADING.findall(notes)}
        self.misspelt = sorted(set(ANY_ID.findall(notes)) - self.traps.keys())
        lender = settings(name).get("BORROW")
        self.folders = [pathlib.Path("solutions", folder) for folder in (name, lender) if folder]
        self.folders.append(pathlib.Path("common"))

    @property
    def unknown(self):
        """Des tests existent, et le juge ne peut pas les dire : rien n'est su de ce lab."""
        return self.written and self.tests is None

    def listing(self):
        """Les tests, tels que le juge les dit ; None s'il ne peut pas."""
        judge = pathlib.Path("build", "tests", self.name, "judge")
        if not judge.is_file():
            return None
        done = subprocess.run([judge, "--list"], capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            return None
        # Un test réservé n'est nommé dans aucun fichier du dépôt.
        return [test for test in json.loads(done.stdout)["tests"] if not test.get("private")]

    def find(self, file, function):
        """Le chemin de la source qui définit cette fonction, ou None."""
        for folder in self.folders:
            if function in functions_of(folder / file):
                return folder / file
        return None


class Mutant:
    """L'en-tête d'un mutant : le défaut (None : erreur d'étudiant), ce qui est changé, le test qui le tue."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        head, _, self.reading = parts_of(path)
        head = head.strip().split("\n")
        self.first = head[0]
        self.defect = self.first.removeprefix("Défaut : ") if self.first.startswith("Défaut : ") else None
        killers = [line.removeprefix("Tué par : ") for line in head if line.startswith("Tué par : ")]
        self.killer = killers[0] if len(killers) == 1 else None
        self.text = " ".join(line.strip() for line in head[1:] if not line.startswith("Tué par : ")).strip()

    def complaints(self, entries, lab):
        """Un mutant a un défaut connu, ou dit être une erreur d'étudiant ; son test existe et le dit."""
        if self.defect is None and self.first != STUDENT:
            yield f"{self.path}:1 : « {self.first} » ; est attendu « Défaut : Dnn », ou « {STUDENT} »"
        if self.defect and (self.defect not in entries or entries[self.defect].lab != lab.name):
            yield f"{self.path}:1 : {UNKNOWN.format(defect=self.defect, lab=lab.name)} ; à défaut, « {STUDENT} »"
        if self.killer is None:
            yield f"{self.path}:3 : est attendue, avant le diff, une ligne « Tué par : nom_du_test », et une seule"
        if not self.text:
            yield f"{self.path}:2 : rien ne dit ce qui y est changé ; une phrase est attendue, entre « {self.first} » et « Tué par : … »"
        if self.defect and self.reading and self.defect not in self.reading:
            yield f"{self.path} : ce que l'étudiant lit ne nomme pas {self.defect}"
        if self.killer is None or lab.tests is None:
            return
        test = next((test for test in lab.tests if test["name"] == self.killer), None)
        if test is None:
            yield f"{places.in_file(self.path, 'Tué par : ')} : {lab.name} n'a pas de test {self.killer} (il a : {', '.join(test['name'] for test in lab.tests)})"
        elif self.defect and self.defect not in test["defects"]:
            yield f"{places.of_test(lab.name, self.killer)} : {self.path} a le défaut {self.defect} ; est attendu {self.defect} dans le .defects de ce test"


class Entry:
    """Un défaut, tel que le catalogue le raconte."""

    def __init__(self, name, title, anchor, lab, body):
        self.name, self.title, self.anchor, self.lab = name, title, anchor, lab
        self.place = places.in_file(PAGE, f"### {name} ")
        genre = GENRE.search(body)
        self.genre = genre[1] if genre else None
        self.quoted = FRAGMENT.search(body) is not None
        self.parts = re.findall(r"^\*\*(.+?)\.\*\* +\S", body, re.M)
        self.blocks = [block for _, block, _, _ in BLOCK.findall(body)]
        self.places = list(dict.fromkeys(PLACE.findall(BLOCK.sub("", body))))

    def complaints(self, labs):
        """Ce qui manque à cette rubrique, ou y est faux."""
        if self.anchor != f"defaut-{self.name.lower()}":
            yield f"{self.name} : l'ancre est {self.anchor} ; est attendue {{#defaut-{self.name.lower()}}}"
        if self.genre not in GENRES:
            yield f"{self.name} : une ligne « Genre : … . » est attendue, parmi {', '.join(sorted(GENRES))}"
        if not self.quoted:
            yield f"{self.name} : le fragment fautif (« > … ») est attendu, ou « Absent du texte Python »"
        yield from self.missing_parts()
        if self.blocks != ([] if self.name in TEXT_ONLY else [self.name]):
            yield f"{self.name} : un tableau généré à son nom est attendu, sauf pour {', '.join(sorted(TEXT_ONLY))}"
        if self.name in TEXT_ONLY:
            return
        if self.lab is None:
            yield f"{self.name} : l'ancre de sa partie ne commence pas par « defauts- » et le nom d'un lab"
            return
        if not self.places:
            yield f"{self.name} : la prose ne dit pas où il est corrigé (`fichier.c:fonction`)"
        yield from self.misplaced(labs)

    def missing_parts(self):
        """Ce que l'on voit, pourquoi, la correction : chacun une fois, dans cet ordre."""
        wanted = PARTS if self.lab else PARTS_OF_AN_IDEA
        for part in wanted:
            if self.parts.count(part) != 1:
                yield f"{self.name} : « **{part}.** … » est attendu une fois"
        if [part for part in self.parts if part in wanted] != list(wanted) and not set(wanted) - set(self.parts):
            yield f"{self.name} : l'ordre attendu est {', '.join(wanted)}"

    def misplaced(self, labs):
        """Les endroits du corrigé que la prose nomme, et qui n'existent pas."""
        for file, function in self.places:
            if labs[self.lab].find(file, function) is None:
                yield f"{self.name} : aucune fonction {function} dans {file}"


@functools.lru_cache(maxsize=None)
def functions_of(path):
    """Les fonctions qu'une source définit ; aucune si elle n'existe pas."""
    return csource.functions(path.read_text(encoding="utf-8")).keys() if path.is_file() else ()


def read_entries(page, labs):
    """Les rubriques du catalogue, dans l'ordre."""
    lab, starts = None, []
    for line in re.finditer(r"^.*$", page, re.M):
        section, heading = SECTION.match(line[0]), HEADING.match(line[0])
        if section:
            anchor = section[1].removeprefix("defauts-")
            lab = next((name for name in labs if anchor.startswith(name)), None)
            starts.append((line.start(), None, lab))
        elif heading:
            starts.append((line.start(), heading, lab))
    ends = [start for start, _, _ in starts[1:]] + [len(page)]
    return [Entry(*heading.groups(), lab, page[start:end])
            for (start, heading, lab), end in zip(starts, ends) if heading]


def cell(text):
    """Un texte dans une case de tableau, pour Doxygen comme pour GitHub."""
    for mark in "\\|@#%":
        text = text.replace(mark, "\\" + mark)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("--", "\\--")


def french(number):
    """Un nombre écrit à la française."""
    return f"{number:g}".replace(".", ",")


def table(titles, rows):
    """Un tableau Markdown."""
    lines = [" | ".join(titles), "|".join("---" for _ in titles)]
    return "".join(f"| {line} |\n" if index != 1 else f"|{line}|\n"
                   for index, line in enumerate(lines + [" | ".join(row) for row in rows]))


def tests_of(entry, labs):
    return [test for test in labs[entry.lab].tests or [] if entry.name in test["defects"]] if entry.lab else []


def mutants_of(entry, labs):
    return [mutant for mutant in labs[entry.lab].mutants if mutant.defect == entry.name] if entry.lab else []


def describe_places(entry, lab):
    """Où le défaut est corrigé : chaque source, et ses fonctions."""
    places = collections.defaultdict(list)
    for file, function in entry.places:
        places[lab.find(file, function) or file].append(f"`{function}`")
    return " ; ".join(f"`{path}` ({', '.join(names)})" for path, names in places.items())


def render_entry(entry, labs):
    """Les tableaux d'un défaut."""
    text = (f"\nCorrigé dans {describe_places(entry, labs[entry.lab])}. Pour le voir de vos yeux : "
            f"[l'expérience des notes](#lab-{entry.lab}-{entry.name.lower()}).\n")
    if labs[entry.lab].tests is None:
        return text + LATER
    rows = [(f"`{test['name']}`", str(test["step"]), french(test["points"]), cell(test["title"]))
            for test in tests_of(entry, labs)]
    text += "\n" + table(("test", "étape", "points", "ce qu'il demande"), rows)
    rows = [(f"`{mutant.name}`", cell(mutant.text), f"`{mutant.killer}`") for mutant in mutants_of(entry, labs)]
    if rows:
        text += "\n" + table(("mutant", "ce qui y est changé", "tué par"), rows)
    return text + "\n"


def render_summary(entries, labs):
    """Tous les défauts, un par ligne, et les totaux."""
    rows = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        tests, mutants = str(len(tests_of(entry, labs))), str(len(mutants_of(entry, labs)))
        steps = ", ".join(sorted({str(test["step"]) for test in tests_of(entry, labs)}))
        if entry.name in TEXT_ONLY or entry.lab is None:
            steps = tests = mutants = "–"
        elif labs[entry.lab].tests is None:
            steps = tests = mutants = "à venir"
        elif not labs[entry.lab].mutants:
            mutants = "à venir"
        rows.append((f"[{entry.name}](#{entry.anchor})", entry.lab or "–", steps, entry.title, entry.genre or "?", tests, mutants))
    mutants = [mutant for lab in labs.values() for mutant in lab.mutants]
    tests = [test for lab in labs.values() for test in lab.tests or []]
    named = sum(mutant.defect is not None for mutant in mutants)
    return (f"\n{len(entries)} défauts ; {len(tests)} tests ; {len(mutants)} mutants, dont {named} ont un défaut "
            f"de cette page et {len(mutants) - named} une erreur d'étudiant.\n\n"
            + table(("défaut", "lab", "étape", "titre", "genre", "tests", "mutants"), rows) + "\n")


def render_mistakes(labs):
    """Les erreurs d'étudiants, lab par lab."""
    text = "\n"
    for lab in labs.values():
        rows = [(f"`{mutant.name}`", cell(mutant.text), f"`{mutant.killer}`")
                for mutant in lab.mutants if mutant.defect is None]
        text += f"**{lab.name}**\n\n"
        text += table(("mutant", "ce qui y est changé", "tué par"), rows) + "\n" if rows else "À venir.\n\n"
    return text


def renew(page, entries, labs):
    """La page, ses tableaux refaits ; ceux d'un lab dont rien n'est su restent comme ils sont."""
    known = {entry.name: entry for entry in entries if entry.lab and entry.name not in TEXT_ONLY}
    blind = any(lab.unknown for lab in labs.values())

    def replace(match):
        opening, name, before, closing = match.groups()
        if name == "sommaire":
            after = before if blind else render_summary(entries, labs)
        elif name == "erreurs":
            after = render_mistakes(labs)
        elif name in known:
            entry = known[name]
            after = (before or LATER) if labs[entry.lab].unknown else render_entry(entry, labs)
        else:
            after = before
        return opening + after + closing
    return BLOCK.sub(replace, page)


def stale_blocks(page, renewed):
    """Chaque tableau qui n'est plus ce qu'il devrait être."""
    for (_, name, before, _), (_, _, after, _) in zip(BLOCK.findall(page), BLOCK.findall(renewed)):
        if before != after:
            yield f"{PAGE} : le tableau « {name} » est périmé ; pour le refaire : {WRITE}"


def compare_page(page, entries):
    """La forme de la page : numéros, balises."""
    names = sorted(entry.name for entry in entries)
    for name in IDS:
        if names.count(name) != 1:
            yield f"{PAGE} : {name} est attendu une fois, et y est {names.count(name)} fois"
    for name in sorted(set(names) - set(IDS)):
        yield f"{PAGE} : {name} n'est pas un défaut connu (IDS, dans {pathlib.Path(__file__).name})"
    for written in sorted(set(ANY_ID.findall(page)) - set(names)):
        yield f"{PAGE} : le titre de {written} n'a pas la forme « ### Dnn — titre {{#defaut-dnn}} »"
    blocks = [name for _, name, _, _ in BLOCK.findall(page)]
    if len(blocks) != page.count("<!-- généré") or len(blocks) != page.count("<!-- fin -->"):
        yield f"{PAGE} : une balise « généré » ou « fin » n'a pas sa pareille"
    for name in sorted(set(blocks) - set(names) - {"sommaire", "erreurs"}):
        yield f"{PAGE} : « généré : {name} » ne veut rien dire"
    for name in ("sommaire", "erreurs"):
        if blocks.count(name) != 1:
            yield f"{PAGE} : « généré : {name} » est attendu une fois"


def compare_notes(entries, lab):
    """Les pièges des notes d'un lab sont ceux du catalogue, sous le même titre."""
    told = {entry.name: entry.title for entry in entries.values() if entry.lab == lab.name}
    path = f"labs/{lab.name}/NOTES.fr.md"

    def heading(name):
        return f"### {name} — {told.get(name, '…')} {{#lab-{lab.name}-{name.lower()}}}"
    for name in lab.misspelt:
        yield f"{places.in_file(path, f'# {name}')} : est attendu « {heading(name)} »"
    for name in sorted(lab.traps.keys() - told.keys()):
        yield f"{places.in_file(path, f'### {name} ')} : {UNKNOWN.format(defect=name, lab=lab.name)}"
    for name in sorted(told.keys() - lab.traps.keys() - set(lab.misspelt)):
        yield f"{path} : {name} est dans docs/defauts.md ; est attendu « {heading(name)} »"
    for name in sorted(told.keys() & lab.traps.keys()):
        if told[name] != lab.traps[name]:
            yield f"{places.in_file(path, f'### {name} ')} : « {lab.traps[name]} » ; est attendu « {heading(name)} », comme dans docs/defauts.md"


def compare_tests(entries, lab):
    """Chaque test a une étape et des points, et ne nomme que des défauts de son lab ; chaque défaut a un test."""
    if lab.unknown:
        yield f"{lab.name} a des tests, mais pas de juge qui marche : make test LAB={lab.name}"
    if lab.tests is None:
        return
    for test in lab.tests:
        where = places.of_test(lab.name, test["name"])
        for name in test["defects"]:
            if name not in entries or entries[name].lab != lab.name:
                yield f"{where} : dans .defects, {UNKNOWN.format(defect=name, lab=lab.name)}"
            elif name in TEXT_ONLY:
                yield f"{where} : dans .defects, {name} est un défaut qu'aucun programme ne peut montrer"
    shown = {name for test in lab.tests for name in test["defects"]}
    for entry in entries.values():
        if entry.lab == lab.name and entry.name not in TEXT_ONLY | shown:
            yield f"{entry.place} : aucun test de tests/{lab.name} n'a {entry.name} dans son .defects"


def compare_mutants(lab):
    """Chaque test est le tueur d'un mutant, et chaque défaut montré par un test a un mutant : sans quoi, rien ne
    prouve que ce test sache échouer."""
    if lab.tests is None:
        return
    killers = {mutant.killer for mutant in lab.mutants}
    for test in lab.tests:
        if test["name"] not in killers:
            yield (f"{places.of_test(lab.name, test['name'])} : rien ne prouve que ce test sache échouer ; "
                   + MUTANT_FORM.format(lab=lab.name, test=test["name"]))
    shown = {name for test in lab.tests for name in test["defects"]}
    for name in sorted(shown - {mutant.defect for mutant in lab.mutants}):
        test = next(test["name"] for test in lab.tests if name in test["defects"])
        yield f"{places.of_test(lab.name, test)} : aucun mutant n'a le défaut {name} ; " + MUTANT_FORM.format(lab=lab.name, test=test)


def compare_commented(lab):
    """Le corrigé commenté : le test nommé à la fin de la ligne d'un défaut existe, et montre ce défaut."""
    path = pathlib.Path("solutions", lab.name, "NOTES.fr.md")
    if lab.tests is None or not path.is_file():
        return
    shown = {test["name"]: test["defects"] for test in lab.tests}
    for name, last in re.findall(r"^\| (D\d\d)\b.*\|([^|\n]*)\|$", path.read_text(encoding="utf-8"), re.M):
        for test in re.findall(r"`(\w+)`", last):
            if name not in shown.get(test, []):
                yield f"{places.in_file(path, f'`{test}`')} : {test} n'a pas {name} dans son .defects"


def complaints(page, entries, labs):
    """Tout ce qui ne concorde pas, tableaux mis à part."""
    yield from compare_page(page, entries)
    for entry in entries:
        yield from (f"{entry.place} : {complaint}" for complaint in entry.complaints(labs))
    by_name = {entry.name: entry for entry in entries}
    for lab in labs.values():
        yield from compare_notes(by_name, lab)
        yield from compare_tests(by_name, lab)
        yield from compare_mutants(lab)
        yield from compare_commented(lab)
        for mutant in lab.mutants:
            yield from mutant.complaints(by_name, lab)


def main():
    if sys.argv[1:] not in (["--check"], ["--write"]):
        print("catalogue : --check ou --write est attendu", file=sys.stderr)
        return 2
    try:
        labs = {path.parent.name: Lab(path.parent.name) for path in sorted(pathlib.Path("tests").glob("*/lab.mk"))}
    except Trouble as trouble:
        print(trouble)
        return 1
    page = PAGE.read_text(encoding="utf-8")
    entries = read_entries(page, labs)
    renewed = renew(page, entries, labs)
    found = list(complaints(page, entries, labs))
    if sys.argv[1] == "--check":
        found += stale_blocks(page, renewed)
    elif renewed != page:
        PAGE.write_text(renewed, encoding="utf-8")
    for lab in labs.values():
        if not lab.written:
            print(f"{lab.name} : pas encore de tests ; ses tableaux disent « à venir »")
    for complaint in found:
        print(complaint)
    print(f"{len(entries)} défauts au catalogue, {len(found)} désaccord{'s' if len(found) > 1 else ''}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
