"""Note une classe : le déroulement de « make test WORK=rendus/ ».

Réglages, par l'environnement : WORK LAB STEP TEST MIN JUNIT OUT JOBS ENGINE INSECURE REVEAL ALIASES LATE SANDBOX.
Statut : 0 chacun est noté (et atteint MIN, s'il est donné), 1 quelqu'un n'atteint pas MIN, 2 quelqu'un n'est pas noté,
un fichier n'a pas pu être écrit, ou la notation n'a pas pu avoir lieu.
"""

import fcntl
import importlib.util
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import time

from door import door, naming, shape
from roster import classroom_object, roster
from run import atomic, keys, laboratory, plans, workroom
from screen import progress, single_report, table

HERE = pathlib.Path(__file__).resolve().parent
SANDBOX = HERE / "sandbox"
DEFAULT_OUT = "build/notes"
SINGLE_OUT = "build/notes-seul"
ROUNDS = 2
SHOWN = 20


class Stopped(Exception):
    """La notation ne peut pas avoir lieu ; le texte dit pourquoi, en français."""


def say(text=""):
    """Une ligne pour l'enseignant."""
    print(text, file=sys.stderr, flush=True)


def enabled(name):
    """Un réglage vaut-il oui ?"""
    return os.environ.get(name, "") not in ("", "0")


# --- La préparation ------------------------------------------------------------------------------

def check_settings():
    """Refuse tout de suite une demande mal écrite."""
    jobs = os.environ.get("JOBS", "")
    if jobs and not (jobs.isascii() and jobs.isdigit() and 1 <= int(jobs) <= 4096):
        raise Stopped(f"JOBS={naming.visible(jobs)} : un nombre de tâches est attendu")
    for name in ("ALIASES", "LATE"):
        if os.environ.get(name) and not os.path.isfile(os.environ[name]):
            raise Stopped(f"{name}={naming.visible(os.environ[name])} : ce fichier n'existe pas")


def load_module(path):
    """Un fichier Python, sans l'installer."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def choose_engine():
    """Le moteur demandé par ENGINE=."""
    known = sorted(path.stem for path in (HERE / "engines").glob("*.py"))
    wanted = os.environ.get("ENGINE") or "parallel"
    if wanted not in known:
        raise Stopped(f"ENGINE={naming.visible(wanted)} : ce moteur n'existe pas (il y a : {', '.join(known)})")
    engine = load_module(HERE / "engines" / f"{wanted}.py")
    missing = [name for name in getattr(engine, "NEEDS", ()) if not shutil.which(name)]
    if missing:
        raise Stopped(f"il manque {', '.join(missing)} : " + getattr(engine, "REMEDY", "tapez « make deps GROUP=class »"))
    return engine


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


def find_students(work, labs, single):
    """Les étudiants de ce dossier, ou le seul rendu de ce chemin."""
    if single:
        name = os.path.basename(os.path.abspath(work))
        return [describe(name, shape.kind_of(os.path.realpath(work)), "", {name: ""}, {name: "rendu"},
                         {name: naming.identify([name])[name]})], []
    found, ignored = shape.students(work, labs)
    names = [name for name, _, _ in found]
    files, shown, ids = {name: name for name in names}, naming.display_names(names), naming.identify(names)
    return [describe(name, kind, refusal, files, shown, ids) for name, kind, refusal in found], ignored


def describe(name, kind, refusal, files, shown, ids):
    """Un étudiant, tel que le plan le garde."""
    source = "folder"
    if kind == "archive":
        source = "zip" if name.lower().endswith(".zip") else "tar"
    return {"id": ids[name], "name": naming.visible(naming.person(name)[0]) if shown[name] == "rendu" else shown[name],
            "folder": naming.visible(name), "moodle": naming.person(name)[1], "file": plans.encode(files[name]),
            "source": source, "refusal": refusal}


def can_drop_root():
    """Root peut-il confier le jugement à un utilisateur ordinaire ? Sinon, pourquoi."""
    done = subprocess.run(["sh", str(SANDBOX / "as_user.sh"), "--check"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode == 0, naming.visible(done.stdout.decode("utf-8", "replace").strip())


def protections():
    """(protections qui manquent, réglages du bac à sable). JUDGE_SANDBOX=none, pour les essais du dépôt, s'en passe."""
    if os.environ.get("JUDGE_SANDBOX") == "none":
        return ["bac à sable"], {}
    return load_module(SANDBOX / "protections.py").check(say)


