"""Combien de rendus de front, quand JOBS= ne le dit pas : ce que le processeur permet, et jamais plus que la mémoire libre.

Un jugement attend plus qu'il ne calcule : un seul par cœur laisse les cœurs au repos. On en ajoute donc un chaque fois
qu'ils y sont, et on en ôte quand trop de processus attendent leur tour, ou que la mémoire manque.
"""

import os
import pathlib
import time

from tests.grading.sandbox import attempts

# Ce qu'un cœur peut avoir à juger : au-delà, les attentes ne laissent plus de repos à prendre.
PER_CORE = 6
# Entre deux changements, en secondes : le temps qu'un jugement commencé se fasse sentir.
CALM = 2
IDLE = 0.1
QUEUED = 3


def cores():
    """Les cœurs à nous."""
    return os.sched_getaffinity(0)


def free_memory():
    """La mémoire libre, en octets ; rien si le système ne le dit pas."""
    for line in pathlib.Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return None


def each_needs():
    """Ce que le pire des rendus peut prendre, en octets : un programme assaini, à sa limite."""
    return attempts.read_limits()["RUN_SANITIZED_MEMORY"]


def most():
    """Le plus grand nombre de rendus de front : JOBS=, ou ce que permettent les cœurs et la mémoire libre."""
    wanted = os.environ.get("JOBS", "")
    if wanted:
        return int(wanted)
    free = free_memory()
    return max(1, min(PER_CORE * len(cores()), free // each_needs() if free is not None else len(cores())))


def processor_times():
    """(temps de repos, temps total) de nos cœurs, et combien de processus veulent un cœur en ce moment."""
    idle = total = running = 0
    ours = {f"cpu{number}" for number in cores()}
    for line in pathlib.Path("/proc/stat").read_text(encoding="ascii").splitlines():
        name, *values = line.split()
        if name in ours:
            times = list(map(int, values[:8]))
            # Le repos, et celui d'un cœur dont un processus attend le disque.
            idle, total = idle + times[3] + times[4], total + sum(times)
        elif name == "procs_running":
            running = int(values[0])
    return idle, total, running


class Pace:
    """Le nombre de front, écrit dans un fichier que parallel relit."""

    def __init__(self, path):
        self.path, self.most = path, most()
        self.allowed = self.most if os.environ.get("JOBS") else min(self.most, 2 * len(cores()))
        self.idle, self.total, _ = processor_times()
        self.changed = time.monotonic()
        self.write()

    def write(self):
        """Dit à parallel combien de front."""
        with open(self.path, "w", encoding="ascii") as file:
            file.write(f"{self.allowed}\n")

    def look(self):
        """Regarde la machine ; change le nombre s'il le faut. Sans effet quand JOBS= l'a dit."""
        if os.environ.get("JOBS") or time.monotonic() - self.changed < CALM:
            return
        idle, total, running = processor_times()
        rest = (idle - self.idle) / max(1, total - self.total)
        self.idle, self.total, self.changed = idle, total, time.monotonic()
        allowed = self.next(rest, running, free_memory())
        if allowed != self.allowed:
            self.allowed = allowed
            self.write()

    def next(self, rest, running, free):
        """Combien de front, pour cette part de repos, ces processus qui veulent un cœur, cette mémoire libre."""
        if free is not None and free < each_needs():
            return max(1, self.allowed - 1)
        if rest > IDLE:
            return min(self.most, self.allowed + 1)
        if running > QUEUED * len(cores()):
            return max(min(self.most, len(cores())), self.allowed - 1)
        return self.allowed
