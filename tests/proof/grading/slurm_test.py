"""Éprouve le moteur Slurm avec un vrai Slurm, privé : « make slurm-proof ».

Une petite classe est notée par ENGINE=parallel, puis par ENGINE=slurm, sur deux nœuds. Pendant celle-ci, la notation
est tuée (SIGKILL) et relancée, puis un nœud est tué avec le travail qu'il portait, et relancé. À la fin, chacun a les
mêmes points à chaque test, rien n'a été jugé deux fois sans raison, et rien ne reste.
"""

import contextlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from tests.grading.run import plans, with_parent
from tests.grading.slurm import batch, jobs
from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE
from tests.proof.grading import children, local_cluster
from tests.proof.programs import judged, mutants

PATIENCE = 600
ABSENT = 77
MUTANTS = 2
# Assez de parts vides pour que le rythme de slurmctld, qui démarre des travaux par lots, se voie.
EMPTY = 10


def mutate(lab, path):
    """La solution d'un lab, altérée par ce mutant : {fichier: texte}."""
    sources = {file.name: file.read_text(encoding="utf-8") for file in pathlib.Path("solutions", lab).glob("*.c")}
    for name, before, after in mutants.read_changes(mutants.parts_of(path)[1], path):
        if name in sources:
            sources[name] = sources[name].replace(before, after)
    return sources


def build_class(folder):
    """Une classe : la solution, le squelette, des programmes naïfs, et des mutants de chaque lab."""
    shutil.copytree("solutions", folder / "Étudiante Parfaite")
    shutil.copytree("labs", folder / "- débutant 'pressé'")
    shutil.copytree(judged.naive_work(), folder / "naïf")
    for lab in lab_reader.chosen_names():
        for path in sorted(pathlib.Path("tests", lab, "mutants").glob("*.patch"))[:MUTANTS]:
            target = folder / f"presque {lab} {path.stem}" / "labs" / lab
            target.mkdir(parents=True)
            for name, text in mutate(lab, path).items():
                (target / name).write_text(text, encoding="utf-8")


class Grading:
    """Une notation, lancée comme le fait un enseignant."""

    def __init__(self, work, out, engine, environment):
        self.out = out
        # La classe est de nous : sans protections, on éprouve encore le moteur.
        settings = dict(environment, WORK=str(work), OUT=str(out), ENGINE=engine, INSECURE="1")
        self.log = tempfile.TemporaryFile()
        self.started = time.monotonic()
        self.process = with_parent.start(JUDGE, env=settings, stdin=subprocess.DEVNULL,
                                         stdout=self.log, stderr=self.log)

    def said(self):
        """Ce que la notation a dit jusqu'ici."""
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def wait_until(self, condition, what):
        """Attend une condition pendant la notation ; si celle-ci finit avant, l'épreuve n'a pas eu lieu."""
        def come():
            if condition():
                return True
            if self.process.poll() is not None:
                raise local_cluster.Failure(f"la notation a fini avant : {what}\n{self.said()}")
            return False
        children.wait_until(come, PATIENCE, what)

    def finish(self):
        """Attend la fin, et exige qu'elle soit bonne."""
        status = self.process.wait(PATIENCE)
        if status != 0:
            raise local_cluster.Failure(f"la notation a fini avec le statut {status}\n{self.said()}")
        return time.monotonic() - self.started

    def kill(self):
        """Tue la notation d'un coup, avec ce qu'elle a lancé elle-même."""
        children.kill_tree(self.process.pid)
        self.process.returncode = -9


def records(out):
    """Ce que vaut chaque étudiant : {identifiant: (statut, notes, sort de chaque test)}."""
    found = {}
    for path in pathlib.Path(out, "resultats").glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        tests = [(lab["lab"], lab["mark"], [(test["name"], test["status"]) for test in (lab["results"] or {}).get("tests", [])])
                 for lab in record["labs"]]
        found[record["id"]] = (record["status"], record["total"], tests)
    return found


def written(out):
    """Quand chaque résultat a été écrit : {fichier: date}."""
    return {path.name: path.stat().st_mtime_ns for path in pathlib.Path(out, "resultats").glob("*.json")}


def complain_of_differences(expected, received):
    """Les étudiants qui n'ont pas les mêmes points, en phrases."""
    for identifier in sorted(expected.keys() | received.keys()):
        one, other = expected.get(identifier), received.get(identifier)
        if one != other:
            yield f"{identifier} : {summary(one)} avec parallel, {summary(other)} avec Slurm"


def summary(record):
    """Un résultat, en peu de mots : les notes, et les tests manqués."""
    if record is None:
        return "absent"
    missed = [name for _, _, tests in record[2] for name, status in tests if status != "passed"]
    return f"{record[0]} {record[1]}, {len(missed)} manqués ({', '.join(missed[:4])}…)"


