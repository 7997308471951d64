"""junit.xml : toute la classe, un « testsuite » par étudiant et par lab."""

import re

from tests.grading.render import files, view

from tests.judge.report import junit

NAME = "junit.xml"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
UNKNOWN = "1970-01-01T00:00:00"


def write(class_, out):
    """Écrit le document."""
    suites = [suite for item in view.students(class_) for suite in student(class_, item)]
    files.put(junit.wrap(suites), out, NAME)


def student(class_, item):
    """Les suites d'un étudiant ; s'il n'est pas noté, une seule, en erreur."""
    if view.raw(item) is None:
        run = stand_in(class_, "jugement", "broken", view.marks_text(item))
        return [suite(item, run)]
    return [suite(item, run_of(class_, entry)) for entry in item["labs"]]


def run_of(class_, entry):
    """Les résultats d'un lab ; un lab absent est un échec."""
    if view.is_judged(entry):
        return entry["results"]
    return stand_in(class_, entry["lab"], "failed", "Ce lab n'est pas dans le travail rendu : il compte pour zéro.")


def stand_in(class_, name, status, reason):
    """Des résultats d'un seul test, pour dire ce qui n'a pas été jugé."""
    moment = MOMENT.match(class_.get("date") or "")
    return {"lab": name, "date": moment.group() if moment else UNKNOWN, "duration_ms": 0, "steps": [],
            "tests": [{"name": "rendu", "step": 0, "status": status, "reason": reason, "points": 0}]}


def suite(item, run):
    """Une suite, qui porte le nom de l'étudiant, sa note brute et sa note finale."""
    raw, final = view.raw(item), view.final(item)
    facts = {"student": item["display_name"], "status": "judged" if raw else "not_graded",
             "protected": str(bool(item.get("protected", True))).lower()}
    if raw:
        facts.update(raw=f"{raw['over']:.2f}", final=f"{final['over']:.2f}", out_of=raw["out_of"])
    if item.get("scale"):
        facts["scale"] = item["scale"]
    return junit.testsuite({**run, "lab": f"{item['display_name']} / {run['lab']}"}, facts)
