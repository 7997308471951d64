"""Ce que judge.sh demande au rapport."""

import os
import time

from tests.judge.report import paint


class Request:
    """La demande, une fois lue."""

    def __init__(self):
        self.work = ""
        self.started = None
        self.troubles = []
        self.absent = []
        self.minimum = None
        self.junit = ""
        self.narrowed = False
        self.count = False
        self.paths = []

    def elapsed(self):
        """Secondes écoulées depuis que judge.sh a commencé."""
        if self.started is None:
            return 0.0
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - self.started)

    def command(self, run, *settings):
        """La commande à taper pour ne refaire qu'une partie."""
        return command("test", self.work, run["lab"], *settings)


def command(goal, work, lab, *settings):
    """La commande à taper : courte dans le dossier d'un lab (FROM_LAB), entière ailleurs."""
    here = os.environ.get("FROM_LAB")
    if here:
        folder = [] if here == lab else ["-C", "../" + lab]
        return " ".join(["make", *folder, goal, *settings])
    # « make test » sans WORK juge les solutions, quand elles sont là.
    named = ["WORK=" + quote(work)] if goal == "test" or work != "labs" else []
    return paint.visible(" ".join(["make", goal, *named, "LAB=" + lab, *settings]))


def quote(text):
    """Protège un argument comme on le ferait à la main dans un shell."""
    plain = text and all(c.isalnum() or c in "_-./+,@%" for c in text)
    return text if plain else "'" + text.replace("'", "'\\''") + "'"


def explain_exit(status):
    """Ce que dit le statut du programme juge quand il n'a rien laissé."""
    if status > 128:
        return f"le programme juge a été tué par le signal {status - 128}"
    return f"le programme juge s'est arrêté (statut {status}) sans écrire ses résultats"


def parse(words):
    """Lit les options ; elles viennent de judge.sh seul, qui les écrit bien."""
    request = Request()
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            request.paths = words
            break
        if word == "--narrowed":
            request.narrowed = True
        elif word == "--count":
            request.count = True
        else:
            read_value(request, word, words.pop(0))
    return request


def read_value(request, name, value):
    """Une option qui porte une valeur."""
    if name == "--work":
        request.work = value
    elif name == "--started":
        request.started = float(value)
    elif name == "--troubles":
        pairs = [word.rsplit(":", 1) for word in value.split()]
        request.troubles = [(lab, explain_exit(int(status))) for lab, status in pairs]
    elif name == "--absent":
        request.absent = value.split()
    elif name == "--minimum":
        request.minimum = float(value.replace(",", ".")) if value else None
    elif name == "--junit":
        request.junit = value
    else:
        raise SystemExit(f"option inconnue : {name}")
