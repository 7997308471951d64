"""« make hint » : un indice pour la première étape qui échoue, puis un plus précis à chaque demande.

STEP= en demande une autre. Les derniers résultats servent s'ils valent encore ; sinon le lab est jugé d'abord.
"""

import os
import sys

from tests.judge.report import ahead
from tests.judge.command import lab_reader
from tests.student import hints
from tests.student import student_work
from tests.judge.report import story
from tests.student.progress import categories, first_open
from tests.student.sheet import Sheet


def fresh_run(lab):
    """Les résultats d'aujourd'hui : ceux du dernier jugement, ou un nouveau."""
    reason = student_work.outdated(lab)
    if not reason:
        return student_work.last_run(lab)
    print(f"Un instant : je juge d'abord votre travail ({reason}).", file=sys.stderr, flush=True)
    run = student_work.judge(lab)
    if run is None:
        student_work.die("hint", "le juge n'a pas pu travailler ; « " + student_work.command(lab, "test") + " » dira pourquoi")
    return run


def wanted_step(run):
    """L'étape demandée par STEP, ou la première ouverte ; None si tout est réussi."""
    if not os.environ.get("STEP"):
        return first_open(run)
    number = int(os.environ["STEP"])
    for step, tests in ahead.steps(run):
        if step["number"] == number and not step.get("private"):
            return step, tests
    numbers = ", ".join(str(step["number"]) for step, _ in ahead.steps(run) if not step.get("private"))
    student_work.die("hint", f"STEP={number} : ce lab n'a pas cette étape (il y a : {numbers})")


def congratulate(sheet, lab, run, step):
    """Tout est réussi, ou l'étape demandée l'est : le dire, et montrer la suite."""
    sheet.blank()
    if step:
        sheet.wrapped(sheet.paint("✓", "green") + f" L'étape {step['number']}, « {step['title']} », est réussie : "
                      "bravo, elle n'a plus besoin d'indice.", indent=2)
        left = first_open(run)
        if left:
            sheet.wrapped(f"La prochaine : l'étape {left[0]['number']}, « {left[0]['title']} ».", indent=2)
            sheet.line("  " + sheet.paint(student_work.command(lab, "hint"), "bold"))
            return
    else:
        sheet.wrapped(sheet.paint("✓", "green") + f" Tous les points de {lab.name} sont là : bravo !", indent=2)
    sheet.blank()
    sheet.wrapped(f"Pour aller plus loin : les « Questions de compréhension », à la fin de {lab.notes()}. "
                  "Répondez-y sans l'ordinateur, puis vérifiez par une expérience.", indent=2)
    following = lab_reader.following(lab.name)
    if following:
        sheet.wrapped(f"Puis le lab suivant : labs/{following}/NOTES.fr.md.", indent=2)


def tell_broken_build(sheet, lab, run):
    """Un programme qui ne compile pas : c'est de cela qu'il faut parler d'abord."""
    sheet.blank()
    sheet.wrapped("Avant tout indice : votre programme ne se construit pas. Lisez la première erreur, elle seule ; les "
                  "suivantes viennent souvent d'elle.", indent=2)
    story.tell_build(sheet, run)
    sheet.blank()
    sheet.wrapped("Le nombre après le nom du fichier est celui de la ligne. Corrigez, puis :", indent=2)
    sheet.line("  " + sheet.paint(student_work.command(lab, "hint"), "bold"))


def roots(run, test):
    """Les tests d'où vient l'échec de celui-ci : lui-même, ou ceux dont il a besoin et qui manquent."""
    known = {other["name"]: other for other in run["tests"]}
    missing = [known[name] for name in test["needs"]
               if name in known and known[name]["status"] not in ("passed", "skipped")]
    return [root for other in missing for root in roots(run, other)] or [test]


def awaited_step(run, step, tests):
    """(étape, ses tests) : celle que tout ce qui reste dans celle-ci attend, si elle vient après ; ou None."""
    left = [test for test in tests if test["status"] not in ("passed", "skipped")]
    first = min((root["step"] for test in left for root in roots(run, test)), default=step["number"])
    if first <= step["number"]:
        return None
    return next(((other, found) for other, found in ahead.steps(run) if other["number"] == first), None)


def give(sheet, lab, step, tests, memory):
    """L'indice suivant de cette étape."""
    try:
        texts, print_ = hints.load(lab.name, step["number"])
    except (OSError, hints.Malformed):
        student_work.die("hint", f"cette étape n'a pas d'indices ({hints.path_of(lab.name, step['number'])})")
    given = memory.level(step["number"], print_)
    level = min(given + 1, len(texts))
    failing = next(test for test in tests if test["status"] not in ("passed", "skipped"))
    sheet.blank()
    sheet.line(sheet.paint(f"{lab.name} · étape {step['number']} · {step['title']}", "bold"))
    sheet.wrapped(f"Premier test à réussir : « {failing['title']} »", indent=2)
    sheet.blank()
    sheet.line("  " + sheet.paint(f"Indice {level} sur {len(texts)} — {hints.LEVELS[level - 1]}", "cyan", "bold"))
    sheet.prose(texts[level - 1])
    sheet.blank()
    advice, command = after(lab, step, level, given, len(texts))
    sheet.wrapped(advice, indent=2)
    sheet.line("  " + sheet.paint(command, "bold"))
    memory.note(step["number"], print_, level)


def after(lab, step, level, given, count):
    """(que faire de cet indice, la commande à taper)."""
    number = f"STEP={step['number']}"
    if level < count:
        again = student_work.command(lab, "hint", *([number] if os.environ.get("STEP") else []))
        return "Essayez d'abord avec celui-ci. Pour un indice plus précis :", again
    known = "Vous avez déjà tous les indices de cette étape." if given == count else "C'était le dernier indice."
    return known + " Le récit du juge en dit davantage :", student_work.command(lab, "test", number)


def main():
    lab = student_work.the_lab("hint")
    run = fresh_run(lab)
    sheet = Sheet(sys.stdout)
    memory = hints.Memory(lab.base)
    for step, tests in ahead.steps(run):
        if ahead.is_done(tests):
            memory.forget(step["number"])
    current = wanted_step(run)
    if current is None or ahead.is_done(current[1]):
        congratulate(sheet, lab, run, current[0] if current else None)
    elif any(not build["ok"] for build in run["build"]):
        tell_broken_build(sheet, lab, run)
    elif current[0].get("private"):
        sheet.blank()
        sheet.wrapped(f"Il ne reste que des tests réservés ({categories(current[1])}) : ceux-là n'ont pas d'indices. Relisez "
                      "« Le contrat », dans les notes : il dit tout ce qu'ils vérifient.", indent=2)
    else:
        awaited = None if os.environ.get("STEP") else awaited_step(run, *current)
        if awaited:
            sheet.blank()
            sheet.wrapped(f"Ce qui reste à l'étape {current[0]['number']} attend l'étape {awaited[0]['number']} : passez à "
                          "celle-ci.", indent=2)
        give(sheet, lab, *(awaited or current), memory)
    memory.save()
    sheet.line("")
    sheet.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
