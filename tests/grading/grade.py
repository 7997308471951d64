"""Note une classe : le déroulement de « make test WORK=rendus/ ».

Réglages, par l'environnement : WORK LAB STEP TEST MIN JUNIT OUT JOBS ENGINE INSECURE REVEAL ALIASES LATE SCALE SANDBOX PREVIEW.
Statut : 0 chacun est noté (et atteint MIN, s'il est donné), 1 quelqu'un n'atteint pas MIN, 2 quelqu'un n'est pas noté,
un fichier n'a pas pu être écrit, ou la notation n'a pas pu avoir lieu.
"""

import importlib
import os
import pathlib
import shutil
import signal
import sys
import time

from tests.grading.door import limits, naming, shape
from tests.grading.roster import class_object, roster
from tests.grading.run import atomic, plans, preparation, workroom
from tests.grading.run.preparation import Stopped, enabled, say
from tests.grading.screen import counter, outcome, preview, single_report
from tests.judge.command import lab_reader
from tests.judge.report import scale

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 2


def choose_engine():
    """Le moteur demandé par ENGINE=."""
    known = sorted(path.stem for path in (HERE / "engines").glob("*.py"))
    wanted = os.environ.get("ENGINE") or ("alone" if enabled("HOSTED") else "parallel")
    if wanted not in known:
        raise Stopped(f"ENGINE={naming.visible(wanted)} : ce moteur n'existe pas (il y a : {', '.join(known)})")
    engine = importlib.import_module(f"tests.grading.engines.{wanted}")
    missing = [name for name in getattr(engine, "NEEDS", ()) if not shutil.which(name)]
    if missing:
        raise Stopped(f"il manque {', '.join(missing)} : " + getattr(engine, "REMEDY", "tapez « make deps GROUP=class »"))
    return engine


def run_rounds(plan, engine):
    """Fait juger ce qui reste ; ce qui a échoué par notre faute est repris une fois."""
    todo = plan["todo"]
    meter = counter.Progress(len(todo))
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
        try:
            importlib.import_module(f"tests.grading.writers.{path.stem}").write(class_, out)
        except Exception as error:  # pylint: disable=broad-except
            failed.append(path.stem)
            say(f"{path.stem} : ce format n'a pas pu être écrit ({type(error).__name__} : {naming.visible(str(error))})")
    return failed


def copy_junit(out):
    """JUNIT= : le rapport de la classe, là où on l'a demandé."""
    wanted, written = os.environ.get("JUNIT"), os.path.join(out, "junit.xml")
    if wanted and os.path.exists(written):
        shutil.copyfile(written, wanted)


def status_of(class_, failed, single):
    """Le statut de la notation. Un seul rendu est jugé comme par « make test » : il doit avoir tous ses points."""
    if failed or any(item["status"] != "judged" for item in class_["items"]):
        return 2
    wanted = os.environ.get("MIN", "") or (str(class_["out_of"]) if single else "")
    if wanted:
        minimum = float(wanted.replace(",", "."))
        return 1 if any(item["final"]["over"] < minimum for item in class_["items"]) else 0
    return 0


def is_single(work, labs):
    """Est-ce le travail d'une seule personne ? Une archive qui ne s'ouvre pas est peut-être celle d'une classe : rien n'est jugé."""
    try:
        return shape.is_single(work, labs)
    except limits.TooMuch as error:
        raise Stopped(f"WORK={naming.visible(work)} : {error} ; sinon, déballez-la, et donnez le dossier") from error


def grade(work):
    """Toute la notation."""
    labs = lab_reader.every_lab()
    # Une plateforme ne donne jamais que le travail d'une personne, quelle que soit sa forme.
    single = enabled("HOSTED") or is_single(work, labs)
    preparation.check_settings()
    if enabled("PREVIEW"):
        return preview.show(work, single, labs)
    engine = choose_engine()
    out = preparation.open_out(single)
    lock = preparation.take_lock(out)
    mark = workroom.mark_of(out)
    os.environ[workroom.MARK] = mark
    workroom.stop_all(mark)
    workroom.sweep(mark)
    atomic.sweep_drafts(os.path.join(out, plans.RESULTS))
    plan, looks, reading = preparation.make_plan(work, single, labs, out)
    lists = class_object.Lists(plan["students"])
    if not single:
        preview.tell_reading(reading, say)
        preview.tell_doubtful(looks, lists.rename, say)
    todo = list(plan["todo"])
    started = time.monotonic()
    try:
        run_rounds(plan, engine)
    finally:
        workroom.stop_all(mark)
        workroom.sweep(mark)
    elapsed = time.monotonic() - started
    judged = sum(was_judged(plan, identifier) for identifier in todo)
    class_ = class_object.build(plan, lists)
    failed = write_all(class_, out)
    copy_junit(out)
    if single:
        single_report.show(class_["items"][0], os.environ["WORK"], elapsed)
    outcome.show(class_, out, lists, outcome.speed(judged, len(plan["students"]) - len(todo), elapsed, engine))
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
    except (Stopped, roster.Mistake, scale.Mistake, RuntimeError) as error:
        say(f"juge : {error}")
    except OSError as error:
        say(f"juge : la machine n'a pas suivi : {naming.visible(str(error))}")
    except KeyboardInterrupt:
        say("Interrompu. Ce qui est déjà jugé est gardé : relancez la même commande pour continuer.")
    return 2


if __name__ == "__main__":
    sys.exit(main())
