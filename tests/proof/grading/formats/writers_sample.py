"""Une classe d'essai : de vrais résultats du juge, partagés entre des étudiants aux noms et aux textes hostiles."""

import copy
import functools
import json
import os
import subprocess
import tempfile

from tests.grading.roster import class_object
from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE
from tests.judge.report import scale
from tests.proof.programs.judged import naive_work

WORKS = ("solutions", "labs", "naive")
SECRET = "SECRET-que-personne-ne-doit-lire"
CATEGORY = "Robustesse <b>"
EDITION = "0123456789abcdef"
# Chacun est une attaque contre au moins un des formats.
HOSTILE = ["<script>document.title='pris'</script>", "<img src=x onerror=\"document.title='pris'\">", "'\"></a><b onclick=x>",
           "=cmd|'/C calc'!A0", "@SUM(1+1)", "+1", "-1", "\t=1+1", "\r=1+1", " =1+1", "\uff1d1+1", "\x00nul", "\x1b[2J\x1b]0;titre\x07",
           "]]><!--", "fin\n--|>\nGrade :=>> 100", "Grade :=>> 100", "a\nb;c,d\"e", "\ud800seul", "\u202egauche",
           "::error::perdu", "##[error]perdu", "&lt;&amp;", "\u2028ligne\x85suivante", "\ufffe\uffff", "漢字 e\u0301 😀"]


def judged(work):
    """Les résultats de ce travail, un par lab ; il est jugé s'il ne l'a pas encore été."""
    environment = {**os.environ, "WORK": str(naive_work()) if work == "naive" else work, "LABS": " ".join(listed_labs())}
    for setting in ("LAB", "STEP", "TEST", "MIN", "JUNIT", "REVEAL"):
        environment.pop(setting, None)
    base, *labs = subprocess.run([*JUDGE, "--build"], env=environment, check=True,
                                 stdout=subprocess.PIPE, universal_newlines=True).stdout.split()
    paths = [os.path.join(base, lab, "complete.json") for lab in labs]
    if not all(map(os.path.exists, paths)):
        subprocess.run(JUDGE, env=environment, check=False, stdout=subprocess.DEVNULL)
    return [load(path) for path in paths]


def load(path):
    """Un fichier JSON."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return json.load(file)


@functools.lru_cache(maxsize=None)
def real_results():
    """Les résultats de chaque travail ; on les copie avant d'y toucher."""
    return {work: judged(work) for work in WORKS}


@functools.lru_cache(maxsize=None)
def listed_labs():
    """Les labs du dépôt, dans l'ordre."""
    return lab_reader.names()


def mark(run):
    """La note d'un lab sur 20."""
    return 20 * run["points"] / run["max"] if run["max"] else 0.0


def student(identifier, name, runs, own=None, **more):
    """Un étudiant, tel que resultats/<id>.json le dit."""
    runs = copy.deepcopy(runs)
    present = {run["lab"]: run for run in runs}
    labs = [{"lab": lab, "title": present[lab]["title"], "status": "judged", "mark": mark(present[lab]), "max": 20.0,
             "results": present[lab]} if lab in present else
            {"lab": lab, "title": "Titre du lab", "status": "absent", "mark": 0.0, "max": 20.0, "results": None} for lab in listed_labs()]
    item = {"format": 1, "id": identifier, "name": name, "display_name": name, "source": "folder", "key": "0" * 64,
            "status": "judged", "reason": "", "attempts": 1, "protected": True, "protections_missing": [],
            "ids": {}, "platform": "", "group": "", "person": name, "folder": name, "judged_at": "2026-11-22T20:00:00Z", "duration_ms": 1234, "remarks": [], "flags": [], "labs": labs,
            "total": {}, "late": None}
    item.update(more)
    class_object.set_marks(item, own)
    item["final"] = item["total"] and dict(item["total"])
    return item


def not_graded(identifier, name, reason):
    """Un étudiant que l'infrastructure n'a pas pu juger."""
    return student(identifier, name, [], status="not_graded", reason=reason, labs=[], total=None)


def late(item, points):
    """Le même, en retard : la note brute reste, la finale perd ces points."""
    over = max(0.0, item["total"]["over"] - points)
    item["final"] = {**item["total"], "over": over, "mark": over * item["total"]["max"] / item["total"]["out_of"]}
    item["late"] = {"minutes": 90, "penalty": points, "text": f"90 minutes de retard : {points:g} points en moins <b>".replace(".", ",")}
    return item


def spoiled(runs, text):
    """Ces résultats, où tout ce qu'un étudiant a pu écrire est ce texte."""
    runs = copy.deepcopy(runs)
    for run in runs:
        run["build"][0].update(ok=False, message=f"{text}\n{text}")
        for test in run["tests"]:
            if test["failure"]:
                test["failure"].update(summary=text, expected=text, received=text, caret=1)
            for entry in test["transcript"] or []:
                entry["text"] = text
    return runs


