"""Ce qui précède un jugement : les réglages, le dossier des résultats, les étudiants, les protections, le plan."""

import fcntl
import os
import pathlib
import resource
import secrets
import subprocess
import sys

from tests.grading.door import naming
from tests.grading.run import atomic, keys, pace, plans, students, workroom
from tests.grading.sandbox import attempts, closed
from tests.grading.sandbox import protections as sandbox
from tests.handout import handout
from tests.judge.command import lab_reader

SANDBOX = pathlib.Path(__file__).resolve().parents[1] / "sandbox"
DEFAULT_OUT = "build/notes"
SINGLE_OUT = "build/notes-seul"
# Le plus grand nombre de processus qu'un noyau sache compter.
MOST_TASKS = 1 << 22
OUTSIDE = {"JUDGE_WRAPPER": "les programmes sont lancés hors du bac à sable", "COMPILE_WRAPPER": "les sources sont compilées hors du bac à sable"}


class Stopped(Exception):
    """La notation ne peut pas avoir lieu ; le texte dit pourquoi, en français."""


def say(text=""):
    """Une ligne pour l'enseignant."""
    print(text, file=sys.stderr, flush=True)


def enabled(name):
    """Un réglage vaut-il oui ?"""
    return os.environ.get(name, "") not in ("", "0")


def check_settings():
    """Refuse tout de suite une demande mal écrite."""
    jobs = os.environ.get("JOBS", "")
    if jobs and not (jobs.isascii() and jobs.isdigit() and 1 <= int(jobs) <= 4096):
        raise Stopped(f"JOBS={naming.visible(jobs)} : un nombre de tâches est attendu")
    for name in ("ALIASES", "LATE"):
        if os.environ.get(name) and not os.path.isfile(os.environ[name]):
            raise Stopped(f"{name}={naming.visible(os.environ[name])} : ce fichier n'existe pas")


def open_out(single):
    """Le dossier des résultats, à nous seuls : ni les fichiers d'un autre, ni une notation déjà en cours."""
    out = os.environ.get("OUT") or (SINGLE_OUT if single else DEFAULT_OUT)
    shown = naming.visible(out)
    others = set(os.listdir(out)) - {plans.RESULTS, "verrou"} if os.path.isdir(out) else set()
    if others and not os.path.exists(os.path.join(out, plans.PLAN)):
        raise Stopped(f"OUT={shown} : ce dossier contient autre chose que des notes ; donnez-en un neuf")
    try:
        os.makedirs(os.path.join(out, plans.RESULTS), exist_ok=True)
    except OSError as error:
        raise Stopped(f"OUT={shown} : impossible d'y écrire ({error.strerror})") from error
    return os.path.abspath(out)


