"""Le moteur d'un seul rendu, sur la machine d'une plateforme : rien à répartir, et rien à installer. Voir parallel.py."""

import os
import signal
import subprocess

from tests.grading.run import plans, with_parent
from tests.judge.command.call import PYTHON


def run(plan, ids, report):
    """Juge ces étudiants l'un après l'autre."""
    path = os.path.join(plans.decode(plan["out"]), plans.PLAN)
    process = with_parent.start([*PYTHON, "tests/grading/submission.py", "--plan", path, *ids], signal.SIGTERM,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    with process:
        for line in process.stdout:
            report(line.strip())
    if process.returncode != 0:
        raise RuntimeError(f"le jugement s'est arrêté (statut {process.returncode})")