def check_protections():
    """Refuse le code d'inconnus quand une protection manque, à moins que l'on ne l'ait accepté."""
    ordinary, reason = can_drop_root()
    missing, settings = protections()
    if not ordinary:
        missing = missing + ["utilisateur ordinaire"]
        say(reason)
    if missing and not enabled("INSECURE"):
        raise Stopped("des protections manquent (" + ", ".join(missing) + ") : le code d'inconnus n'est pas lancé ici. "
                      "INSECURE=1 passe outre ; les notes diront alors « non protégé »")
    if missing:
        say("Attention, INSECURE=1 : sans " + ", ".join(missing) + ". Les notes diront « non protégé ».")
    return ordinary, missing, settings


def build_common():
    """Compile d'avance ce que tous les rendus partagent."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment.setdefault("CC", "cc")
    for name in ("COMPILE_WRAPPER", "JUDGE_WRAPPER"):
        environment.pop(name, None)
    done = subprocess.run(["make", "-s", "-f", "tests/tools/work.mk", "BASE=build/work/classe",
                           f"LABS={os.environ['LABS']}", f"CC={environment['CC']}", "common"], env=environment, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Stopped("ce que les rendus partagent ne se compile pas : " + done.stdout.decode("utf-8", "replace")[-300:])


def make_plan(work, single, labs, out):
    """Écrit le plan de cette notation."""
    students, ignored = find_students(work, labs, single)
    if ignored:
        more = ", …" if ignored[SHOWN:] else ""
        say("Laissés de côté : " + ", ".join(naming.visible(name) for name in ignored[:SHOWN]) + more)
    ordinary, missing, settings = check_protections()
    build_common()
    mark = workroom.mark_of(out)
    environment = dict(os.environ, **settings)
    environment["CC"] = environment.get("CC") or "cc"
    plan = {"format": 1, "run": secrets.token_hex(8), "out": plans.encode(out), "work": plans.encode(os.path.abspath(work)),
            "title": naming.visible(os.path.basename(os.path.abspath(work))), "labs": laboratory.chosen_names(labs),
            "settings": keys.settings_of(environment),
            "ground": keys.ground_key(environment, missing), "mark": mark, "protected": not missing,
            "ordinary_user": ordinary, "protections_missing": missing, "students": students, "todo": []}
    plan["todo"] = [student["id"] for student in students if not is_done(plan, labs, student)]
    atomic.write_json(os.path.join(out, plans.PLAN), plan)
    return plan


def is_done(plan, labs, student):
    """Le résultat de cet étudiant est-il déjà là, pour ce même rendu et ce même juge ?"""
    record = atomic.read_json(plans.result_path(plan, student["id"]))
    if not record or record.get("status") != "judged" or student["refusal"]:
        return False
    try:
        admission = door.admit(plans.student_path(plan, student), labs, plan["labs"])
    except (door.Refused, OSError, ValueError, RuntimeError, MemoryError):
        return False
    return keys.is_current(record, keys.submission_key(plan, admission))


# --- Le déroulement ------------------------------------------------------------------------------

def run_rounds(plan, engine):
    """Fait juger ce qui reste ; ce qui a échoué par notre faute est repris une fois."""
    todo = plan["todo"]
    meter = progress.Progress(len(todo))
    for number in range(ROUNDS):
        if not todo:
            break
        if number:
            say(f"Repris une fois : {len(todo)} qui n'ont pas pu être notés.")
            plan["todo"] = todo
            atomic.write_json(os.path.join(plans.decode(plan["out"]), plans.PLAN), plan)
        try:
            engine.run(plan, list(todo), meter.report)
        except RuntimeError as error:
            # Le second tour reprendra ce que celui-ci n'a pas fait.
            if number == ROUNDS - 1:
                raise
            say(f"juge : {error}")
        finally:
            meter.clear()
        todo = [identifier for identifier in todo if not was_judged(plan, identifier)]


def was_judged(plan, identifier):
    """Cet étudiant est-il noté, par cette notation ?"""
    record = atomic.read_json(plans.result_path(plan, identifier))
    return bool(record) and record.get("status") == "judged"


def write_all(class_, out):
    """Chaque écrivain écrit son format ; celui qui échoue est dit, et les autres écrivent quand même."""
    failed = []
    for path in sorted((HERE / "writers").glob("*.py")):
        if path.name == "__init__.py" or path.stem.endswith("_test"):
            continue
        try:
            load_module(path).write(class_, out)
        except Exception as error:  # pylint: disable=broad-except
            failed.append(path.stem)
            say(f"{path.stem} : ce format n'a pas pu être écrit ({type(error).__name__} : {naming.visible(str(error))})")
    return failed


def copy_junit(out):
    """JUNIT= : le rapport de la classe, là où on l'a demandé."""
    wanted, written = os.environ.get("JUNIT"), os.path.join(out, "junit.xml")
    if wanted and os.path.exists(written):
        shutil.copyfile(written, wanted)


