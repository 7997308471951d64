"""Le squelette jugé : zéro point exactement, chaque test dit pourquoi, et chaque source se lit comme un plan.

skeleton.py RÉSULTATS DOSSIER
"""

import json
import pathlib
import re
import sys

from tests.handout import csource
from tests.proof.agreement import places

SECTION = re.compile(r"^// --- (?:Étape (\d+)|[^\n-]+)", re.M)
TODO = re.compile(r"// TODO \((?:étape (\d+)|facultatif)")
WALL = re.compile(r"^ *\(void\)\w+;", re.M)


def complaints(run, folder):
    """Ce qui ne va pas dans ce squelette."""
    if run["problems"]:
        yield f"le juge a eu des ennuis : {run['problems']}"
    for test in run["tests"]:
        if test["status"] == "passed":
            yield f"{test['name']} est réussi par un squelette vide"
    for build in run["build"]:
        if not build["ok"]:
            yield f"{build['program']} ne se construit pas : {build['message']}"
    for source in sorted(folder.glob("*.c")):
        yield from complaints_of_source(source, source.read_text(encoding="utf-8"))


def complaints_of_source(source, text):
    """Une source : des parties dans l'ordre des étapes ; dans chaque fonction à écrire, un TODO et un seul, à sa place."""
    if "TODO" not in text:
        yield f"{source} : rien n'y dit ce qu'il y a à faire ; « // TODO (étape N) : … » est attendu dans chaque fonction à écrire"
    for wall in WALL.finditer(text):
        yield f"{source}:{places.line_of(text, wall.start())} : « {wall[0].strip()} » est de trop : aucun avertissement ne le demande"
    sections = [(match.start(), match[1] and int(match[1])) for match in SECTION.finditer(text)]
    steps = [step for _, step in sections if step is not None]
    if steps != sorted(steps):
        yield f"{source} : les parties « // --- Étape N » sont dans le désordre : {steps}"
    for name, start, todos in todos_by_function(text):
        where = f"{source}:{places.line_of(text, start)}"
        section = next((step for at, step in reversed(sections) if at < start), None)
        if len(todos) > 1:
            yield f"{where} : {name}() a {len(todos)} TODO ; un seul est attendu, d'une phrase"
        elif todos and section is not None and todos[0] not in (section, None):
            yield f"{where} : {name}() est sous « Étape {section} », et son TODO dit « étape {todos[0]} »"


def todos_by_function(text):
    """[(fonction, sa place, [l'étape de chacun de ses TODO])]."""
    starts = sorted((body_start(text, name), name) for name in csource.functions(text))
    for (start, name), end in zip(starts, [start for start, _ in starts[1:]] + [len(text)]):
        yield name, start, [step and int(step) for step in TODO.findall(text[start:end])]


def body_start(text, name):
    """Où commence la ligne qui définit cette fonction, et non celle qui l'annonce."""
    return re.search(rf"(?m)^\w[^\n;]*[ *]{name}\([^;{{]*\)\n\{{", text).start()


def main():
    run = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = list(complaints(run, pathlib.Path(sys.argv[2])))
    for complaint in found:
        print(f"{run['lab']} : {complaint}")
    print(f"{run['lab']} : {run['points']} point, jugé en {run['duration_ms']} ms")
    return 1 if found or run["points"] != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
