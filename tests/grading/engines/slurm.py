"""Le moteur de plusieurs machines : Slurm. La classe est coupée en parts, envoyées en tableau de travaux.

Réglages : SLURM_OPTIONS=, passé à sbatch (partition, compte, temps, mémoire…), et JOBS=, le nombre de parts de front.
Ce qu'un travail mort n'a pas jugé est soumis à nouveau. Celui dont le jugement a été interrompu deux fois n'est pas
noté, et le dit. Voir docs/noter.md.
"""

import os
import shutil
import statistics
import sys
import time

from tests.grading import submission
from tests.grading.run import atomic, plans
from tests.grading.slurm import batch, jobs, parts

NEEDS = jobs.COMMANDS
REMEDY = "lancez la notation depuis la machine d'où l'on soumet les travaux Slurm (voir docs/noter.md)"
# Les premiers jugés vérifient le partage et disent combien de temps demande un rendu.
PROBES = 3
INTERRUPTIONS = 2
# Deux envois de suite où rien n'avance : insister ne servirait à rien.
BARREN = 2
PATIENCE = 600
# Avant ce temps, attendre dans la file ne vaut pas d'être dit.
PATIENT = 15
GLANCE = 0.3
PACE = (1.0, 15.0)


class Queue:
    """La file de Slurm, regardée de plus en plus rarement : slurmctld sert aussi les autres."""

    def __init__(self, job):
        self.job, self.said = job, ""
        self.started = self.heard = self.looked = time.monotonic()

    def is_busy(self):
        """Reste-t-il une tâche qui attend ou qui travaille ?"""
        now = time.monotonic()
        if now - self.looked < min(max(PACE[0], (now - self.started) / 20), PACE[1]):
            return True
        self.looked = now
        try:
            tasks = jobs.alive(jobs.tasks(self.job))
        except jobs.Unreachable as error:
            if now - self.heard > PATIENCE:
                raise RuntimeError(f"Slurm ne répond plus ({error}). Relancez la même commande plus tard : elle "
                                   "continuera où elle en est.") from error
            return True
        self.heard = now
        if now - self.started > PATIENT:
            self.tell_waiting(tasks.values())
        return bool(tasks)

    def tell_waiting(self, tasks):
        """Quand rien ne travaille, dit ce que l'on attend, avec le mot de Slurm."""
        waiting = {reason for state, _, reason, _ in tasks if state == "PENDING"}
        said = ", ".join(sorted(waiting - {"None", ""}))
        if said and said != self.said and all(state == "PENDING" for state, *_ in tasks):
            say(f"Slurm : tout attend dans la file ({said}).")
            self.said = said


