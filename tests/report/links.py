"""Des lignes qu'un éditeur sait suivre : fichier, numéro de ligne, message. Écrites quand EDITOR_LINKS=1 le demande.

Un test manqué mène à la section des notes qu'il faut relire ; une erreur de compilation, à la source elle-même.
Les lignes sont cherchées au moment où l'on en a besoin : aucun numéro n'est noté nulle part.
"""

import os
import re

from paint import visible

COMPILER = re.compile(r"^([\w.-]+\.[ch]):(\d+):(?:(\d+):)? (?:fatal )?(error|warning): (.*)$")
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


def lines(run, folder):
    """Une ligne par erreur de compilation, puis une par test manqué, si elles sont demandées."""
    if not wanted():
        return []
    found = []
    for build in run["build"]:
        for line in (build["message"] or "").split("\n") if not build["ok"] else []:
            match = COMPILER.match(line)
            if match:
                name, number, column, kind, message = match.groups()
                text = f"{os.path.join(folder, name)}:{number}:{column or 1}: {kind}: {message}"
                found += [text] if text not in found else []
    notes = notes_of(run["lab"])
    known = anchors(notes)
    for test in run["tests"]:
        if test["status"] == "failed":
            cause = (test.get("failure") or {}).get("cause") or ""
            line = section_line(test, run["lab"], known)
            about = f"étape {test['step']} : {test['title']}" + (f" — {cause}" if cause else "")
            if test.get("private"):
                about, line = f"tests réservés : {test.get('category')}", known.get(CONTRACT, 1)
            found.append(f"{notes}:{line}:1: warning: {about}")
    return [visible(line) for line in found]
