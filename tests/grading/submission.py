"""Juge un rendu, ou une part de la classe.

submission.py --plan PLAN.json IDENTIFIANT…
submission.py --plan PLAN.json --chunk K --of N       la K-ième part (à partir de 0) de ce qui reste à juger

Le rendu passe la porte, est copié dans un atelier privé, compilé et jugé par judge.sh, sous un utilisateur ordinaire
et dans le bac à sable ; OUT/resultats/IDENTIFIANT.json est écrit d'un coup. Un résultat dont la clef n'a pas changé
n'est pas refait. Chaque identifiant terminé est écrit sur la sortie standard.
"""

import argparse
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

from tests.grading.door import door, naming
from tests.grading.run import atomic, keys, plans, with_parent, workroom
from tests.grading.sandbox import closed
from tests.judge.command import lab_reader

from tests.judge.command.call import JUDGE
from tests.judge.report import results as report

SANDBOX = pathlib.Path("tests", "grading", "sandbox")
# Le juge borne lui-même chaque test ; au-delà, quelque chose de nous est en panne.
LONGEST = 1200
RESULTS_LIMIT = 32 << 20


class NotGraded(Exception):
    """La machine ou le juge n'a pas pu faire son travail : l'étudiant n'est pas noté."""


# --- Le jugement ---------------------------------------------------------------------------------

def environment(plan, work, base):
    """Ce que judge.sh reçoit : rien de plus que ce qui lui sert."""
    kept = ("PATH", "CC", "LABS", "LAB", "STEP", "TEST", "FRAMING", "SANITIZE")
    values = {name: os.environ[name] for name in kept if os.environ.get(name)}
    values.update({name: value for name, value in os.environ.items() if name.startswith("JUDGE_")})
    values.update(plan["settings"])
    if plan["tasks"]:
        values["JUDGE_TASKS"] = str(plan["tasks"])
    values.update({"WORK": work, "JUDGE_BASE": base, "TMPDIR": os.path.join(os.path.dirname(base), "tmp"),
                   "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", workroom.MARK: plan["mark"]})
    return values


def as_ordinary_user(plan, owned):
    """Ce qu'il faut mettre devant une commande pour qu'elle perde les droits de root, et ait ces dossiers à elle."""
    if os.getuid() != 0 or not plan["ordinary_user"]:
        return []
    return ["sh", str(SANDBOX / "as_user.sh"), *(word for folder in owned for word in ("--owns", folder))]


def judge_command(plan, room):
    """La commande qui compile et juge. as_user.sh refait l'environnement : il est donc dit sur la ligne."""
    owned = [os.path.join(room, name) for name in ("build", "tmp")]
    for folder in owned:
        os.mkdir(folder, 0o700)
    settings = environment(plan, os.path.join(room, "rendu"), owned[0])
    words = [f"{name}={value}" for name, value in settings.items()]
    return [*as_ordinary_user(plan, owned), "env", *words, *JUDGE, "--results"]


