"""Des lignes qu'un éditeur sait suivre : fichier, numéro de ligne, message. Écrites quand EDITOR_LINKS=1 le demande.

Un test manqué mène à la ligne de l'étudiant où cela se passe ou, si elle n'est pas connue, à la section des notes qu'il faut
relire ; une erreur de compilation, à la source elle-même.
Les lignes sont cherchées au moment où l'on en a besoin : aucun numéro n'est noté nulle part.
"""

import collections
import os
import re

from tests.judge.command.lab_reader import settings
from tests.judge.report.paint import visible

COMPILER = re.compile(r"^([\w.-]+\.[ch]):(\d+):(?:(\d+):)? (?:fatal )?(error|warning): (.*)$")
# L'éditeur de liens ne dit pas qu'une ligne est une erreur : c'en est toujours une.
LINKER = re.compile(r"^([\w.-]+\.[ch]):(\d+):(?:(\d+):)? ()((?:undefined reference|multiple definition) .*)$")
# Ce titre n'a pas d'ancre ; un test réservé n'en montre pas d'autre.
CONTRACT = "## Le contrat"


def wanted():
    """L'éditeur a-t-il demandé ces lignes ?"""
    return os.environ.get("EDITOR_LINKS") == "1"


def notes_of(lab):
    """Les notes d'un lab, telles que l'étudiant les a."""
    return os.path.join("labs", lab, "NOTES.fr.md")


def folder_of(work, lab):
    """Le dossier d'un lab dans un travail : sous son nom, sous labs/, ou le travail lui-même."""
    candidates = (os.path.join(work, lab), os.path.join(work, "labs", lab))
    return next((folder for folder in candidates if os.path.isdir(folder)), work)


def anchors(path):
    """{ancre: numéro de ligne} des titres d'une page, le contrat compris."""
    try:
        with open(path, encoding="utf-8") as file:
            found = [(re.search(r"^#+ .*\{#([\w-]+)\}\s*$|^(" + CONTRACT + ")$", line), number)
                     for number, line in enumerate(file, 1)]
    except OSError:
        return {}
    return {match.group(1) or match.group(2): number for match, number in found if match}


def section_line(test, lab, known):
    """La ligne de la section à relire : le premier piège montré par ce test, sinon son étape."""
    wanted_anchors = [f"lab-{lab}-{defect.lower()}" for defect in test["defects"]]
    wanted_anchors.append(f"lab-{lab}-etape-{test['step']}")
    return next((known[anchor] for anchor in wanted_anchors if anchor in known), 1)


def source_path(name, lab, folder):
    """Le fichier de l'étudiant que le compilateur appelle ainsi : dans ce lab, ou dans celui à qui il l'emprunte."""
    own = os.path.join(folder, name)
    if os.path.isfile(own):
        return own
    lender = settings(lab).get("BORROW")
    borrowed = os.path.join(os.path.dirname(folder), lender, name) if lender else own
    return borrowed if os.path.isfile(borrowed) else own


def build_lines(build, lab, folder):
    """Une ligne par erreur d'un programme qui ne se construit pas ; aucune source nommée : une, vers le contrat."""
    found = []
    message = build["message"] or ""
    for line in message.split("\n"):
        match = COMPILER.match(line) or LINKER.match(line)
        if match:
            name, number, column, kind, text = match.groups()
            found.append(f"{source_path(name, lab, folder)}:{number}:{column or 1}: {kind or 'error'}: {text}")
    if found:
        return found
    notes = notes_of(lab)
    told = [line.strip() for line in message.split("\n") if line.strip()]
    reason = next((line for line in told if "undefined reference" in line), told[0] if told else "")
    about = f"{build['program']} ne peut pas être construit" + (f" : {reason}" if reason else "")
    return [f"{notes}:{anchors(notes).get(CONTRACT, 1)}:1: error: {about}"]


def lines(run, folder):
    """Une ligne par erreur de compilation, puis une par test manqué, si elles sont demandées."""
    if not wanted():
        return []
    broken = [build for build in run["build"] if not build["ok"]]
    # Une source commune à deux programmes n'a qu'une erreur à montrer.
    found = list(dict.fromkeys(line for build in broken for line in build_lines(build, run["lab"], folder)))
    notes = notes_of(run["lab"])
    known, used = anchors(notes), collections.Counter()
    for test in run["tests"]:
        if test["status"] == "failed":
            cause = (test.get("failure") or {}).get("cause") or ""
            own = (test.get("failure") or {}).get("line")
            path, line = (source_path(own["file"], run["lab"], folder), own["number"]) if own else (notes, section_line(test, run["lab"], known))
            about = f"étape {test['step']} : {test['title']}" + (f" — {cause}" if cause else "")
            if test.get("private"):
                about, path, line = f"tests réservés : {test.get('category')}", notes, known.get(CONTRACT, 1)
            # VS Code ne garde qu'un problème par endroit : deux échecs au même endroit se suivent sur sa ligne.
            used[path, line] += 1
            found.append(f"{path}:{line}:{used[path, line]}: warning: {about}")
    return [visible(line) for line in found]
