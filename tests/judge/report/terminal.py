"""Le rapport lu par l'étudiant, en français, et le statut de « make test ».

terminal.py --work W [options] -- RÉSULTATS…      statut : 0 tous les points, 1 il en manque, 2 ennui du juge
"""

import os
import sys

from tests.judge.report import ahead
from tests.judge.report import compiler
from tests.judge.report import editor_lines
from tests.judge.report import options
from tests.judge.report import reserved
from tests.judge.report import results
from tests.judge.report import scale
from tests.judge.report import story
from tests.judge.report.paint import Paper, columns, visible

MARKS = {"passed": "✓", "failed": "✗", "not_run": "–", "skipped": "○", "broken": "?"}
COLORS = {"passed": "green", "failed": "red", "not_run": "dim", "skipped": "dim", "broken": "yellow"}
BAR, SHORT_BAR = 10, 4
TITLE = 46
# Au-delà, les échecs suivants tiennent en une ligne : on ne corrige qu'une chose à la fois.
FULL_STORIES = 3


def report_lab(paper, run, request):
    """Le rapport d'un lab : étapes, compilation, échecs, remarques."""
    paper.blank()
    paper.line(paper.paint(f"{run['lab']} · {run['title']}", "bold"))
    paper.blank()
    report_steps(paper, run, request)
    story.tell_build(paper, run)
    story.tell_failures(paper, run, request, FULL_STORIES)
    for remark in run["remarks"]:
        paper.wrapped("Remarque : " + remark, indent=2)
    report_borrowed(paper, run, request)
    compiler.tell_warnings(paper, run.get("warnings", []))
    report_network(paper, run)
    if not request.narrowed and not any(test["status"] == "passed" for test in run["tests"]):
        encourage(paper, run, request)
    else:
        report_next(paper, run, request)


def report_steps(paper, run, request):
    """Une ligne par étape : barre, points, une marque par test."""
    steps = [(step["title"] if step.get("private") else f"Étape {step['number']}  {step['title']}",
              [test for test in run["tests"] if test["step"] == step["number"]]) for step in run["steps"]]
    steps = [(title, tests) for title, tests in steps if tests]
    longest = max([TITLE, *(columns(title) for title, _ in steps)])
    most = max([0, *(len(tests) for _, tests in steps)])
    # Un long titre raccourcit les barres, jamais l'inverse ; dans une fenêtre étroite, il a sa ligne.
    length = min(BAR, max(SHORT_BAR, paper.width - longest - most - 16))
    narrow = longest + length + most + 16 > paper.width
    for title, tests in steps:
        part = {"tests": tests}
        bar = paper.bar(results.share(part), length)
        marks = "".join(paper.paint(MARKS[test["status"]], COLORS[test["status"]]) for test in tests)
        points = "préalable" if all(story.is_borrowed(test, request) for test in tests) else results.score(part)
        if narrow:
            paper.wrapped(title, indent=2, hanging=11)
            paper.line(f"    {bar} {points:>10}  {marks}")
        else:
            paper.line(f"  {paper.pad(title, longest)} {bar} {points:>10}  {marks}")
        if os.environ.get("DETAIL") == "1":
            report_each(paper, tests)


def report_each(paper, tests):
    """Chaque test de l'étape : sa marque, son titre, son nom."""
    for test in tests:
        mark = paper.paint(MARKS[test["status"]], COLORS[test["status"]])
        name = "" if story.is_masked(test) else "  " + paper.paint(f"TEST={test['name']}", "dim")
        paper.line(f"    {mark} {test['title']}{name}")


def report_borrowed(paper, run, request):
    """Après un échec : une partie du programme vient d'un autre lab, et c'est peut-être elle."""
    if not run.get("borrowed") or not any(test["status"] == "failed" for test in run["tests"]):
        return
    lender, source = run["borrowed"][:2]
    paper.wrapped(f"Ce lab emploie votre {source}, écrit dans {lender}. Si un échec vous semble venir de là, il s'éprouve seul :",
                  indent=2)
    paper.line("  " + paper.paint(request.command({"lab": lender}), "bold"))


def report_network(paper, run):
    """Dit que les tests ont partagé le réseau de la machine, quand c'est le cas."""
    network = run.get("network") or {}
    if network.get("isolated", True):
        return
    paper.wrapped(network.get("note") or "Réseau commun : cette machine ne permet pas d'isoler chaque test.",
                  indent=2)


def encourage(paper, run, request):
    """Rien n'est encore gagné : dire par où commencer, pas ce qui manque."""
    first = run["steps"][0] if run["steps"] else None
    if first is None:
        return
    paper.blank()
    missing = [build["program"] for build in run["build"] if not build["ok"]]
    if missing:
        paper.wrapped(f"Pour commencer : faire compiler {' et '.join(missing)}. Aucun test ne peut être essayé sans cela ; "
                      "la première erreur du compilateur est plus haut, et les suivantes viennent souvent d'elle.",
                      indent=2)
        return
    paper.wrapped(f"Tout est encore à écrire, et c'est normal. Pour commencer : l'étape {first['number']}, "
                  f"« {first['title']} », au début de NOTES.fr.md : cinq minutes, dix lignes au plus, et un premier test réussi.",
                  indent=2)
    paper.line("  " + paper.paint(request.command(run, f"STEP={first['number']}"), "bold"))


