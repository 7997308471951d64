"""« make progress » : les étapes et les points de chaque lab, et par où continuer.

Montre les derniers résultats, sans rien juger ; dit ce qui a changé depuis plutôt que de mentir.
"""

import os
import sys

from tests.judge.report import ahead
from tests.student import student_work
from tests.judge.report import results
from tests.judge.report import scale
from tests.student.sheet import Sheet

NOT_JUDGED = "pas encore jugé"


def number(value):
    return results.format_number(value)


def mark(sheet, tests):
    """Le signe d'une étape : finie, commencée, à faire."""
    if ahead.is_done(tests):
        return sheet.paint("✓", "green")
    if any(test["status"] == "passed" for test in tests):
        return sheet.paint("◐", "yellow")
    return sheet.paint("·", "dim")


def draw_step(sheet, step, tests, bar, judged=True):
    """Une ligne : signe, titre, barre, points."""
    part = {"tests": tests}
    if not judged:
        part = {"tests": [dict(test, status="pending") for test in tests]}
    points = results.score(part)
    room = sheet.width - bar - 18
    if room < 4:  # ni titre ni barre : les points d'abord
        sheet.line(f"  {mark(sheet, tests) if judged else '·'} {'' if step.get('private') else str(step['number']) + '. '}{points}")
        return
    title = sheet.pad(step["title"] if step.get("private") else f"{step['number']}. {step['title']}", room)
    sheet.line(f"  {mark(sheet, tests) if judged else sheet.paint('·', 'dim')} {title} "
               f"{sheet.bar(results.share(part), bar)} {points:>11}")


def bar_length(sheet):
    return 10 if sheet.width >= 72 else 6 if sheet.width >= 56 else 4


def draw_lab(sheet, lab, run, reason):
    """Un lab : sa note, ses étapes ; rend ses résultats, où rien n'est gagné s'il n'a jamais été jugé, ou None."""
    judged = run is not None
    run = run or student_work.listing(lab)
    sheet.blank()
    if run is None:
        sheet.wrapped(f"{lab.name} · {lab.title} : {NOT_JUDGED}")
        return None
    note = f"{number(results.mark(run))} / {results.out_of(run)}" if judged else NOT_JUDGED
    if run.get("partial"):
        note += ", en partie jugé"
    if run.get("weight", 1.0) != 1:
        note += f", coefficient {number(run['weight'])}"
    title = sheet.pad(f"{lab.name} · {lab.title}", sheet.width - len(note) - 1)
    sheet.line(sheet.paint(title, "bold") + " " + sheet.paint(note, "green" if judged and results.is_full(run) else "yellow"))
    for step, tests in ahead.steps(run):
        draw_step(sheet, step, tests, bar_length(sheet), judged)
    if judged and reason and not run.get("partial"):
        sheet.wrapped(sheet.paint("Attention", "yellow") + f" : {reason}. Ce qui n'a pas été rejugé a ses points d'avant ; pour les vrais : "
                      + student_work.command(lab, "test"), indent=2)
    return run


def draw_total(sheet, runs):
    """Tous les labs ensemble, chacun à son poids."""
    share = results.mean(runs) / results.out_of(runs[0])
    most = results.out_of(runs[0]) * len(runs)
    text = f"{number(share * most)} / {most}"
    sheet.blank()
    sheet.line(f"  Ensemble {sheet.bar(share, sheet.width - len(text) - 13)} {text}")


def first_open(run):
    """(étape, ses tests) : la première qui n'est pas finie, ou None."""
    return next(((step, tests) for step, tests in ahead.steps(run) if not ahead.is_done(tests)), None)


def categories(tests):
    """Ce que l'on peut dire des tests réservés qui restent : leurs catégories."""
    return ", ".join(sorted({test["category"] for test in tests if test["status"] not in ("passed", "skipped")}))


def draw_left(sheet, lab, step, tests):
    """Ce qui reste dans l'étape en cours, et les commandes qui aident."""
    if step.get("private"):
        sheet.wrapped(f"{lab.name} : il ne reste que des tests réservés ({categories(tests)}). « Le contrat », dans les notes, "
                      "dit tout ce qu'ils vérifient.", indent=2)
        return
    left = [test for test in tests if test["status"] not in ("passed", "skipped")]
    many = f"{len(left)} tests restent" if len(left) > 1 else "un test reste"
    sheet.wrapped(f"À faire maintenant : {lab.name}, étape {step['number']}, « {step['title']} ». {many.capitalize()}, "
                  f"d'abord « {left[0]['title']} ».", indent=2)
    sheet.blank()
    helps = [(student_work.command(lab, "test", f"STEP={step['number']}"), "ce que voit le juge"),
             (student_work.command(lab, "hint"), "un indice, puis un plus précis"),
             (student_work.command(lab, "watch"), "rejuger à chaque enregistrement")]
    longest = max(len(command) for command, _ in helps)
    for command, why in helps:
        fits = longest + len(why) + 5 <= sheet.width
        sheet.line("  " + sheet.paint(command, "bold") + (" " * (longest + 3 - len(command)) + why if fits else ""))


def draw_next(sheet, labs, runs):
    """Par où continuer : la première étape ouverte du premier lab inachevé."""
    sheet.blank()
    here = os.environ.get("FROM_LAB")
    if here in runs and runs[here] is not None and first_open(runs[here]) is None and len(labs) > 1:
        sheet.wrapped(f"Tous les points de {here} sont là : bravo !", indent=2)
    # Celui du dossier où l'on est passe avant les autres, puis ceux qui le suivent.
    for lab in sorted(labs, key=lambda lab: (lab.name != here, lab.name < (here or ""))):
        run = runs[lab.name]
        if run is None:
            sheet.wrapped(f"À faire maintenant : {lab.name}. Ouvrez {lab.notes()}, puis :", indent=2)
            sheet.line("  " + sheet.paint(student_work.command(lab, "test"), "bold"))
            return
        current = first_open(run)
        if current:
            draw_left(sheet, lab, *current)
            return
    sheet.wrapped("Tous les points sont là : bravo ! Les « Questions de compréhension », à la fin des notes, attendent "
                  "vos réponses.", indent=2)


def main():
    labs = student_work.locate()
    sheet = Sheet(sys.stdout)
    runs = {lab.name: student_work.known_run(lab) for lab in labs}
    drawn = [draw_lab(sheet, lab, runs[lab.name], student_work.outdated(lab)) for lab in labs]
    known = [run for run in drawn if run]
    if len(labs) > 1 and len(known) == len(labs):
        draw_total(sheet, known)
    if known and known[0].get("scale"):
        sheet.blank()
        sheet.wrapped(scale.sentence(known[0]), indent=2)
    draw_next(sheet, labs, runs)
    sheet.line("")
    legend = "  ".join(("✓ étape finie", "◐ commencée", "· à faire"))
    sheet.line("  " + sheet.paint(legend, "dim"))
    sheet.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
