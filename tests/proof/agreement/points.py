"""Ce que les tests et lab.mk disent d'un lab doit être ce que disent ses notes : points, étapes, défauts, titres.

points.py LAB…

Chaque plainte dit le fichier, la ligne, et la ligne attendue.
"""

import json
import pathlib
import re
import subprocess
import sys

from tests.proof.agreement import places
from tests.proof.agreement.catalogue import TEXT_ONLY
from tests.judge.command import lab_reader
from tests.judge.report import scale

FENCE = re.compile(r"^(```|~~~)")
HEADING = re.compile(r"(#+) +(.*)")
STEP = re.compile(r"#+ +[EÉeé]tape +(\d+)\b")
TRAP = re.compile(r"### (D\d\d) — .+ \{#([\w-]+)\}")
ANCHOR = re.compile(r"\{#([\w-]+)\}$")
# Les titres que d'autres commandes montrent : make test et l'éditeur, make hint, make debug-server.
SECTIONS = ("## Le contrat", "## Questions de compréhension", "## Déboguer")
# Ce que « Déboguer » nomme au moins ; les notes du lab 01 disent comment s'en servir.
DEBUGGERS = ("`make debug-server`", "`make strace`")


class Page:
    """Une page de notes : ses titres, avec leur ligne."""

    def __init__(self, *path):
        self.path = pathlib.Path(*path)
        self.text = self.path.read_text(encoding="utf-8")
        self.headings, fenced = [], False
        for number, line in enumerate(self.text.split("\n"), 1):
            if FENCE.match(line):
                fenced = not fenced
            elif not fenced and HEADING.match(line):
                self.headings.append((number, line))

    def at(self, number):
        return f"{self.path}:{number}"

    def matching(self, pattern):
        """(ligne, correspondance) des titres de cette forme."""
        return [(number, match) for number, line in self.headings if (match := pattern.match(line))]


def listing(lab):
    """Les tests du lab, tels que le juge les dit."""
    output = subprocess.run([f"build/tests/{lab}/judge", "--list"], check=True, capture_output=True).stdout
    run = json.loads(output)
    # Les tests réservés s'ajoutent aux 20 points, et les notes n'en disent rien.
    run["tests"] = [test for test in run["tests"] if not test.get("private")]
    return run


def french(number):
    """Un nombre écrit à la française."""
    return f"{number:g}".replace(".", ",")


def step_heading(lab, number, run):
    """Le titre que les notes doivent donner à cette étape."""
    points = sum(test["points"] for test in run["tests"] if test["step"] == number)
    worth = f"{french(points)} point{'s' if points >= 2 else ''}" if number else "sans point"
    return f"## Étape {number} — {lab.steps[number]} ({worth}) {{#lab-{lab.name}-etape-{number}}}"


def compare_steps(lab, run, page):
    """Chaque étape : même titre, mêmes points, même ancre."""
    told = {int(match[1]): (number, match.string) for number, match in page.matching(STEP)}
    for step in range(len(lab.steps)):
        wanted = step_heading(lab, step, run)
        why = f"(titre : {places.of_setting(lab.name, f'STEP_{step}')} ; points : la somme des tests de l'étape)"
        if step not in told:
            yield f"{page.at(1)} : il y manque le titre « {wanted} » {why}"
        elif told[step][1] != wanted:
            yield f"{page.at(told[step][0])} : « {told[step][1]} » ; est attendu « {wanted} » {why}"
    for extra in sorted(told.keys() - set(range(len(lab.steps)))):
        yield f"{page.at(told[extra][0])} : {places.of_setting(lab.name, 'STEP_1')} et les suivantes n'ont pas « STEP_{extra} := … »"


def compare_tests(lab, run):
    """Vingt points en tout, aucun à l'étape 0, et chaque test à une étape qui existe ; une étape sans test n'apprend rien."""
    total = sum(test["points"] for test in run["tests"])
    if abs(total - 20) > 1e-9:
        yield (f"tests/{lab.name} : les tests valent {french(total)} points, et non 20 : changez les « .points = … » de "
               + ", ".join(places.of_test(lab.name, test["name"]) for test in run["tests"]))
    for test in run["tests"]:
        if (test["step"] == 0) != (test["points"] == 0):
            yield (f"{places.of_test(lab.name, test['name'])} : .step = {test['step']}, .points = {french(test['points'])} ; les tests de "
                   "l'étape 0, et eux seuls, ne valent aucun point")
        if test["step"] not in range(len(lab.steps)):
            yield (f"{places.of_test(lab.name, test['name'])} : .step = {test['step']}, et tests/{lab.name}/lab.mk n'a pas "
                   f"« STEP_{test['step']} := … »")
    for step in range(len(lab.steps)):
        if step not in {test["step"] for test in run["tests"]}:
            yield f"{places.of_setting(lab.name, f'STEP_{step}')} : aucun test n'est de cette étape (.step = {step})"


