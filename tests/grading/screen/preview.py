"""« make test WORK=rendus/ PREVIEW=1 » : qui est qui et ce qui est pris, avant de juger quoi que ce soit.

Les rangées douteuses viennent d'abord : une notation les redit en commençant. Rien n'est compilé, ni lancé, ni écrit.
"""

import os
import sys
import time

from tests.grading.door import naming
from tests.grading.door.person import WORDS
from tests.grading.run import plans, students
from tests.judge.command import lab_reader
from tests.judge.report import paint

SHOWN = 20
PIECES = 4


def show(work, single, labs):
    """L'aperçu entier. Statut 0 quand rien n'est douteux, 1 sinon."""
    found, reading = students.find(work, labs, single)
    plan = {"work": plans.encode(os.path.abspath(work)), "labs": lab_reader.chosen_names(), "students": found}
    looks = students.look_at(plan, labs)
    doubtful = [look for look in looks if look.doubtful]
    paper = paint.Paper(sys.stdout)
    paper.line(paper.paint(f"Aperçu : {people(len(looks))}, dont {len(doubtful)} à voir à la main. Rien n'est jugé.", "bold"))
    tell_reading(reading, paper.wrapped)
    for look in sorted(looks, key=lambda look: not look.doubtful):
        paper.blank()
        draw(paper, look)
    paper.flush()
    return 1 if doubtful else 0


def people(count):
    """« 3 personnes »."""
    return f"{count} personne{'s' if count > 1 else ''}"


def tell_reading(reading, say):
    """Ce qui a été reconnu, et ce qui est laissé de côté."""
    counts = {}
    for person in reading.people:
        counts[person.platform] = counts.get(person.platform, 0) + 1
    if any(counts):
        say("Reconnu : " + ", ".join(f"{platform or 'de simples dossiers'} ({people(count)})" for platform, count in sorted(counts.items())))
    for text in dict.fromkeys(reading.said):
        say(text + ".")
    ignored = [naming.visible(name) for name in reading.ignored]
    if ignored:
        say("Laissés de côté : " + ", ".join(ignored[:SHOWN]) + (", …" if ignored[SHOWN:] else ""))


def draw(paper, look):
    """Une personne : qui elle est, ce qui est pris, d'où, et ce qui ne l'est pas."""
    student = look.student
    who = [f"{WORDS[kind]} {value}" for kind, value in student["ids"].items()]
    who += [f"groupe « {student['group']} »"] if student["group"] else []
    who += [student["attempt"]] if student["attempt"] else []
    who += [time.strftime("remis le %d/%m/%Y à %H:%M", time.localtime(student["submitted"]))] if student["submitted"] is not None else []
    who += [f"en retard, d'après {student['platform']}"] if student["late"] else []
    paper.wrapped(paint.visible(" · ".join([student["name"], *who])), indent=2, hanging=4)
    shown = ", ".join(student["shown"][:PIECES]) + (", …" if student["shown"][PIECES:] else "")
    for (lab, place), names in look.taken.items():
        where = f" dans {place}" if place not in ("", ".") else ""
        paper.wrapped(paint.visible(f"pris pour {lab} : {', '.join(names)}{where}, de {shown}"), indent=4, hanging=6)
    if not look.taken:
        paper.wrapped(paint.visible(f"rien n'est pris de {shown or 'ce rendu'}"), indent=4, hanging=6)
    for place, why in student["left"]:
        paper.wrapped(paint.visible(f"laissé : {place} ({why})"), indent=4, hanging=6)
    for text in look.remarks:
        paper.wrapped(paint.visible(text), indent=4, hanging=6)


def tell_doubtful(looks, rename, say):
    """Au début d'une notation : les rangées douteuses, et elles seules."""
    doubtful = [look for look in looks if look.doubtful]
    if not doubtful:
        return
    say(f"À voir à la main ({len(doubtful)}), avant de commencer :")
    for look in doubtful:
        for text in look.remarks:
            say(naming.visible(rename(look.student, f"  {look.student['name']} : {text}")))
