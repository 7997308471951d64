"""Rendre inoffensif, pour chaque format, un texte qu'un étudiant a pu écrire."""

import re

from tests.judge.report.paint import visible
from tests.judge.report.results import format_number

FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
COMMAND = re.compile(r"::|##\[")


def line(text):
    """Une seule ligne : tout caractère de contrôle, de mise en page ou de sens d'écriture est montré en \\xHH."""
    return visible(str(text))


def number(value):
    """Un nombre à la française, ou un tiret quand il n'y en a pas."""
    return "–" if value is None else format_number(value)


def cell(text):
    """Une case de tableur : ce qui serait lu comme une formule est précédé d'une apostrophe."""
    text = line(text)
    return "'" + text if text.lstrip()[:1] in tuple(FORMULA) else text


def log(text):
    """Un journal de GitHub Actions : ce qui y serait lu comme une commande (« ::error », « ##[ ») est disjoint."""
    return COMMAND.sub(lambda found: " ".join(found.group()), text)


def plural(count, singular, many=None):
    """« 1 test », « 3 tests »."""
    return f"{count} {singular if count < 2 else many or singular + 's'}"