def compare_scale(lab, run):
    """Un barème (SCALE=) nomme les tests d'après leurs sources : ce qu'il y lit est ce que dit le juge."""
    told = {test["name"]: (test["step"], test["points"]) for test in run["tests"]}
    read = scale.Lab(lab.name).public
    for name in sorted(told.keys() ^ read.keys()):
        where = "n'est que dans" if name in read else "manque à"
        yield f"tests/{lab.name} : {name} {where} ce qu'un barème en lit (tests/judge/report/scale.py)"
    for name in sorted(told.keys() & read.keys()):
        if told[name] != read[name]:
            yield f"{places.of_test(lab.name, name)} : étape et points {told[name]} ; un barème y lit {read[name]}"


def compare_defects(lab, run, page):
    """Chaque défaut montré par un test a sa section, et l'inverse."""
    told = {match[1]: (number, match[2]) for number, match in page.matching(TRAP)}
    tests = {defect: test["name"] for test in run["tests"] for defect in test["defects"]}
    for defect in sorted(tests.keys() - told.keys()):
        yield (f"{places.of_test(lab.name, tests[defect])} : .defects nomme {defect}, et {page.path} n'a pas de titre "
               f"« ### {defect} — … {{#lab-{lab.name}-{defect.lower()}}} » ; un test qui ne montre aucun défaut de docs/defauts.md "
               "n'a pas de .defects")
    for defect in sorted(told.keys() - tests.keys() - TEXT_ONLY):
        yield f"{page.at(told[defect][0])} : aucun test n'a {defect} dans son .defects"
    for defect, (number, anchor) in told.items():
        if anchor != f"lab-{lab.name}-{defect.lower()}":
            yield f"{page.at(number)} : l'ancre est {anchor} ; est attendue {{#lab-{lab.name}-{defect.lower()}}}"


def compare_titles(lab, page, correction):
    """Le titre de chaque page est celui du lab ; les sections que nomment nos commandes sont là."""
    name = f"Lab {lab.name[:2]} — "
    if page.headings[:1] != [(1, f"# {name}{lab.title} {{#lab-{lab.name}}}")]:
        yield (f"{page.at(1)} : est attendu « # {name}{lab.title} {{#lab-{lab.name}}} » (titre : {places.of_setting(lab.name, 'TITLE')})")
    if not correction.headings or not re.fullmatch(rf"# {name}.+ \{{#solution-{lab.name}\}}", correction.headings[0][1]):
        yield f"{correction.at(1)} : est attendu « # {name}… {{#solution-{lab.name}}} »"
    for section in SECTIONS:
        if not any(line == section or line.startswith(section + " {#") for _, line in page.headings):
            yield f"{page.at(1)} : il y manque le titre « {section} »"
    for command in DEBUGGERS:
        if command not in page.text:
            yield (f"{page.at(1)} : « Déboguer » doit nommer {command} ; une ligne suffit, avec un renvoi aux notes du lab 01 "
                   "(#lab-01-tcp-deboguer)")


def compare_levels(page):
    """Un titre n'en saute pas un : la documentation refuserait la page."""
    level = 0
    for number, line in page.headings:
        own = len(HEADING.match(line)[1])
        if own > level + 1:
            yield f"{page.at(number)} : « {line} » ne suit aucun titre en « {'#' * (own - 1)} » ; il en faut un avant"
        level = own


def compare_anchors(pages):
    """Une ancre n'est qu'à un titre, dans toute la documentation."""
    known = {}
    for page in pages:
        for number, line in page.headings:
            anchor = ANCHOR.search(line)
            if anchor and anchor[1] in known:
                yield f"{page.at(number)} : l'ancre {{#{anchor[1]}}} est déjà celle de {known[anchor[1]]} ; une autre est attendue"
            elif anchor:
                known[anchor[1]] = page.at(number)


def complaints(lab, page, correction):
    """Tout ce qui ne concorde pas dans un lab."""
    run = listing(lab.name)
    yield from compare_tests(lab, run)
    yield from compare_scale(lab, run)
    yield from compare_titles(lab, page, correction)
    yield from compare_steps(lab, run, page)
    yield from compare_defects(lab, run, page)
    yield from compare_levels(page)
    yield from compare_levels(correction)


def main():
    labs = [lab_reader.Lab(name) for name in sys.argv[1:]]
    pages = [(Page("labs", lab.name, "NOTES.fr.md"), Page("solutions", lab.name, "NOTES.fr.md")) for lab in labs]
    found = [complaint for lab, both in zip(labs, pages) for complaint in complaints(lab, *both)]
    found += compare_anchors([page for both in pages for page in both])
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
