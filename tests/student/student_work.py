"""Où est le travail de l'étudiant, et ce que le juge en sait déjà.

C'est judge.sh qui trouve les labs (WORK, LAB) et qui refuse les demandes mal écrites : rien n'est deviné deux fois.
"""

import functools
import hashlib
import json
import os
import subprocess
import sys

from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE
from tests.judge.report import options
from tests.judge.report import reserved
from tests.judge.report import results
from tests.judge.report import scale


class Lab:
    """Un lab du travail : son dossier, ses fichiers, ses résultats."""

    def __init__(self, name, folder, base, room):
        self.name, self.folder = name, os.path.normpath(folder)
        # Ce que toutes les commandes savent de ce lab ; ce qui n'est qu'à celle-ci.
        self.base, self.room = os.path.join(base, name), os.path.join(room, name)
        self.sources, self.headers = [], []
        # Le nom sous lequel le juge prend une source : celui qui est attendu, sinon le sien.
        self.known_as = {}
        self.described = lab_reader.Lab(name)
        self.settings, self.title = self.described.settings, self.described.title
        self.judge = os.path.join("build", "tests", name, "judge")

    def files(self):
        """Tout ce dont dépend son jugement, côté étudiant."""
        return self.sources + self.headers

    def own_sources(self):
        """Les sources qui sont dans son propre dossier (pas celles qu'il emprunte à un autre lab)."""
        return [os.path.join(self.folder, name) for name in self.described.sources]

    def notes(self):
        """Les notes à lire : celles qui sont données avec le lab."""
        return os.path.join("labs", self.name, "NOTES.fr.md")


def die(command, message):
    """Une demande refusée : une ligne, statut 2."""
    print(f"{command} : {message}", file=sys.stderr)
    raise SystemExit(2)


def locate():
    """Les labs demandés (WORK, « labs » si rien n'est dit, et LAB)."""
    if not os.environ.get("WORK"):
        os.environ["WORK"] = "labs"
    told = subprocess.run([*JUDGE, "--where"], stdout=subprocess.PIPE, check=False)
    if told.returncode != 0:
        raise SystemExit(2)
    words = os.fsdecode(told.stdout).split("\0")[:-1]
    labs, places = [], ()
    for kind, first, second in zip(words[0::3], words[1::3], words[2::3]):
        if kind == "base":
            places = first, second
        elif kind == "lab":
            labs.append(Lab(first, second, *places))
        elif kind == "source":
            labs[-1].sources.append(os.path.normpath(first))
            labs[-1].known_as[labs[-1].sources[-1]] = second
        else:
            labs[-1].headers.append(os.path.normpath(first))
    return labs


def the_lab(command):
    """Le seul lab demandé ; refuse s'il y en a plusieurs."""
    labs = locate()
    if len(labs) > 1:
        names = ", ".join(lab.name for lab in labs)
        die(command, f"dites quel lab, par exemple LAB={labs[0].name} (il y a : {names})")
    return labs[0]


def read_bytes(path):
    """Le contenu d'un fichier ordinaire, ou None."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def date(path):
    """La date de dernière modification, ou None."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return None


@functools.lru_cache(maxsize=None)
def own_scale():
    """Le barème de SCALE=, ou None ; judge.sh a refusé celui qui est mal écrit."""
    return scale.given()


def read_run(folder, name):
    """Les résultats que ce fichier contient, tels qu'un étudiant peut les lire ; ou None."""
    try:
        return reserved.show(scale.apply(own_scale(), results.load(os.path.join(folder, name))))
    except results.Unreadable:
        return None


def last_run(lab):
    """Le dernier jugement de tout le lab ; ou None."""
    return read_run(lab.base, "complete.json")


def changed_since(lab, run):
    """Les sources qui ne sont plus celles que ce jugement a jugées."""
    judged = dict(reversed(line.split(None, 1)) for line in run.get("sources", "").splitlines())
    return [source for source in lab.sources if print_of(source) != judged.get(lab.known_as[source])]


def print_of(path):
    """L'empreinte d'un fichier, comme la note judge.sh ; ou None."""
    text = read_bytes(path)
    return text if text is None else hashlib.sha256(text).hexdigest()


def partial_run(lab):
    """Le dernier jugement, d'une étape ou de quelques tests (STEP=, TEST=), s'il est plus récent et vaut encore."""
    judged = date(os.path.join(lab.base, "partial.json"))
    if judged is None or judged <= (date(os.path.join(lab.base, "complete.json")) or 0):
        return None
    run = read_run(lab.base, "partial.json")
    return None if run is None or changed_since(lab, run) else run


def known_run(lab):
    """Tout ce qui est su d'un lab : son dernier jugement entier, et ce qu'un jugement partiel a montré depuis."""
    whole, partial = last_run(lab), partial_run(lab)
    if partial is None:
        return whole
    run = whole or listing(lab)
    if run is None:
        return None
    seen = {test["name"]: test for test in partial["tests"] if not test.get("borrowed") and test["status"] != "not_run"}
    return dict(run, partial=whole is None,
                tests=[dict(test, status=seen[test["name"]]["status"]) if test["name"] in seen
                       else dict(test, status=test.get("status", "pending")) for test in run["tests"]])


def outdated(lab):
    """Ce qui a changé depuis ce jugement, en français ; vide s'il vaut encore."""
    judged, run = date(os.path.join(lab.base, "complete.json")), last_run(lab)
    if judged is None or run is None:
        return "il ne l'a pas encore été en entier"
    changed = list(map(os.path.basename, changed_since(lab, run)))
    if changed:
        verb = "a changé" if len(changed) == 1 else "ont changé"
        return f"{', '.join(changed)} {verb} depuis le dernier jugement entier"
    if (date(lab.judge) or 0) > judged:
        return "les tests eux-mêmes ont changé depuis"
    return ""


def judge(lab, **settings):
    """Juge tout le lab sans rien montrer ; rend ses résultats, ou None si le juge n'a pas pu travailler."""
    environment = dict(os.environ, LAB=lab.name, **settings)
    for name in ("STEP", "TEST", "MIN", "JUNIT", "EDITOR_LINKS", "COUNT"):
        environment.pop(name, None)
    done = subprocess.run(JUDGE, env=environment, stdout=subprocess.DEVNULL, check=False)
    return last_run(lab) if done.returncode in (0, 1) else None


def listing(lab):
    """Le lab tel qu'il est avant tout jugement : ses étapes, leurs points ; ou None si le juge n'est pas construit."""
    try:
        output = subprocess.run([lab.judge, "--list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        run = reserved.show(scale.apply(own_scale(), results.clean(json.loads(output.stdout))))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    run["remarks"] = []
    return run


def command(lab, goal, *more):
    """La commande à taper : courte dans le dossier du lab, entière ailleurs."""
    return options.command(goal, os.environ["WORK"], lab.name, *more)
