"""make soak N= : juge N fois les solutions et le squelette, de chaque façon, et compte les verdicts faux.

Quatre façons : en root et en simple utilisateur, sur une machine au repos et avec tous les cœurs surchargés (stress-ng).
À côté de chaque jugement en court un second, du même dossier, par judge.sh : il en copie les sources, attend le verrou du
dossier, juge dans sa chambre ; ce qu'il rend compte aussi, et SOAK_ALONE=1 s'en passe.
Tout s'ajoute à build/soak : interrompre ne perd rien, la même commande reprend où elle en était, et un N plus grand
continue. Chaque verdict faux est gardé avec ses résultats, dans build/soak/faux. SOAK= choisit des façons (« root »,
« repos »…), LAB= un lab, JOBS= combien de jugements vont de front (le nombre de cœurs sinon : un jugement attend bien plus
qu'il ne calcule, et des cœurs restent au repos), UPDATE=1 : le tableau et le dessin de docs/performances.md. Statut : 0 ;
1 s'il y a eu un verdict faux ; 2 si rien n'a pu être jugé.
"""

import concurrent.futures
import contextlib
import fnmatch
import hashlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from tests.bench import drawing
from tests.bench import host
from tests.bench import pages
from tests.bench.building import Trouble
from tests.grading.run import with_parent
from tests.bench.commands import environment
from tests.bench.figures import number
from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE

ROOM = pathlib.Path("build", "soak")
WAYS = ("root-repos", "utilisateur-repos", "root-surcharge", "utilisateur-surcharge")
WORKS = ("solutions", "labs")
ORDINARY = 65534
# Les façons avancent ensemble : une demande interrompue a un peu de chacune. Une série est longue devant sa fin, où
# quelques jugements seulement vont encore de front.
BATCH = 10
LONGEST_S = 1200
TITLE = "Durée d'un jugement entier"


def labs_asked():
    """Les labs à juger."""
    found = lab_reader.chosen_names()
    if not found:
        raise Trouble(f"LAB={os.environ['LAB']} : ce lab n'existe pas")
    return found


def ways_asked():
    """Les façons de juger que demande SOAK=, parmi celles que permet notre identité."""
    words = os.environ.get("SOAK", "").split() or ["*"]
    found = [way for way in WAYS if any(fnmatch.fnmatch(way, f"*{word}*") for word in words)]
    if not found:
        raise Trouble(f"SOAK : une de ces façons est attendue : {', '.join(WAYS)}")
    if os.getuid() != 0:
        found = [way for way in found if way.startswith("utilisateur")]
        if not found:
            raise Trouble("seul root peut juger en root")
    return found


def jobs_asked():
    """Combien de jugements de front."""
    text = os.environ.get("JOBS") or str(os.cpu_count() or 1)
    if not (text.isdigit() and 1 <= int(text) <= 64):
        raise Trouble("JOBS : un nombre de 1 à 64 est attendu")
    return int(text)


def build(labs):
    """Compile une fois pour toutes, et met à part ce qui va être jugé ; rend l'empreinte du tout."""
    digest = hashlib.sha256()
    for lab in labs:
        # Le juge cherche ses bibliothèques dans ../../judge : il est mis à la même profondeur.
        keep(pathlib.Path("build", "tests", lab, "judge"), ROOM / lab / "judge", digest)
    for work in WORKS:
        settings = environment(WORK=work, LABS=" ".join(labs), **({"LAB": labs[0]} if len(labs) == 1 else {}))
        done = subprocess.run([*JUDGE, "--build"], env=settings, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=False, text=True)
        if done.returncode != 0:
            raise Trouble("la compilation n'a pas pu être conduite")
        base = pathlib.Path(done.stdout.split()[0])
        for lab in labs:
            for path in sorted((base / lab / "bin").iterdir()):
                keep(path, ROOM / lab / work / path.name, digest)
    return digest.hexdigest()[:16]


def keep(path, target, digest):
    """Une copie, qui ne changera pas pendant que l'on juge."""
    digest.update(path.read_bytes())
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, str(target) + ".new")
    os.replace(str(target) + ".new", target)