def run_judge(plan, room):
    """Compile et juge ce qui est dans l'atelier. Rend le statut de judge.sh, et ses derniers mots."""
    log = os.path.join(room, "judge.log")
    with open(log, "wb") as output:
        given = {name: os.environ[name] for name in ("PATH", "SANDBOX_UID") if name in os.environ}
        process = subprocess.Popen(judge_command(plan, room), env={**given, workroom.MARK: plan["mark"]}, start_new_session=True,
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            status = process.wait(LONGEST)
        except subprocess.TimeoutExpired as error:
            raise NotGraded("le juge n'a pas fini dans le temps prévu") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            closed.stop(int(plan["settings"].get("JUDGE_CLOSED", "0")))
    with open(log, encoding="utf-8", errors="replace") as file:
        return status, naming.visible(" / ".join(file.read(1 << 16).splitlines()[-3:]))


def load_run(path):
    """Les résultats d'un lab ; celui qui les a écrits n'a pas toute notre confiance."""
    status = os.lstat(path)
    if not os.path.isfile(path) or os.path.islink(path) or status.st_size > RESULTS_LIMIT:
        raise NotGraded("le fichier de résultats n'est pas ordinaire")
    try:
        run = report.load(path)
    except report.Unreadable as error:
        raise NotGraded("le fichier de résultats n'est pas lisible") from error
    troubles = report.troubles(run)
    if troubles:
        raise NotGraded(f"{run['lab']} : {troubles[0]}")
    # Les commandes proposées à l'étudiant sont celles qu'il tape chez lui.
    run["work"] = "labs"
    return run


def judged_lab(lab, present, base):
    """Ce que vaut un lab."""
    if lab.name not in present:
        return {"lab": lab.name, "title": lab.title, "status": "absent", "mark": 0.0, "max": 20.0, "results": None}
    path = os.path.join(base, lab.name, "results.json")
    if not os.path.lexists(path):
        raise NotGraded(f"{lab.name} : le juge n'a pas laissé de résultats")
    run = load_run(path)
    return {"lab": lab.name, "title": lab.title, "status": "judged", "mark": round(report.mark(run), 2), "max": 20.0,
            "results": run}


def judge(plan, labs, admission, record):
    """Juge ce qui est entré, et complète le résultat."""
    with workroom.room(plan["mark"]) as room:
        work = os.path.join(room, "rendu")
        os.mkdir(work, 0o755)
        admission.write(work)
        base = os.path.join(room, "build")
        if admission.present:
            status, words = run_judge(plan, room)
            if status != 0:
                raise NotGraded(words or f"le juge s'est arrêté (statut {status})")
        record["labs"] = [judged_lab(lab, admission.present, base) for lab in labs if lab.name in plan["labs"]]
    for lab in record["labs"]:
        record["remarks"] += [f"{lab['lab']} : {text}" for text in (lab["results"] or {}).get("remarks", [])]
    mark, most = sum(lab["mark"] for lab in record["labs"]), sum(lab["max"] for lab in record["labs"])
    record["total"] = {"mark": round(mark, 2), "max": most, "over20": round(20 * mark / most, 2) if most else 0.0}
    record["status"] = "judged"


# --- Un étudiant ---------------------------------------------------------------------------------

def blank_record(plan, student):
    """Le résultat d'un étudiant qui n'est pas encore noté."""
    return {"format": 1, "id": student["id"], "name": student["name"], "source": student["source"], "key": "",
            "status": "not_graded", "reason": "", "attempts": 0, "protected": plan["protected"],
            "protections_missing": plan["protections_missing"], "judged_at": "", "duration_ms": 0, "remarks": [],
            "flags": [], "labs": [], "total": None}


def explain(error):
    """Une panne, en mots."""
    if isinstance(error, (NotGraded, door.Refused)):
        return str(error)
    if isinstance(error, OSError):
        return f"la machine n'a pas suivi : {error.strerror or error}"
    return f"une erreur du juge : {type(error).__name__} {error}"


def grade(plan, labs, student):
    """Juge un étudiant, à moins que son résultat ne soit déjà là. Rend le résultat."""
    path = plans.result_path(plan, student["id"])
    previous = atomic.read_json(path)
    record = blank_record(plan, student)
    started = time.monotonic()
    try:
        admission = plans.admit(plan, student, labs)
        record["key"] = keys.submission_key(plan, admission.digest())
        if keys.is_current(previous, record["key"]):
            return previous
        record["remarks"], record["flags"] = list(admission.remarks), list(admission.flags)
        judge(plan, labs, admission, record)
    except (NotGraded, door.Refused, OSError, ValueError, RuntimeError, MemoryError) as error:
        record.update(status="not_graded", reason=naming.visible(explain(error)), labs=[], total=None)
    record["attempts"] = attempts(plan, previous) + 1
    record["duration_ms"] = round(1000 * (time.monotonic() - started))
    record["judged_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record["run"] = plan["run"]
    atomic.write_json(path, record)
    return record


def attempts(plan, previous):
    """Combien de fois cette notation-ci l'a déjà essayé."""
    if previous and previous.get("run") == plan["run"] and previous.get("status") == "not_graded":
        return previous.get("attempts", 0)
    return 0


def stop(number, _):
    """Un signal d'arrêt : l'atelier est effacé en sortant."""
    raise SystemExit(128 + number)


def parse(words):
    """Lit la ligne de commande."""
    parser = argparse.ArgumentParser(description="Juge un rendu, ou une part de la classe.")
    parser.add_argument("--plan", required=True)
    parser.add_argument("--chunk", type=int)
    parser.add_argument("--of", type=int, default=1)
    parser.add_argument("ids", nargs="*")
    return parser.parse_args(words)


def main():
    options = parse(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    with_parent.die_with(os.getppid(), signal.SIGTERM)
    plan = plans.load(options.plan)
    os.environ.update(plan["settings"])
    ids = options.ids if options.chunk is None else plan["todo"][options.chunk::options.of]
    students = {student["id"]: student for student in plan["students"]}
    labs = lab_reader.every_lab()
    for identifier in ids:
        grade(plan, labs, students[identifier])
        print(identifier, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
