"""Lancer « make test » comme le ferait quelqu'un, et mesurer ce qu'il coûte : temps réel, et temps de processeur."""

import os
import resource
import subprocess
import time

from tests.bench import building

# Ce que notre propre make a mis dans l'environnement n'est pas à celui que l'on mesure.
OURS = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "WORK", "LAB", "STEP", "TEST", "MIN", "JUNIT", "FRAMING", "SANITIZE",
        "COMPILE_WRAPPER", "JUDGE_WRAPPER", "JUDGE_BASE", "LIVE", "COUNT", "SLURM_OPTIONS", "REVEAL", "OUT", "JOBS", "ENGINE", "INSECURE", "SANDBOX", "ALIASES", "LATE", "FILE", "ARGS")


def environment(**settings):
    """L'environnement d'une commande neuve, avec ces réglages."""
    return {**{name: value for name, value in os.environ.items() if name not in OURS}, **settings}


def children_cpu():
    """Le temps de processeur de tout ce qui est fini."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command, cores=None, **settings):
    """Lance la commande : {début, temps réel, temps de processeur, statut}, en secondes."""
    before, began = children_cpu(), time.monotonic()
    pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
    done = subprocess.run(command, env=environment(**settings), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, preexec_fn=pin, check=False)
    wall = time.monotonic() - began
    if done.returncode not in (0, 1):
        raise building.Trouble(f"{' '.join(command)} a rendu {done.returncode} :\n" + done.stdout.decode(errors="replace")[-2000:])
    return {"began": began, "wall": wall, "cpu": children_cpu() - before, "status": done.returncode}