@contextlib.contextmanager
def overloaded(way):
    """Deux calculs sans fin par cœur, le temps d'une série."""
    if not way.endswith("surcharge"):
        yield
        return
    command = ["stress-ng", "--quiet", "--cpu", str(2 * (os.cpu_count() or 1))]
    with with_parent.start(command, signal.SIGTERM, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as stress:
        try:
            yield
        finally:
            stress.terminate()


def command_of(way, lab, work, results):
    """La commande qui juge un lab."""
    identity = []
    if way.startswith("utilisateur") and os.getuid() == 0:
        identity = ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups"]
    return [*identity, str(ROOM / lab / "judge"), "--work", work, "--programs", str(ROOM / lab / work), "--results", str(results)]


@contextlib.contextmanager
def beside(work, labs, folder, told):
    """Un second jugement du même dossier, tel que « make test » le lance, le temps du premier ; ce qu'il rend va dans told."""
    if os.environ.get("SOAK_ALONE") == "1":
        yield
        return
    room = folder / f"chambre-{work}"
    room.mkdir()
    settings = environment(WORK=work, LABS=" ".join(labs), JUDGE_ROOM=str(room), **({"LAB": labs[0]} if len(labs) == 1 else {}))
    with open(folder / f"{work}.log", "wb") as log:
        process = with_parent.start([*JUDGE, "--results"], signal.SIGTERM, env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield
        status = process.wait(LONGEST_S)
    finally:
        stop(process)
    told += [(lab, work, room / work / lab / "results.json", status) for lab in labs]


def stop(process):
    """Arrête un jugement qui court encore."""
    if process.poll() is None:
        process.terminate()
        process.wait()


def judge_all(way, labs, folder):
    """Juge tous les labs, de front comme le fait « make test » ; rend [(lab, travail, résultats, statut)]."""
    told = []
    for work in WORKS:
        with beside(work, labs, folder, told):
            told += judge_work(way, work, labs, folder)
    return told


def judge_work(way, work, labs, folder):
    """Juge tous les labs d'un travail, mis à part une fois pour toutes."""
    running = []
    try:
        for lab in labs:
            results = folder / f"{lab}-{work}.json"
            process = with_parent.start(command_of(way, lab, work, results), signal.SIGTERM, env=environment(), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            running.append((lab, results, process))
        return [(lab, work, results, process.wait(LONGEST_S)) for lab, results, process in running]
    finally:
        for _, _, process in running:
            stop(process)


def wrong_verdicts(work, status, run):
    """Ce qui n'est pas comme il faut : à la solution il ne manque rien, le squelette n'a rien."""
    if status != 0 or run is None:
        return [f"le juge a rendu {status}"]
    if work == "solutions":
        return [f"{test['name']} : {test['status']}" for test in run["tests"] if test["status"] not in ("passed", "skipped")]
    return [f"{test['name']} : {test['status']}" for test in run["tests"] if test["status"] in ("passed", "broken")]


def load(path):
    """Des résultats, ou rien."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def judge_once(way, labs, digest):
    """Un jugement entier, et ce qu'il vaut."""
    with tempfile.TemporaryDirectory(prefix="essai-", dir=ROOM) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o777)
        began, wrong = time.monotonic(), []
        told = judge_all(way, labs, folder)
        seconds = time.monotonic() - began
        for lab, work, path, status in told:
            found = wrong_verdicts(work, status, load(path))
            wrong += [f"{lab}, {work} : {text}" for text in found]
            if found and path.exists():
                (ROOM / "faux").mkdir(exist_ok=True)
                ours = "" if path.parent == folder else "-a-cote"
                shutil.copy(path, ROOM / "faux" / f"{way}-{folder.name}-{lab}-{work}{ours}.json")
    return {"digest": digest, "labs": labs, "date": host.today(), "seconds": round(seconds, 3), "load": host.described()["load"], "wrong": wrong}


def records(way, labs, digest):
    """Les jugements déjà faits de cette façon, avec les mêmes programmes."""
    path = ROOM / (way + ".jsonl")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = []
    for line in lines:
        with contextlib.suppress(ValueError):
            record = json.loads(line)
            if record["digest"] == digest and record["labs"] == labs:
                found.append(record)
    return found


@contextlib.contextmanager
def crew(jobs):
    """De quoi mener plusieurs jugements de front. Interrompu, ceux qui n'ont pas commencé sont oubliés."""
    workers = concurrent.futures.ThreadPoolExecutor(jobs)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)


def batch(way, labs, digest, count, jobs):
    """Encore count jugements ; chacun est écrit dès qu'il est fini."""
    with overloaded(way), crew(jobs) as workers:
        for done in concurrent.futures.as_completed([workers.submit(judge_once, way, labs, digest) for _ in range(count)]):
            record = done.result()
            with open(ROOM / (way + ".jsonl"), "a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            for text in record["wrong"]:
                print(f"\n✗ {way} : {text}")
            if sys.stderr.isatty():
                print(f"\r{way} : {record['seconds']} s   ", end="", file=sys.stderr, flush=True)


def soak(ways, labs, digest, wanted, jobs):
    """Des séries, jusqu'à ce que chaque façon ait ses N jugements."""
    while True:
        missing = {way: wanted - len(records(way, labs, digest)) for way in ways}
        if all(count <= 0 for count in missing.values()):
            return
        for way, count in missing.items():
            if count > 0:
                batch(way, labs, digest, min(BATCH * jobs, count), jobs)


def table_of(found):
    """Le tableau de toutes les façons {façon: jugements}."""
    lines = ["| façon de juger | jugements | verdicts faux | médiane | 99 sur 100 en au plus | le plus long |", "|---|---:|---:|---:|---:|---:|"]
    for way, taken in found.items():
        times = sorted(record["seconds"] for record in taken)
        shown = [number(round(value, 2)) + " s" for value in (statistics.median(times), times[(99 * len(times) - 1) // 100], times[-1])]
        lines.append(f"| {way.replace('-', ', ')} | {len(taken)} | {sum(len(record['wrong']) for record in taken)} | " + " | ".join(shown) + " |")
    return lines


def provenance(found, labs, wanted):
    """La commande, les jours, la machine."""
    days = sorted({record["date"][:10] for taken in found.values() for record in taken})
    lab = f" LAB={labs[0]}" if len(labs) == 1 else ""
    return f"`make soak N={wanted}{lab}`, le {' et le '.join(sorted({days[0], days[-1]}))}, {os.cpu_count()} cœurs partagés."


def report(found, labs, wanted):
    """Le tableau et le dessin, dans le terminal et dans build/soak ; dans la page, si UPDATE=1 le demande."""
    lines = table_of(found)
    print("\n" + "\n".join(lines))
    series = {way.replace("-", ", "): [record["seconds"] for record in taken] for way, taken in found.items()}
    picture = drawing.histogram(TITLE, series, "s")
    (ROOM / "durees.svg").write_text(picture, encoding="utf-8")
    print(f"\nLe dessin des durées : {ROOM}/durees.svg")
    if os.environ.get("UPDATE") == "1":
        pages.add_figure("steadiness", picture)
        pages.write({"steadiness": {"lines": lines, "provenance": provenance(found, labs, wanted), "figure": TITLE}})
        print(f"{pages.PAGE} est à jour.")


def main():
    text = os.environ.get("N", "10")
    if not (text.isdigit() and 1 <= int(text) <= 100000):
        raise Trouble("N : un nombre de 1 à 100000 est attendu")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    labs, ways, jobs = labs_asked(), ways_asked(), jobs_asked()
    ROOM.mkdir(parents=True, exist_ok=True)
    digest = build(labs)
    try:
        soak(ways, labs, digest, int(text), jobs)
    except KeyboardInterrupt:
        print("\nInterrompu : la même commande reprendra ici.")
    found = {way: taken for way in ways if (taken := records(way, labs, digest))}
    if not found:
        raise Trouble("aucun jugement n'a été mené à son terme")
    report(found, labs, int(text))
    return 1 if any(record["wrong"] for taken in found.values() for record in taken) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as error:
        print(f"soak : {error}", file=sys.stderr)
        sys.exit(2)