def take_lock(out):
    """Une seule notation à la fois dans un dossier. Le verrou tombe avec nous, même tués."""
    lock = os.open(os.path.join(out, "verrou"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Stopped("une notation est déjà en cours dans ce dossier de résultats") from error
    return lock


def can_drop_root():
    """Root peut-il confier le jugement à un utilisateur ordinaire ? Sinon, pourquoi."""
    done = subprocess.run(["sh", str(SANDBOX / "as_user.sh"), "--check"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode == 0, naming.visible(done.stdout.decode("utf-8", "replace").strip())


def protections():
    """(protections qui manquent, réglages du bac à sable). JUDGE_SANDBOX=none, pour les essais du dépôt, s'en passe."""
    if os.environ.get("JUDGE_SANDBOX") == "none":
        return ["bac à sable"], {}
    return sandbox.check(say)


def hosted(out):
    """Sur la machine jetable d'une plateforme : le bac à sable s'il s'ouvre, sinon la machine fermée aux programmes."""
    if sandbox.opens() and can_drop_root()[0]:
        missing, values = sandbox.check(say)
        if not missing:
            return True, [], values
    values = closed.settings(out, say)
    if values is None:
        raise Stopped("ni le bac à sable ni un autre utilisateur ne ferment cette machine aux programmes : rien n'est jugé")
    return False, [], values


def check_protections(out):
    """Refuse le code d'inconnus quand une protection manque, à moins que l'on ne l'ait accepté."""
    if enabled("HOSTED"):
        return hosted(out)
    ordinary, reason = can_drop_root()
    missing, settings = protections()
    if not ordinary:
        missing = missing + ["utilisateur ordinaire"]
        say(reason)
    if missing and not enabled("INSECURE"):
        named = ", ".join(missing) if len(missing) <= 3 else f"{len(missing)}, nommées ci-dessus"
        raise Stopped(f"des protections manquent ({named}) : le code d'inconnus n'est pas lancé ici. "
                      "INSECURE=1 passe outre ; les notes diront alors « non protégé »")
    if missing:
        outside = [words for name, words in OUTSIDE.items() if name not in settings]
        if "JUDGE_WRAPPER" not in settings and not ordinary:
            outside.append("rien ne borne les processus d'un programme : un seul peut prendre toute la machine")
        say("Attention, INSECURE=1 : sans " + ", ".join(missing) + "".join(" ; " + words for words in outside)
            + ". Les notes diront « non protégé ».")
    return ordinary, missing, settings


def running_tasks():
    """Ce que le noyau compte déjà de processus et de threads à qui jugera : la plus petite limite qui laisse encore se
    dédoubler. Dans un conteneur, /proc ne les montre pas tous. Le numéro que prend root n'est celui de personne."""
    if os.getuid() == 0:
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    low, high = 0, min(soft, MOST_TASKS) if soft != resource.RLIM_INFINITY else MOST_TASKS
    while low < high:
        middle = (low + high) // 2
        resource.setrlimit(resource.RLIMIT_NPROC, (middle, hard))
        try:
            pid = os.fork()
        except BlockingIOError:
            low = middle + 1
            continue
        finally:
            resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        high = middle
    return low


def most_tasks(settings, count):
    """Hors du bac à sable, ce que les programmes jugés ne peuvent pas dépasser, avec ce qui tourne déjà ; dedans, rien."""
    if "JUDGE_WRAPPER" in settings and "JUDGE_CLOSED" not in settings:
        return None
    return running_tasks() + attempts.read_limits()["OUTSIDE_TASKS"] * min(pace.most(), count)


def build_common():
    """Compile d'avance ce que tous les rendus partagent."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment.setdefault("CC", "cc")
    for name in ("COMPILE_WRAPPER", "JUDGE_WRAPPER"):
        environment.pop(name, None)
    make = '. tests/judge/command/lock.sh; take_lock; exec make -s -f tests/judge/command/work.mk "$@" common 2>&1'
    done = subprocess.run(["sh", "-c", make, "sh", "BASE=build/work/classe", f"LABS={os.environ['LABS']}",
                           f"CC={environment['CC']}"], env=environment, check=False,
                          stdout=subprocess.PIPE)
    if done.returncode != 0:
        raise Stopped("ce que les rendus partagent ne se compile pas : " + done.stdout.decode("utf-8", "replace")[-300:])


def make_plan(work, single, labs, out):
    """Écrit le plan de cette notation."""
    found, reading = students.find(work, labs, single)
    ordinary, missing, settings = check_protections(out)
    build_common()
    mark = workroom.mark_of(out)
    environment = dict(os.environ, **settings)
    environment["CC"] = environment.get("CC") or "cc"
    plan = {"format": 1, "run": secrets.token_hex(8), "out": plans.encode(out), "work": plans.encode(os.path.abspath(work)),
            "title": naming.visible(os.path.basename(os.path.abspath(work))), "labs": lab_reader.chosen_names(),
            "edition": handout.current_edition(),
            "settings": keys.settings_of(environment),
            "ground": keys.ground_key(environment, missing), "mark": mark, "protected": not missing, "tasks": most_tasks(settings, len(found)),
            "ordinary_user": ordinary, "protections_missing": missing, "students": found, "todo": []}
    looks = students.look_at(plan, labs)
    plan["todo"] = [look.student["id"] for look in looks if not is_done(plan, look)]
    atomic.write_json(os.path.join(out, plans.PLAN), plan)
    return plan, looks, reading


def is_done(plan, look):
    """Le résultat de cet étudiant est-il déjà là, pour ce même rendu et ce même juge ?"""
    record = atomic.read_json(plans.result_path(plan, look.student["id"]))
    return bool(look.digest) and keys.is_current(record, keys.submission_key(plan, look.digest))
