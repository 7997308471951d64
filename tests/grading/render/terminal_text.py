"""Ce que l'étudiant aurait lu dans son terminal, en texte : le rapport lui-même, mot pour mot."""

import io

from tests.judge.report import options
from tests.judge.report import paint
from tests.judge.report import story

COLUMNS = 80


class Home(options.Request):
    """La demande telle que l'étudiant la ferait chez lui, dans le dossier du lab."""

    def command(self, run, *settings):
        """La commande à taper, sans le chemin du travail : il n'est pas le même chez lui."""
        return " ".join(["make", "test", *settings])


def paper():
    """Une feuille sans couleurs."""
    sheet = paint.Paper(io.StringIO())
    sheet.width = COLUMNS
    return sheet


def lines(sheet):
    """Ce qui y a été écrit, sans la marge ni les lignes vides du bord."""
    return "\n".join(text[2:] if text.startswith("  ") else text for text in sheet.lines).strip("\n")


def failure(run, test):
    """L'histoire d'un test échoué."""
    sheet = paper()
    story.tell(sheet, run, test, Home())
    return lines(sheet)


def build(run):
    """Les erreurs de compilation, ou rien."""
    sheet = paper()
    story.tell_build(sheet, run)
    return lines(sheet)


def outcome(run, test):
    """Pourquoi ce test n'est pas réussi, ou rien."""
    if test["status"] in ("failed", "broken"):
        return failure(run, test)
    if test["status"] == "not_run":
        return f"Pas encore essayé : {waiting(run, test)}."
    if test["status"] == "skipped":
        return f"Sauté, et ne compte pas : {test.get('reason') or 'cette machine ne le permet pas'}."
    return ""


def waiting(run, test):
    """Ce qu'un test attend pour être essayé."""
    tests = {other["name"]: other for other in run["tests"]}
    name, reason = story.held_by(test, tests)
    return f"il faut d'abord « {tests[name]['title']} »" if name else reason
