"""Éprouve la notation d'une grande classe : make class-proof N=200.

La même classe (class_of.py) est notée avec JOBS=1, puis deux fois avec JOBS=2, puis par Slurm s'il est installé (TOGETHER=1 :
toutes en même temps, ce qui est plus court, et plus dur) ; puis une dernière fois, tuée (SIGKILL) à dix moments tirés au hasard,
tantôt un seul processus, tantôt tous, et relancée à chaque fois. Chaque note, chaque remarque, chaque statut, le sort de chaque
test doivent être les mêmes, et rien ne doit rester.

Enfin, un échantillon sans rendu hostile est jugé par le juge nu et par la notation de classe, à tour de rôle : c'est le prix
de celle-ci.

Réglages, par l'environnement : N= (étudiants) SEED= LAB= RUNS= (la valeur de JOBS= à chaque notation, "1 2 2" sinon) KILLS= SAMPLE= (0 : pas de
mesure) SLURM=0 (sans Slurm) TOGETHER=1 KEEP=1 INSECURE=1.
"""

import contextlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from tests.grading.door import door
from tests.judge.command.call import JUDGE
from tests.proof.grading import class_of, victims
from tests.judge.command import lab_reader
from tests.grading.run import with_parent, workroom
from tests.proof.grading import children
from tests.proof.hostile import ground
from tests.proof.grading import local_cluster
from tests.proof.hostile import remains

PATIENCE = 4 * 3600
KEPT = ("PATH", "LABS", "LANG", "CC", "INSECURE", "LAB", "HOME", "SANDBOX_UID")
ROUNDS = 3
PAUSE = 0.02
# Ce qu'une notation vit encore, une fois atteint le point où elle sera tuée, en secondes.
LONGEST_LEAVE = 5


def number(name, default):
    """Un réglage qui est un nombre."""
    return int(os.environ.get(name) or default)