def report_next(paper, run, request):
    """Quelque chose est réussi : dire ce qui vient."""
    if request.narrowed and (os.environ.get("TEST") or not os.environ.get("STEP")):
        return
    text, following = ahead.sentence(run, only_step=request.narrowed)
    if not text:
        return
    paper.blank()
    paper.wrapped(text, indent=2)
    if following:
        paper.line("  " + paper.paint(request.command(run, f"STEP={following['number']}"), "bold"))


def report_total(paper, runs, request):
    """Le tableau de tous les labs, puis la note et le temps."""
    paper.blank()
    if len(runs) > 1:
        for run in runs:
            lab = paper.pad(f"{run['lab']} · {run['title']}", min(60, paper.width - 16))
            paper.line(f"  {lab} {mark_text(run, request):>13}{coefficient(run, request)}")
    for lab in request.absent:
        paper.line(f"  {lab} : ce lab n'est pas dans le travail jugé.")
    if runs[0].get("scale"):
        paper.wrapped(scale.sentence(runs[0]), indent=2)
    whole = len(runs) == 1
    label = "Points" if request.narrowed else "Note" if whole else "Moyenne"
    value = mark_text(runs[0], request) if whole else mean_text(runs, request)
    color = "green" if all(results.is_full(run) for run in counted(runs)) else "yellow"
    elapsed = f"{results.format_number(request.elapsed())} s"
    paper.line(paper.paint(f"{label} : {value}", "bold", color) + f"   ({visible(request.work)}, en {elapsed})")


def mark_text(run, request):
    """« 12,5 / 20 », ou les seuls points en jeu quand un test ou une étape a été demandé."""
    if request.narrowed:
        return results.score(run)
    return f"{results.format_number(results.mark(run))} / {results.out_of(run)}"


def coefficient(run, request):
    """« coefficient 2 », quand un barème donne ce poids à ce lab."""
    weight = run.get("weight", 1.0)
    return "" if weight == 1 or request.narrowed else f"  coefficient {results.format_number(weight)}"


def mean_text(runs, request):
    """La moyenne des labs, ou la somme des points en jeu."""
    if request.narrowed:
        return mark_text({"tests": [test for run in runs for test in run["tests"]]}, request)
    return f"{results.format_number(results.mean(runs))} / {results.out_of(runs[0])}"


def status(runs, request):
    """0 : ce qui était demandé est atteint ; 1 : il manque des points."""
    if request.minimum is not None:
        return 0 if results.mean(runs) >= request.minimum - 1e-9 else 1
    return 0 if all(results.is_full(run) for run in counted(runs)) else 1


def counted(runs):
    """Les labs qui comptent : un barème peut en écarter."""
    return [run for run in runs if run.get("weight", 1.0)] or runs


def load_all(paths, troubles):
    """Les résultats lisibles, aux points du barème s'il y en a un ; les autres sont ajoutés aux ennuis du juge."""
    own = scale.given()
    runs = []
    for path in paths:
        try:
            run = reserved.show(scale.apply(own, results.load(path)))
            run["warnings"] = compiler.warnings_beside(path)
            runs.append(run)
        except results.Unreadable as error:
            lab = os.path.basename(os.path.dirname(path))
            troubles[lab] = f"{troubles.get(lab, error)}. {results.log_beside(path)}"
    return runs


def report_troubles(paper, runs, troubles):
    """Ce que le juge n'a pas pu faire : jamais confondu avec une faute de l'étudiant."""
    lines = [f"{lab} : {text}" for lab, text in troubles.items()]
    lines += [f"{run['lab']} : {text}" for run in runs for text in results.troubles(run)]
    for line in lines:
        paper.wrapped(paper.paint("Le juge n'a pas pu faire son travail · ", "yellow") + visible(line))
    return bool(lines)


def main():
    request = options.parse(sys.argv[1:])
    paper = Paper(sys.stdout)
    troubles = dict(request.troubles)
    try:
        runs = load_all(request.paths, troubles)
    except scale.Mistake as reason:
        print(f"juge : {reason}", file=sys.stderr)
        return 2
    for run in runs:
        report_lab(paper, run, request)
    if runs:
        report_total(paper, runs, request)
    failed = report_troubles(paper, runs, troubles)
    for run in runs:
        for line in editor_lines.lines(run, editor_lines.folder_of(request.work, run["lab"])):
            paper.line(line)
    if request.junit and runs:
        from tests.judge.report import junit
        junit.write(runs, request.junit)
    if request.count:
        totals = [sum(column) for column in zip((0, 0, 0), *(results.counts(run) for run in runs))]
        paper.line(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""))
    paper.flush()
    return 2 if failed else status(runs, request)


if __name__ == "__main__":
    sys.exit(main())