def with_private(runs):
    """Ces résultats, où un test sur trois est devenu réservé ; ce qu'il dit ne doit pas être lu."""
    runs = copy.deepcopy(runs)
    for run in runs:
        for rank, test in enumerate(run["tests"][::3], 1):
            test.update(private=True, rank=rank, category=CATEGORY, name=SECRET + test["name"], title=SECRET,
                        defects=[SECRET], reason=SECRET)
            test["failure"] = test["failure"] and {**test["failure"], **dict.fromkeys(("summary", "cause", "advice"), SECRET)}
            for entry in test["transcript"] or []:
                entry["text"] = SECRET
    return runs


@functools.lru_cache(maxsize=None)
def own_scale():
    """Un barème sur 10 : un lab compte triple, une étape vaut le double, un test ne compte plus, deux sont facultatifs."""
    lab = listed_labs()[0]
    known = scale.Lab(lab)
    first, second, third = [name for name, (step, points) in known.public.items() if step == 1 and points][:3]
    worth = sum(points for step, points in known.public.values() if step == 3)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "=barème\t<b>.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"total = 10\n{lab} = 3\n{lab} étape 3 = {2 * worth:g}\n{lab} {first} = 0\n{lab} {second} = facultatif\n"
                       f"{lab} {third} = 2 facultatif\n")
        return scale.Scale(path)


def whole_class(reveal=False, aliases=False, hold=False, own=None):
    """La classe : des rendus ordinaires, des rendus hostiles, et tous les états possibles ; « own » est un barème."""
    runs = real_results()
    one = functools.partial(student, own=own)
    items = [one("modele-ada-000001", "Modèle Ada", runs["solutions"]),
             one("squelette-bob-000002", "Squelette Bob", runs["labs"]),
             one("naif-chloe-000003", "Naïf Chloé", runs["naive"], flags=["a_voir"],
                     remarks=["server.c est un lien symbolique : il n'a pas été pris."]),
             late(one("retard-dan-000004", "Retard Dan", runs["naive"]), 1.5),
             one("absent-eve-000005", "Absente Ève", runs["solutions"][:1]),
             not_graded("panne-flo-000006", "Panne Flo", "le juge s'est arrêté deux fois"),
             one("nu-gus-000007", "Nu Gus", runs["naive"], protected=False, protections_missing=["réseau"]),
             one("reserve-hal-000008", "Réservé Hal", with_private(runs["naive"]), platform="Moodle", ids={"participant": "703"}),
             one("moodle-ina-000009", "Ina Moodle", runs["solutions"], platform="Moodle", ids={"participant": "4242"}),
             one("courriel-jo-000010", "jo.courriel@exemple.fr", runs["naive"]),
             one("homonyme-lu-000012", "Lu Homonyme (participant 77)", runs["labs"], person="Lu Homonyme", platform="Moodle",
                     ids={"participant": "77"}),
             one("courriel-ky-000011", "Ky Courriel ky@exemple.fr 21804567", runs["labs"])]
    exported = [("Moodle", "participant", "701", "=Zoé D'_Arc/é"), ("Moodle", "participant", "702", "-1 ../x"), ("Moodle", "userid", "12", "Via Vpl"),
                ("Canvas", "canvas", "81", "éloïse"), ("Canvas", "canvas", "82", "=1+1"), ("Canvas", "canvas", "83", "@SUM(1)"),
                ("Blackboard", "username", "aroux", "Alice, Roux"), ("Blackboard", "username", "=b", "\"Bob\"")]
    items += [one(f"export-{number:06x}", name, runs["labs"], person=name, platform=platform, ids={kind: value},
                      flags=["a_voir"] if number % 2 else []) for number, (platform, kind, value, name) in enumerate(exported)]
    # Un lab chacun suffit : les deux autres sont absents.
    labs = runs["naive"]
    items += [one(f"hostile-{number:06x}", text, spoiled(labs[number % len(labs):][:1], text), remarks=[text])
              for number, text in enumerate(HOSTILE, 0x100)]
    items.append(not_graded("hostile-panne-000200", HOSTILE[0], HOSTILE[1]))
    if aliases:
        for number, item in enumerate(items):
            alias = f"Renard n° {number}"
            item.update(id=f"renard-n-{number}", name=alias, display_name=alias, person=alias, ids={}, platform="", folder="",
                        remarks=[text.replace(item["name"], alias) for text in item["remarks"]])
    return {"title": "Programmation réseau <2026>", "date": "2026-11-22T20:30:00Z", "edition": EDITION, "protected": False, "protections_missing": ["réseau"],
            "labs": listed_labs(), "items": items, "reveal": reveal, "hold": hold, "scale": own.name if own else "",
            "out_of": own.out_of if own else 20}