def begun(out):
    """Les parts commencées, et quand : elles reçoivent les mêmes noms à chaque notation."""
    found = []
    for path in pathlib.Path(out, "slurm").glob("*/*.debut"):
        with contextlib.suppress(FileNotFoundError):
            found.append((path, path.stat().st_mtime_ns))
    return found


def words(path):
    """Les mots d'un fichier que la notation peut effacer à tout moment."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").split()
    return []


def busy_part(out, node, stale):
    """Ce nœud a-t-il commencé une part qu'il n'a pas finie ? Celles de la notation tuée ne comptent pas."""
    for path, _ in set(begun(out)) - stale:
        where, done, wanted = (words(path.with_suffix(suffix)) for suffix in (".debut", ".finis", ".rendus"))
        if where == [node] and len(done) < len(wanted):
            return True
    return False


def try_slurm(cluster, work, out):
    """La notation, tuée et relancée ; puis un nœud, tué et relancé."""
    environment, victim = cluster.environment(), cluster.nodes[-1]
    first = Grading(work, out, "slurm", environment)
    first.wait_until(lambda: written(out), "un premier résultat")
    first.kill()
    kept, stale = written(out), set(begun(out))
    print(f"  notation tuée après {len(kept)} résultat(s) ; relancée")
    second = Grading(work, out, "slurm", environment)
    second.wait_until(lambda: busy_part(out, victim, stale), f"une part commencée sur {victim}")
    cluster.kill_node(victim)
    cluster.start_node(victim)
    print(f"  {victim} tué avec son travail ; relancé")
    second.finish()
    if "à reprendre" not in second.said():
        yield "le nœud tué n'a rien fait perdre : cette épreuve n'a rien prouvé\n" + second.said()
    for name, moment in kept.items():
        if written(out).get(name) != moment:
            yield f"{name} était jugé avant l'interruption, et l'a été à nouveau"
    if (out / "slurm").exists():
        yield "le dossier des travaux est resté après la notation"
    if cluster.ask("squeue", "--noheader"):
        yield "il reste des travaux dans la file"


def processor_time():
    """Le temps de processeur pris par notre descendance, jusqu'ici."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def french(number):
    """Un nombre à une décimale."""
    return f"{number:.1f}".replace(".", ",")


def speed(count, elapsed, used):
    """Les deux chiffres dont le calcul de docs/noter.md a besoin."""
    cores = len(os.sched_getaffinity(0))
    return (f"{french(60 * count / elapsed / cores)} par minute et par cœur, "
            f"{french(used / count)} s de processeur par rendu")


def cost_of_part(cluster, out, folder):
    """Ce que coûte une part en plus de ce qu'elle juge, en secondes de cœur : des parts sans aucun rendu."""
    os.environ.update(cluster.environment())
    plan = plans.load(out / plans.PLAN)
    empty = batch.Batch(plan, str(folder / "vides"), [[] for _ in range(EMPTY)])
    started = time.monotonic()
    empty.submit("vides", ())
    cluster.wait(lambda: not jobs.alive(jobs.tasks(empty.job)), "la fin des parts vides")
    elapsed = time.monotonic() - started
    states = {state for state, *_ in jobs.tasks(empty.job).values()}
    if states != {"COMPLETED"}:
        raise local_cluster.Failure(f"les parts vides ont fini autrement que prévu : {', '.join(sorted(states))}")
    return elapsed * len(cluster.nodes) / EMPTY


def check(folder):
    """Toute l'épreuve ; rend les reproches."""
    work, local, remote = folder / "classe", folder / "parallel", folder / "slurm"
    work.mkdir()
    build_class(work)
    before = processor_time()
    elapsed = Grading(work, local, "parallel", os.environ).finish()
    used = processor_time() - before
    expected = records(local)
    print(f"  {len(expected)} étudiants notés par parallel en {elapsed:.0f} s : {speed(len(expected), elapsed, used)}")
    with local_cluster.Cluster(nodes=2, cpus=1) as cluster:
        complaints = list(try_slurm(cluster, work, remote))
        print(f"  une part coûte à Slurm {french(cost_of_part(cluster, remote, folder))} s de cœur, avant de juger")
    return complaints + list(complain_of_differences(expected, records(remote)))


def main():
    missing = local_cluster.missing_programs()
    if missing:
        print(f"il manque {', '.join(missing)} : tapez « make deps GROUP=slurm »")
        return ABSENT
    with tempfile.TemporaryDirectory(prefix="check-slurm-") as folder:
        try:
            complaints = check(pathlib.Path(folder))
        except (local_cluster.Failure, TimeoutError, subprocess.TimeoutExpired) as trouble:
            complaints = [str(trouble)]
        finally:
            children.kill_all()
    for complaint in complaints:
        print(f"✗ {complaint}")
    print("✓ mêmes points avec Slurm, malgré les pannes" if not complaints else f"{len(complaints)} reproche(s)")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
