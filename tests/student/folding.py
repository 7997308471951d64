"""Faire tenir un échec dans une petite fenêtre : l'échange y est coupé, jamais ce qu'il faut en conclure."""

from tests.judge.report import ahead
from tests.judge.report import results
from tests.judge.report import story
from tests.judge.report.crowd import LEAST_SPARED
from tests.student.sheet import MARKS


def step_status(tests):
    """Le signe d'une étape, en un caractère."""
    if ahead.is_done(tests):
        return "passed"
    failed = any(test["status"] in ("failed", "broken") for test in tests)
    return "failed" if failed else "not_run"


def steps_line(sheet, run, note):
    """Toutes les étapes, et la note, sur une ligne."""
    signs = []
    for step, tests in ahead.steps(run):
        sign, color = MARKS[step_status(tests)]
        name = step["title"] if step.get("private") else str(step["number"])
        signs.append(f"{name} {sheet.paint(sign, color)}")
    color = "green" if results.is_full(run) else "yellow"
    return "  " + (sheet.paint(note, "bold", color) + " · " if note else "") + "étapes : " + "  ".join(signs)


def common(left, right):
    """Combien de lignes ces deux débuts ont en commun."""
    return next((at for at, (one, other) in enumerate(zip(left, right)) if one != other), min(len(left), len(right)))


def without_exchange(test):
    """Le même échec, sans l'échange ni la comparaison."""
    failure = {key: value for key, value in (test.get("failure") or {}).items() if key not in ("expected", "received", "caret")}
    return {**test, "failure": failure, "transcript": []}


def told(sheet, *arguments):
    """Les lignes que ce récit ajoute à la page."""
    before, sheet.lines = sheet.lines, []
    story.tell(sheet, *arguments)
    lines, sheet.lines = sheet.lines, before
    return lines


def tell(sheet, run, test, request, room):
    """Ajoute à la page le récit d'un échec, en « room » lignes : ce qui y est cherché, l'échange, puis la cause et la suite."""
    whole, bare = told(sheet, run, test, request), told(sheet, run, without_exchange(test), request)
    head = common(whole, bare)
    tail = min(common(whole[::-1], bare[::-1]), len(bare) - head)
    sheet.lines += shortened(whole[:head], whole[head:len(whole) - tail], whole[len(whole) - tail:], room)


def shortened(head, middle, tail, room):
    """Le début, ce qui tient du milieu, et la fin."""
    room -= len(head) + len(tail)
    if len(middle) > room:
        # Qui cache, cache au moins cinq lignes : moins n'abrège rien.
        room = max(0, min(room - 1, len(middle) - LEAST_SPARED))
        last = room // 2
        first = room - last
        middle = middle[:first] + [f"      … ({len(middle) - first - last} lignes ; une fenêtre plus haute les montre)"] \
            + middle[len(middle) - last:]
    return head + middle + tail
