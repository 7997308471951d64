"""Écrit les résultats au format JUnit XML, un « testsuite » par lab."""

import os
from xml.sax.saxutils import escape, quoteattr

from tests.judge.report import results
from tests.judge.report import story


def legal(text):
    """Ne garde que ce que XML 1.0 admet : un octet de contrôle rendrait tout le fichier illisible."""
    return "".join(c if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
                   else f"\\x{ord(c):02X}" for c in text)


def attribute(value):
    """Une valeur d'attribut, entre guillemets."""
    return quoteattr(legal(str(value)))


def seconds(milliseconds):
    """Une durée en secondes, comme JUnit les veut."""
    return f"{(milliseconds or 0) / 1000:.3f}"


def outcome(run, test):
    """L'élément qui dit pourquoi un test n'est pas réussi, ou rien."""
    status = test["status"]
    if status == "passed":
        return ""
    failure = test.get("failure") or {}
    message = failure.get("summary") or test.get("reason") or ""
    if status == "skipped":
        return f"<skipped message={attribute(message)}/>"
    element = "error" if status == "broken" else "failure"
    return (f"<{element} message={attribute(message)} type={attribute(status)}>"
            f"{escape(legal(details(run, test, failure)))}</{element}>")


def details(run, test, failure):
    """Ce que l'étudiant lirait, sans mise en page."""
    lines = [f"{label} : {failure[key]}" for label, key in
             (("attendu", "expected"), ("reçu", "received"), ("cause probable", "cause")) if failure.get(key)]
    lines += [f"à relire : {story.chapter(run, test)}"] if failure.get("advice") else []
    lines += [f"votre ligne : {story.source_line(failure)}"] if failure.get("line") else []
    lines += [f"{entry['ms']:.1f} ms {entry['actor']} {entry['verb']} {entry['text']}"
              for entry in test.get("transcript") or []]
    return "\n".join(lines)


def testcase(run, test):
    """Un test."""
    group, name = f"etape{test['step']}", test["name"]
    if any(step.get("private") and step["number"] == test["step"] for step in run["steps"]):
        group, name = "reserves", test["title"]
    return (f"<testcase classname={attribute(run['lab'] + '.' + group)} "
            f"name={attribute(name)} time=\"{seconds(test.get('duration_ms'))}\">"
            f"{outcome(run, test)}</testcase>")


def scale_facts(run):
    """Le barème, s'il y en a un : son nom, et sur combien est la note."""
    return {"scale": run["scale"], "out_of": run["out_of"]} if run.get("scale") else {}


def testsuite(run, facts=None):
    """Un lab ; ce qu'il y a d'autre à en dire que sa note devient des propriétés."""
    statuses = [test["status"] for test in run["tests"]]
    failed = statuses.count("failed") + statuses.count("not_run")
    cases = "\n".join(testcase(run, test) for test in run["tests"])
    known = {"mark": f"{results.mark(run):.2f}", **scale_facts(run)} if facts is None else facts
    properties = "".join(f"<property name={attribute(name)} value={attribute(value)}/>" for name, value in known.items())
    return (f"<testsuite name={attribute(run['lab'])} tests=\"{len(statuses)}\" failures=\"{failed}\" "
            f"errors=\"{statuses.count('broken')}\" skipped=\"{statuses.count('skipped')}\" "
            f"time=\"{seconds(run.get('duration_ms'))}\" timestamp={attribute(run['date'].rstrip('Z'))}>\n"
            f"<properties>{properties}</properties>\n"
            f"{cases}\n</testsuite>")


def wrap(suites):
    """Le document fait de ces suites."""
    lines = "\n".join(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{lines}\n</testsuites>\n'


def document(runs):
    """Le document entier."""
    return wrap(testsuite(run) for run in runs)


def write(runs, path):
    """Écrit le fichier d'un coup : qui le lit n'en voit jamais la moitié."""
    draft = f"{path}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8", errors="replace") as file:
        file.write(document(runs))
    os.replace(draft, path)
