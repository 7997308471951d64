"""La classe hostile : chaque rendu de tests/proof/hostile/submissions/, noté parmi trois innocents.

Chacun doit avoir la note et la raison attendues ; les innocents, exactement ce que le juge nu leur donne. Rien ne doit être lu, changé,
joint ni laissé : voir ground.py, remains.py et outputs.py. Quand root le demande, la classe est notée deux fois, par root et
par un utilisateur ordinaire.

Réglages, par l'environnement : TEST= (noms de rendus, avec *, séparés par des virgules) JOBS= FULL=1 (les deux utilisateurs notent tout, et
les innocents tous les labs ; sans lui, le second ne note que les rendus marqués « partout ») INSECURE=1 KEEP=1 (garde le terrain)
BRIEF=1 (les rendus marqués « partout » seulement, chacun par un seul des deux).
"""

import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from tests.judge.command.call import JUDGE
from tests.proof.hostile import ground as grounds
from tests.proof.hostile import outputs
from tests.proof.hostile import remains
from tests.proof.hostile import cases as rendus

HERE = pathlib.Path(__file__).resolve().parent
from tests.proof.grading import children
from tests.grading.door import naming
from tests.grading.run import with_parent
from tests.judge.command import lab_reader

INNOCENTS = {"innocent corrigé": "corrigé", "innocent squelette": "squelette", "innocent naïf": "naïf"}
PATIENCE = 1800
SETTINGS = ("PATH", "LABS", "LANG", "INSECURE", "CC")


class Runner:
    """Qui note : root, ou un utilisateur ordinaire."""

    def __init__(self, title, uid, sandbox_uid, ground):
        self.title, self.uid, self.ground = title, uid, ground
        self.sandbox_uid = sandbox_uid
        self.uids = {uid, sandbox_uid}

    def environment(self, work, out):
        """L'environnement d'un enseignant qui note cette classe."""
        kept = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
        return dict(kept, HOME=self.ground.home, TMPDIR=self.ground.temporary, WORK=work, OUT=out, NO_COLOR="1",
                    INDISCRET=self.ground.secret, JOBS=os.environ.get("JOBS") or str(2 * len(os.sched_getaffinity(0))),
                    SANDBOX_UID=str(self.sandbox_uid))

    def command(self):
        """Ce qui lance la notation."""
        words = JUDGE
        if self.uid == os.getuid():
            return words
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups", "--inh-caps=-all", *words]

    def grade(self, work, name):
        """Note une classe ; rend (statut, ce qui est dit, dossier des notes, secondes)."""
        out = os.path.join(self.ground.folder(name, 0o777), "notes")
        started = time.monotonic()
        with tempfile.TemporaryFile() as said:
            process = with_parent.start(self.command(), cwd=self.ground.depot, env=self.environment(work, out),
                                        stdin=subprocess.DEVNULL, stdout=said, stderr=said)
            try:
                status = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                children.kill_tree(process.pid)
                status = None
            said.seek(0)
            return status, said.read().decode("utf-8", "replace"), out, time.monotonic() - started