class Engine:
    """Une notation par Slurm."""

    def __init__(self, plan):
        self.plan = plan
        self.folder = os.path.join(plans.decode(plan["out"]), "slurm")
        self.name = "notes-" + plan["mark"]
        self.interrupted, self.excluded, self.seconds = {}, {}, []
        self.workers, self.sent = 1, 0
        self.largest = jobs.largest_array()
        jobs.options()

    def run(self, ids, report):
        """Juge ces étudiants, en autant d'envois qu'il le faut."""
        jobs.cancel(self.name)
        shutil.rmtree(self.folder, ignore_errors=True)
        left, barren = self.set_aside(ids), 0
        try:
            while left:
                sent = batch.Batch(self.plan, os.path.join(self.folder, str(self.sent)), self.cut(left))
                self.follow(sent, report)
                blamed = self.explain(sent)
                remaining = self.set_aside([identifier for identifier in left if identifier not in finished(sent)])
                barren = 0 if blamed or len(remaining) < len(left) else barren + 1
                if barren == BARREN:
                    raise RuntimeError("Slurm ne juge rien. " + self.troubles())
                left = remaining
        except BaseException:
            jobs.cancel(self.name)
            raise
        shutil.rmtree(self.folder, ignore_errors=True)

    def cut(self, ids):
        """Les parts du prochain envoi."""
        if not self.seconds:
            return [[identifier] for identifier in ids[:PROBES]]
        size = parts.size_of(len(ids), statistics.median(self.seconds), self.workers, self.largest)
        return parts.cut(ids, self.interrupted, size, self.largest)

    def follow(self, sent, report):
        """Envoie, et suit jusqu'à ce que tout soit jugé ou que plus rien ne travaille."""
        sent.submit(self.name, self.excluded)
        self.sent += 1
        self.announce(sent)
        queue = Queue(sent.job)
        while not sent.is_over() and queue.is_busy():
            self.gather(sent, report)
            # Le pas de la lecture : rien n'est tenu pour fait parce que ce temps a passé.
            time.sleep(GLANCE)
        sent.refresh()
        self.gather(sent, report)

    def gather(self, sent, report):
        """Recueille ceux qui viennent de finir."""
        for identifier in sent.collect():
            record = atomic.read_json(plans.result_path(self.plan, identifier)) or {}
            if record.get("run") == self.plan["run"]:
                self.seconds.append(record.get("duration_ms", 0) / 1000)
            report(identifier)

    def announce(self, sent):
        """Dit ce qui a été envoyé."""
        if self.sent == 1:
            self.workers = min(jobs.processors(sent.job), int(os.environ.get("JOBS") or self.largest))
        total = sum(len(part.ids) for part in sent.parts)
        say(f"Slurm : travail {sent.job}, {counted(total, 'rendu')} en {counted(len(sent.parts), 'part')} "
            f"({counted(self.workers, 'cœur')}).")

    def explain(self, sent):
        """Dit pourquoi des parts ne sont pas finies, et compte l'interruption de l'étudiant en cours. Rend ceux-là."""
        if sent.is_over():
            return set()
        try:
            told = jobs.tasks(sent.job)
        except jobs.Unreachable:
            told = {}
        blamed = set()
        for number, part in enumerate(sent.parts):
            if part.left:
                state, node, _, status = told.get(number, ("", "", "", ""))
                blamed |= self.explain_part(part, state, node, status)
        left = sum(len(part.left) for part in sent.parts)
        say(f"Slurm : {counted(left, 'rendu')} à reprendre. " + self.troubles())
        return blamed

    def explain_part(self, part, state, node, status):
        """Une part qui n'est pas finie : est-ce le nœud, ou ce qui était en cours ?"""
        unfit = part.read(".panne")
        began = part.read(".debut")
        if unfit is not None:
            self.excluded[node] = unfit
        elif began is None and status.startswith("66:"):
            self.excluded[node] = "le dossier de la notation n'y est pas partagé"
        elif began is not None:
            identifier = part.current()
            self.interrupted.setdefault(identifier, []).append(f"{state or 'arrêté'}, nœud {began}")
            return {identifier}
        self.excluded.pop("", None)
        return set()

    def set_aside(self, ids):
        """Sans ceux que l'on a trop souvent interrompus : leur résultat dit pourquoi ils ne sont pas notés."""
        students = {student["id"]: student for student in self.plan["students"]}
        kept = []
        for identifier in ids:
            causes = self.interrupted.get(identifier, [])
            if len(causes) < INTERRUPTIONS:
                kept.append(identifier)
                continue
            record = submission.blank_record(self.plan, students[identifier])
            record.update(reason="son jugement a été interrompu " + f"{len(causes)} fois sous Slurm ({causes[-1]})",
                          attempts=len(causes), run=self.plan["run"])
            atomic.write_json(plans.result_path(self.plan, identifier), record)
        return kept

    def troubles(self):
        """Les nœuds écartés, et pourquoi."""
        return " ; ".join(f"nœud {node} écarté : {why}" for node, why in sorted(self.excluded.items()))


def finished(sent):
    """Ceux qui sont jugés dans cet envoi."""
    return {identifier for part in sent.parts for identifier in part.ids if identifier not in part.left}


def counted(number, noun):
    """« 1 part », « 3 parts »."""
    return f"{number} {noun}" + ("s" if number > 1 else "")


def say(text):
    """Une ligne pour l'enseignant, à la place de l'avancement."""
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    print(start + text.strip(), file=sys.stderr, flush=True)


ENGINES = {}


def run(plan, ids, report):
    """Juge ces étudiants. Ce que l'on a appris (nœuds, durées, interruptions) sert encore à la reprise."""
    if plan["run"] not in ENGINES:
        ENGINES[plan["run"]] = Engine(plan)
    ENGINES[plan["run"]].run(list(ids), report)


def cores():
    """Sur combien de cœurs la classe a été jugée."""
    return max((engine.workers for engine in ENGINES.values()), default=1)