def show(class_, out, lists, last):
    """Le tableau, puis ce qui a été écrit, ce qui manque et la vitesse."""
    paper = table.paint.Paper(sys.stdout)
    paper.blank()
    table.draw(paper, class_)
    paper.blank()
    for note in lists.notes:
        paper.wrapped(naming.visible(note))
    left = [item for item in class_["items"] if item["status"] != "judged"]
    if left:
        paper.wrapped(f"Non notés : {', '.join(item['display_name'] for item in left)}. Relancez la même commande pour "
                      "les reprendre ; les autres ne seront pas jugés à nouveau.")
    if not class_["protected"]:
        paper.wrapped("Notes obtenues sans protection (non protégé) : " + ", ".join(class_["protections_missing"]) + ".")
    written = sorted(name for name in os.listdir(out) if name not in ("verrou", plans.PLAN))
    paper.wrapped(f"Écrit dans {naming.visible(os.path.relpath(out))} : " + ", ".join(map(naming.visible, written)))
    paper.line(last)
    paper.flush()


def speed(count, total, elapsed, engine):
    """Combien de rendus par minute et par cœur."""
    cores = engine.cores() if hasattr(engine, "cores") else len(os.sched_getaffinity(0))
    already = f" ; {total - count} déjà à jour" if total > count else ""
    if not count:
        return f"Rien à juger{already}."
    rate = f"{60 * count / max(elapsed, 0.001) / cores:.1f}".replace(".", ",")
    return f"{count} jugé{'s' if count > 1 else ''} en {progress.spell(elapsed)} : {rate} par minute et par cœur{already}."


def status_of(class_, failed, single):
    """Le statut de la notation. Un seul rendu est jugé comme par « make test » : il doit avoir tous ses points."""
    if failed or any(item["status"] != "judged" for item in class_["items"]):
        return 2
    wanted = os.environ.get("MIN", "") or ("20" if single else "")
    if wanted:
        minimum = float(wanted.replace(",", "."))
        return 1 if any(item["final"]["over20"] < minimum for item in class_["items"]) else 0
    return 0


def grade(work):
    """Toute la notation."""
    labs = laboratory.every_lab()
    single = os.path.isfile(work) or (enabled("SANDBOX") and not shape.is_class(work, labs))
    check_settings()
    engine = choose_engine()
    out = open_out(single)
    lock = take_lock(out)
    mark = workroom.mark_of(out)
    os.environ[workroom.MARK] = mark
    workroom.stop_all(mark)
    workroom.sweep(mark)
    atomic.sweep_drafts(os.path.join(out, plans.RESULTS))
    plan = make_plan(work, single, labs, out)
    lists = classroom_object.Lists(plan["students"])
    todo = len(plan["todo"])
    started = time.monotonic()
    try:
        run_rounds(plan, engine)
    finally:
        workroom.stop_all(mark)
        workroom.sweep(mark)
    elapsed = time.monotonic() - started
    class_ = classroom_object.build(plan, lists)
    failed = write_all(class_, out)
    copy_junit(out)
    if single:
        single_report.show(class_["items"][0], os.environ["WORK"], elapsed)
    show(class_, out, lists, speed(todo, len(plan["students"]), elapsed, engine))
    os.close(lock)
    return status_of(class_, failed, single)


def interrupted(_, __):
    """Ctrl-C, ou un arrêt demandé : on passe par le même chemin."""
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    try:
        return grade(os.environ["WORK"])
    except (Stopped, roster.Mistake, RuntimeError) as error:
        say(f"juge : {error}")
    except OSError as error:
        say(f"juge : la machine n'a pas suivi : {naming.visible(str(error))}")
    except KeyboardInterrupt:
        say("Interrompu. Ce qui est déjà jugé est gardé : relancez la même commande pour continuer.")
    return 2


if __name__ == "__main__":
    sys.exit(main())