class Grading:
    """Une notation en cours."""

    def __init__(self, work, out, **settings):
        self.out, self.log = out, tempfile.TemporaryFile()
        environment = {name: os.environ[name] for name in KEPT if os.environ.get(name)}
        self.before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.started = time.monotonic()
        self.process = with_parent.start(JUDGE, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                         env=dict(environment, WORK=work, OUT=out, NO_COLOR="1", **settings), start_new_session=True)

    def wait(self):
        """Attend la fin ; rend (secondes, secondes de processeur)."""
        if self.process.wait(PATIENCE) not in (0, 2):
            raise SystemExit(f"la notation a fini avec le statut {self.process.returncode} :\n{self.said()}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - self.before.ru_utime - self.before.ru_stime
        return time.monotonic() - self.started, used

    def said(self):
        """Ce qu'elle a dit."""
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")[-3000:]

    def let_live(self, progress, leave):
        """La laisse avancer jusqu'à tant de résultats, puis encore un peu, tiré au hasard ; ou finir, si elle finit avant."""
        results = pathlib.Path(self.out, "resultats")
        children.wait_until(lambda: self.process.poll() is not None or len(list(results.glob("*.json"))) >= progress,
                            PATIENCE, f"{progress:.0f} résultats")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(leave)

    def kill(self, chance):
        """Tue un processus de la notation, ou tous ; dit ce qui a été fait."""
        family = [self.process.pid, *children.descendants(self.process.pid)]
        if chance.random() < 0.5:
            children.kill_tree(self.process.pid)
            self.process.returncode = -signal.SIGKILL
            return f"toute la notation ({len(family)} processus)"
        victim = chance.choice(sorted(set(family) - victims.judged(self.process.pid)))
        name = children.title(victim).replace("\0", " ").strip()[:70] or "un processus qui finissait"
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        # Selon celui qui est tué, la notation meurt aussi, ou s'en remet.
        return f"un seul : {name}"


def facts(out):
    """Ce que vaut chaque étudiant, dans tous ses détails."""
    found = {}
    for path in pathlib.Path(out, "resultats").glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        labs = [(lab["lab"], lab["status"], lab["mark"], [(test["name"], test["status"])
                 for test in (lab["results"] or {}).get("tests", [])]) for lab in record["labs"]]
        found[record["id"]] = {"statut": record["status"], "raison": record["reason"], "total": record["total"],
                               "remarques": record["remarks"], "drapeaux": record["flags"], "labs": labs}
    return found


def differences(expected, received):
    """Les étudiants qui ne valent pas la même chose, en phrases."""
    for identifier in sorted(expected.keys() | received.keys()):
        one, other = expected.get(identifier), received.get(identifier)
        if one is None or other is None:
            yield f"{identifier} : absent d'une des deux notations"
            continue
        for what in one:
            if one[what] != other[what]:
                yield f"{identifier} : {what} : {detail(one[what], other[what])}"


def detail(one, other):
    """Ce qui diffère, et rien de plus."""
    if not isinstance(one, list) or not one or not isinstance(one[0], tuple):
        return f"{one} puis {other}"
    changed = []
    for left, right in zip(one, other):
        changed += [f"{left[0]} {test[0]} {test[1]} puis {twin[1]}" for test, twin in zip(left[3], right[3]) if test != twin]
    return " ; ".join(changed) or f"{one} puis {other}"


def french(value, digits=1):
    """Un nombre, à la française."""
    return f"{value:.{digits}f}".replace(".", ",")


class Proof:
    """L'épreuve : une classe, des notations, et ce qui ne va pas."""

    def __init__(self, root):
        self.root, self.count = root, number("N", 200)
        self.labs = [lab_reader.Lab(name) for name in lab_reader.chosen_names()]
        self.work = os.path.join(root, "rendus")
        self.passed = self.failed = 0
        self.reference = None
        os.mkdir(self.work)
        kinds = class_of.build(self.work, self.count, number("SEED", class_of.SEED), self.labs)
        print(f"{self.count} étudiants ({', '.join(f'{list(kinds.values()).count(kind)} {kind}' for kind in class_of.KINDS)}), "
              f"{len(self.labs)} lab(s), {len(os.sched_getaffinity(0))} cœur(s)", flush=True)

    def tell(self, name, wrong, note=""):
        """Une ligne par épreuve."""
        self.passed, self.failed = self.passed + (not wrong), self.failed + bool(wrong)
        print(f"{'✗' if wrong else '✓'} {name}{' : ' + note if note else ''}", flush=True)
        for text in wrong[:20]:
            print("    " + text, flush=True)

    def compare(self, name, out, note):
        """Cette notation vaut-elle la première ?"""
        found = facts(out)
        wrong = [] if len(found) == self.count else [f"{len(found)} résultats pour {self.count} étudiants"]
        if self.reference is None:
            self.reference = found
            wrong += [f"{key} n'est pas noté : {value['raison']}" for key, value in found.items() if value["statut"] != "judged"]
        wrong += list(differences(self.reference, found)) + self.remains(out)
        self.tell(name, wrong, note)

    @staticmethod
    def remains(out):
        """Ce qu'une notation finie laisse."""
        mark = workroom.mark_of(out)
        left = [f"reste : processus {pid}" for pid in workroom.marked(mark)]
        left += [f"reste : {path}" for path in pathlib.Path(tempfile.gettempdir()).glob(f"notes-*-{mark}")]
        left += [f"reste : {path}" for path in remains.files({int(os.environ["SANDBOX_UID"])} - {os.getuid()})]
        return left + [f"reste : {path}" for path in pathlib.Path(out, "resultats").glob(".*")]

    def start(self, name, **settings):
        """Commence une notation entière."""
        out = os.path.join(self.root, "notes " + name)
        return name, out, Grading(self.work, out, **settings)

    def price(self, elapsed, used):
        """Ce qu'une notation a pris, en une phrase."""
        cores = len(os.sched_getaffinity(0))
        return (f"{french(elapsed)} s, soit {french(60 * self.count / elapsed / cores)} rendus par minute et par cœur ; "
                f"{french(used / self.count, 2)} s de processeur par rendu")

    def run(self, name, **settings):
        """Une notation entière, d'un trait."""
        name, out, grading = self.start(name, **settings)
        self.compare(name, out, self.price(*grading.wait()))

    def run_each(self, runs, cluster):
        """Toutes les notations, l'une après l'autre ; la première sert de référence."""
        for name, settings in runs:
            self.run(name, **settings)
        if cluster:
            with cluster:
                self.run("ENGINE=slurm", **slurm_settings(cluster))

    def run_together(self, runs, cluster):
        """Toutes les notations en même temps ; ce qu'elles laissent ne se cherche qu'après la dernière."""
        with cluster or contextlib.nullcontext():
            runs = runs + ([("ENGINE=slurm", slurm_settings(cluster))] if cluster else [])
            started = [self.start(name, **settings) for name, settings in runs]
            for _, _, grading in started:
                grading.wait()
        for name, out, _ in started:
            self.compare(name, out, f"de front avec {len(started) - 1} autre(s)")

    def run_killed(self, kills):
        """Une notation tuée et relancée, puis menée à son terme."""
        chance, out = random.Random(), os.path.join(self.root, "notes tuée")
        told, grading = [], None
        for progress in sorted(chance.uniform(0, self.count) for _ in range(kills)):
            if grading is None or grading.process.poll() is not None:
                grading = Grading(self.work, out, JOBS="2")
            grading.let_live(progress, chance.uniform(0.2, LONGEST_LEAVE))
            told.append(grading.kill(chance) if grading.process.poll() is None else "elle avait déjà fini")
        grading.process.wait(PATIENCE)
        Grading(self.work, out, JOBS="2").wait()
        self.compare(f"tuée {kills} fois, puis menée à son terme", out, "")
        for text in told:
            print("    " + text)


def slurm_settings(cluster):
    """De quoi noter par ce Slurm."""
    return dict({name: value for name, value in cluster.environment().items() if os.environ.get(name) != value}, ENGINE="slurm")


# --- Le prix ---------------------------------------------------------------------------------------

class Bare:
    """Le juge nu : judge.sh sur chaque travail, sans bac à sable ni notation, autant à la fois."""

    def __init__(self, root, work, labs):
        self.root, self.jobs = root, len(os.sched_getaffinity(0))
        self.works = []
        for index, name in enumerate(sorted(os.listdir(work), key=os.fsencode)):
            admission = door.admit(os.path.join(work, name), labs, [lab.name for lab in labs])
            place = os.path.join(root, f"travail-{index}")
            os.makedirs(place)
            admission.write(place)
            if admission.present:
                self.works.append(place)

    def run(self, attempt):
        """Juge tout ; rend (secondes, secondes de processeur)."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        waiting, running = list(self.works), []
        environment = {name: os.environ[name] for name in ("PATH", "LABS", "LANG", "LAB") if os.environ.get(name)}
        while waiting or running:
            running = [process for process in running if process.poll() is None]
            if waiting and len(running) < self.jobs:
                place = waiting.pop()
                base = f"{place}-{attempt}"
                running.append(subprocess.Popen([*JUDGE, "--results"], stdin=subprocess.DEVNULL,
                                                env=dict(environment, WORK=place, JUDGE_BASE=base),
                                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
                continue
            time.sleep(PAUSE)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.monotonic() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(root, labs, count):
    """Le prix de la notation de classe, en plus du juge nu : les deux à tour de rôle, sur les mêmes rendus."""
    work = os.path.join(root, "échantillon")
    os.mkdir(work)
    class_of.build(work, count, class_of.SEED + 1, labs, harmless=True)
    bare = Bare(os.path.join(root, "nu"), work, labs)
    sums = {"le juge nu": [0.0, 0.0], "la notation de classe": [0.0, 0.0], "dont le départ et les fichiers de notes": [0.0, 0.0]}
    for attempt in range(ROUNDS):
        out = os.path.join(root, f"notes de l'échantillon {attempt}")
        jobs = {"JOBS": str(bare.jobs)}
        # La même commande une seconde fois ne juge plus rien : il reste ce qui ne dépend pas du nombre d'étudiants.
        for name, spent in zip(sums, (bare.run(attempt), Grading(work, out, **jobs).wait(), Grading(work, out, **jobs).wait())):
            sums[name] = [total + part for total, part in zip(sums[name], spent)]
    tell_price(list(sums.values()), ROUNDS * count, bare.jobs)


def tell_price(sums, share, jobs):
    """Le prix, par rendu ; le départ se paie une fois pour toute la classe."""
    (alone, alone_used), (graded, graded_used), (fixed, fixed_used) = sums
    each, each_used = graded - fixed, graded_used - fixed_used
    print(f"  le juge nu : {french(alone / share, 2)} s et {french(alone_used / share, 2)} s de processeur par rendu, à {jobs} de front")
    print(f"  la notation de classe : {french(each / share, 2)} s et {french(each_used / share, 2)} s de processeur par rendu, et "
          f"{french(fixed / ROUNDS)} s une fois pour toutes")
    print(f"  soit {french(100 * (each / alone - 1), 0)} % de temps en plus par rendu, et "
          f"{french(100 * (each_used / alone_used - 1), 0)} % de processeur")


def main():
    children.adopt_orphans()
    # Un utilisateur qui n'est celui de personne : ce qu'il laisserait serait de nous.
    os.environ.setdefault("SANDBOX_UID", str(ground.free_uids(1)[0] if os.getuid() == 0 else os.getuid()))
    root = tempfile.mkdtemp(prefix="classe-")
    try:
        proof = Proof(root)
        runs = [(f"notation {rank}, JOBS={jobs}", {"JOBS": jobs})
                for rank, jobs in enumerate((os.environ.get("RUNS") or "1 2 2").split(), 1)]
        cluster = None if os.environ.get("SLURM") == "0" or local_cluster.missing_programs() else local_cluster.Cluster(1)
        (proof.run_together if os.environ.get("TOGETHER") else proof.run_each)(runs, cluster)
        if number("KILLS", 10):
            proof.run_killed(number("KILLS", 10))
        if number("SAMPLE", 20):
            measure(root, proof.labs, number("SAMPLE", 20))
    finally:
        children.kill_all()
        if os.environ.get("KEEP"):
            print(f"gardé : {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)
    print(f"{proof.passed} passed, {proof.failed} failed")
    return 1 if proof.failed or not proof.passed else 0


if __name__ == "__main__":
    sys.exit(main())
