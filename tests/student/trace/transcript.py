"""Dessine le récit d'un test : ce que le juge a fait, ce que le programme a répondu, et où cela s'est arrêté.

transcript.py SORTIE RÉSULTATS…        TEST, dans l'environnement, choisit les tests ; les manqués d'abord
"""

import fnmatch
import json
import os
import sys

from tests.student.trace.draw import draw_msc
from tests.student.trace.draw import draw_page
from tests.student.trace.draw import draw_text
from tests.student.trace import publish
from tests.student.trace.draw import wording
from tests.student.trace.draw.ladder import Column, Ladder, Row
from tests.student.trace.trace import seen_from, show

from tests.judge.report import story
from tests.judge.report.reserved import is_private, revealed

MOST_TESTS = 5
LABEL = 110
OWN = "votre "
INTRO = """<p>Le récit de ce test, tel que le juge l'a noté. Une flèche va de qui agit à qui reçoit ; les instants sont comptés
depuis le début du test. « votre … » est votre programme ; tous les autres sont joués par le juge.</p>"""


def chosen(paths, pattern):
    """Les tests demandés, avec leur lab : ceux qui ont échoué, ou tous si aucun n'a échoué."""
    found = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            run = json.load(file)
        found += [(run, test) for test in run["tests"] if fnmatch.fnmatchcase(test["name"], pattern) and test["transcript"]
                  and (revealed() or not is_private(test))]
    return [one for one in found if one[1]["status"] == "failed"] or found


def cut(text):
    """Une phrase de longueur raisonnable : le milieu des longues suites d'octets importe peu."""
    return text if len(text) <= LABEL else f"{text[:LABEL // 2]} … {text[-LABEL // 2:]}"


def columns(transcript):
    """Le programme jugé à droite, les rôles du juge à gauche."""
    names = list(dict.fromkeys(event["actor"] for event in transcript))
    peers = [name for name in names if not name.startswith(OWN)] or ["juge"]
    own = [name for name in names if name.startswith(OWN)] or ["votre programme"]
    tints = {name: index for index, name in enumerate((name for name in peers if name != "juge"), 1)}
    return {name: Column(name, tints.get(name, 0)) for name in peers + own}


def partner(name, known):
    """À qui parle cet acteur : au programme jugé, s'il est du juge ; sinon au premier rôle du juge."""
    own = [column for column in known.values() if column.name.startswith(OWN)]
    peers = [column for column in known.values() if not column.name.startswith(OWN)]
    if not name.startswith(OWN):
        return next((column for column in own if column.name.endswith("serveur")), own[0])
    return next((column for column in peers if column.name != "juge"), peers[0])


def row(event, known):
    """Un événement du récit."""
    column = known[event["actor"]]
    other = partner(event["actor"], known)
    time, text = event["ms"] / 1000, wording.plain(cut(event["text"]))
    details = [("en entier", event["text"])] if len(event["text"]) > LABEL else []
    tint = column.tint or other.tint
    if event["verb"] == "→":
        return Row("packet", time, text, tint, source=column, target=other, details=details)
    if event["verb"] == "←":
        return Row("packet", time, text, tint, source=other, target=column, details=details)
    return Row("note", time, text, column.tint, column=column, details=details, bad=event["verb"] == "!")


def verdict(run, test):
    """Ce que le juge en a conclu."""
    failure = test["failure"]
    if not failure:
        return ["Ce test est réussi."] if test["status"] == "passed" else []
    found = [failure["summary"]]
    found += [f"{name} : {failure[key]}" for name, key in (("attendu", "expected"), ("reçu", "received")) if failure[key]]
    found += [f"cause probable : {failure['cause']}"] if failure["cause"] else []
    found += [f"votre ligne : {story.source_line(failure)}"] if failure.get("line") else []
    return found + ([f"à relire : {story.chapter(run, test)}"] if failure["advice"] else [])


def draw(run, test, folder):
    """Le texte, le dessin et la page d'un test."""
    known = columns(test["transcript"])
    rows = [row(event, known) for event in test["transcript"]]
    ladder = Ladder(wording.plain(f"{run['lab']} · {test['title']} ({test['name']})"), list(known.values()), rows,
                    [wording.plain(line) for line in verdict(run, test)])
    ladder.start = 0.0
    with publish.workshop(folder, lambda name: False) as made:
        for name, content in (("echange.txt", draw_text.draw(ladder)), ("echange.msc", draw_msc.source(ladder))):
            write(made, name, content)
        drawing = draw_msc.svg(os.path.join(made, "echange.msc"), ladder.title)
        write(made, "echange.svg", draw_msc.standalone(drawing))
        write(made, "index.html", draw_page.page(ladder, drawing, INTRO, ""))
    show(ladder)
    folder = seen_from(folder)
    print(f"Page : {folder}/index.html\nDessin : {folder}/echange.svg")


def write(folder, name, content):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(content)


def main():
    output, *paths = sys.argv[1:]
    tests = chosen(paths, os.environ.get("TEST", "*"))
    if not tests:
        print("trace : ce test n'a rien à raconter (pas essayé, ou gardé pour la correction) ; « make test » dit pourquoi.",
              file=sys.stderr)
        return 1
    for run, test in tests[:MOST_TESTS]:
        draw(run, test, os.path.join(output, f"{run['lab']}-{test['name']}"))
    if len(tests) > MOST_TESTS:
        print(f"trace : {len(tests) - MOST_TESTS} autres tests ne sont pas dessinés ; nommez-en un avec TEST=.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