def records(out):
    """Les résultats écrits : {nom du dossier: résultat}."""
    path = pathlib.Path(out, "plan.json")
    if not path.is_file():
        return {}
    folders = {student["id"]: student["folder"] for student in json.loads(path.read_text(encoding="utf-8"))["students"]}
    found = {}
    for file in pathlib.Path(out, "resultats").glob("*.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        found[folders[record["id"]]] = record
    return found


def told(record):
    """Tout ce que l'étudiant ou l'enseignant lit de ce rendu."""
    texts = [record["reason"], *record["remarks"]]
    for lab in record["labs"]:
        run = lab["results"] or {}
        texts += [entry["message"] for entry in run.get("build", []) if not entry["ok"]]
        for test in run.get("tests", []):
            failure = test["failure"] or {}
            texts += [failure.get(part) for part in ("summary", "received", "cause")]
            texts += [line["text"] for line in test["transcript"]]
    return "\n".join(filter(None, texts))


def mark_of(record, lab):
    """La note d'un lab, ou None."""
    return next((entry["mark"] for entry in record["labs"] if entry["lab"] == lab), None)


def lost(record, lab):
    """Les tests qui ne sont pas passés dans un lab, et pourquoi : une ligne chacun."""
    run = next((entry["results"] for entry in record["labs"] if entry["lab"] == lab), None) or {}
    for test in run.get("tests", []):
        if test["status"] != "passed":
            why = test["reason"] or (test["failure"] or {}).get("summary") or ""
            yield f"{test['name']} ({test['status']}) : {why}"


def wanted_mark(case, found, cases):
    """La note attendue : un nombre, ou celle d'un autre rendu."""
    if not case.mark.startswith("comme "):
        return float(case.mark)
    other = next(other for other in cases if other.key == case.mark[6:])
    return mark_of(found[naming.visible(other.name)], case.lab.name)


def complaints(case, record, found, cases):
    """Tout ce qui n'est pas comme attendu chez ce rendu."""
    if record is None:
        yield "aucun résultat"
        return
    if case.graded != (record["status"] == "judged"):
        yield f"{record['status']} : {record['reason']}"
    elif case.graded:
        mark, wanted = mark_of(record, case.lab.name), wanted_mark(case, found, cases)
        if mark is None or abs(mark - wanted) > 1e-9:
            yield "\n".join([f"note {mark} au lieu de {wanted}", *lost(record, case.lab.name)])
    text = " ".join(told(record).split())
    for pattern in case.patterns:
        if not re.search(pattern, text):
            yield f"« {pattern} » n'est pas dit :\n{told(record)[:3000]}"
    if case.flagged != ("a_voir" in record["flags"]):
        yield ("à voir à la main, sans être attendu : " if record["flags"] else "n'est pas à voir à la main : ") + str(record["remarks"])


def points(record):
    """Chaque test, et son sort."""
    return {(lab["lab"], test["name"]): test["status"] for lab in record["labs"] for test in (lab["results"] or {}).get("tests", [])}


# --- Le déroulement ------------------------------------------------------------------------------

def add_innocent(work, base, labs):
    """Le travail de quelqu'un comme les autres."""
    for lab in labs:
        target = os.path.join(work, lab.name)
        os.makedirs(target)
        for source, text in rendus.base_sources(base, lab).items():
            pathlib.Path(target, source).write_text(text, encoding="utf-8")


def fill(work, cases, labs, ground):
    """La classe : des rendus hostiles, et trois innocents."""
    for case in cases:
        case.lay_out(work, ground)
    for name, base in INNOCENTS.items():
        add_innocent(os.path.join(work, name), base, labs)


def selected(cases):
    """Ceux que TEST= et nos droits retiennent ; puis ceux qui demandent plus de droits."""
    pattern = os.environ.get("TEST", "")
    chosen = [case for case in cases if any(fnmatch.fnmatch(case.key, f"*{one}*") for one in pattern.split(","))]
    impossible = [case for case in chosen if case.needs_root and os.getuid() != 0]
    # « comme AUTRE » demande que l'autre soit là aussi.
    others = {case.mark[6:] for case in chosen if case.mark.startswith("comme ")}
    chosen += [case for case in cases if case.key in others and case not in chosen]
    return [case for case in chosen if case not in impossible], impossible


def prove(runner, work, cases, alone):
    """Note la classe, et dit tout ce qui n'est pas comme attendu ; rend le nombre de réussites et d'échecs."""
    ground = runner.ground
    before, here = ground.state(), remains.look(runner.uids)
    status, said, out, seconds = runner.grade(work, f"notes-{runner.uid}")
    found, general = records(out), []
    refused = any(not case.graded for case in cases)
    if status != (2 if refused else 0):
        general.append(f"statut {status} :\n{said[-3000:]}")
    failed = 0
    for case in cases:
        record = found.get(naming.visible(case.name))
        wrong = list(complaints(case, record, found, cases))
        failed += bool(wrong)
        show(case.key, wrong, record and mark_of(record, case.lab.name), record and record["duration_ms"] / 1000)
    for name in INNOCENTS:
        wrong = [] if name in found and points(found[name]) == alone[name] else [
            "n'a pas ce que le juge nu lui donne : " + str(alone[name].items() ^ points(found[name]).items() if name in found else None)]
        failed += bool(wrong)
        show(name, wrong, found.get(name) and found[name]["total"] and found[name]["total"]["over20"], None)
    general += list(outputs.complaints(out, ground.secret))
    general += [f"{path} a changé" for path, value in (before.items() ^ ground.state().items())]
    general += [f"quelqu'un est entré : {door}" for door in ground.visitors()]
    general += [f"reste : {thing}" for thing in sorted(remains.lasting(runner.uids, here))]
    general += [f"reste : {name}" for name in os.listdir(ground.temporary)]
    if not all(line.isprintable() for line in said.split("\n")):
        general.append("un caractère de contrôle a atteint le terminal")
    show(f"tout le reste, {runner.title}", general, None, seconds)
    return len(cases) + len(INNOCENTS) + 1 - failed - bool(general), failed + bool(general)


def show(name, wrong, mark, seconds):
    """Une ligne par rendu, et ses plaintes."""
    shown = "" if mark is None else f"{mark:5.2f}/20"
    print(f"{'✗' if wrong else '✓'} {name:<28} {shown:<8}" + (f" en {seconds:.1f} s" if seconds else ""), flush=True)
    for text in wrong:
        print("    " + text.replace("\n", "\n    "))


def runners(ground):
    """Nous-même, et, si nous sommes root, un utilisateur ordinaire."""
    sandbox_uid, ordinary = grounds.free_uids(2)
    if os.getuid() != 0:
        return [Runner("par un utilisateur ordinaire", os.getuid(), os.getuid(), ground)]
    return [Runner("par root", 0, sandbox_uid, ground), Runner("par un utilisateur ordinaire", ordinary, ordinary, ground)]


def alone(ground, labs):
    """Ce que le juge nu donne aux innocents : {nom: {(lab, test): sort}}."""
    found = {}
    for name, base in INNOCENTS.items():
        work = ground.folder("seul-" + base)
        add_innocent(work, base, labs)
        environment = {key: os.environ[key] for key in ("PATH", "LABS", "LANG", "CC") if os.environ.get(key)}
        subprocess.run([*JUDGE, "--results"], cwd=ground.depot, check=True, stdin=subprocess.DEVNULL,
                       env=dict(environment, WORK=work, JUDGE_BASE=os.path.join(ground.root, "bati-" + base)))
        found[name] = {}
        for lab in labs:
            path = pathlib.Path(ground.root, "bati-" + base, lab.name, "results.json")
            run = json.loads(path.read_text(encoding="utf-8"))
            found[name].update({(lab.name, test["name"]): test["status"] for test in run["tests"]})
    return found


def main():
    children.adopt_orphans()
    labs = lab_reader.every_lab()
    cases, impossible = selected(rendus.every_case(labs))
    if os.environ.get("BRIEF"):
        cases = [case for case in cases if case.everywhere]
    innocent_labs = labs if os.environ.get("FULL") else labs[:1]
    ground = grounds.Ground()
    passed = failed = 0
    try:
        group = runners(ground)
        reference = alone(ground, innocent_labs)
        for runner in group:
            rank = group.index(runner)
            mine = cases if rank == 0 or os.environ.get("FULL") else [case for case in cases if case.everywhere]
            if os.environ.get("BRIEF"):
                mine = mine[rank::len(group)]
            work = ground.works[rank]
            fill(work, mine, innocent_labs, ground)
            if runner.uid != os.getuid():
                ground.give(runner.uid)
            done = prove(runner, work, mine, reference)
            passed, failed = passed + done[0], failed + done[1]
    finally:
        children.kill_all()
        if os.environ.get("KEEP"):
            print(f"le terrain est gardé : {ground.root}")
        else:
            ground.erase()
    for case in impossible:
        print(f"– {case.key} : il faut être root pour le fabriquer")
    print(f"{passed} passed, {failed} failed" + (f", {len(impossible)} skipped" if impossible else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
