"""Le moteur d'une seule machine : GNU parallel.

Un moteur est un fichier de ce dossier. run(plan, ids, report) fait juger ces identifiants par submission.py, appelle
report(identifiant) à mesure qu'ils finissent, et revient quand c'est fini. Il lève RuntimeError, avec une phrase en
français, quand il ne peut pas travailler. NEEDS : les commandes sans lesquelles il ne peut rien.
"""

import os
import select
import signal
import subprocess
import tempfile

from tests.grading.run import pace, plans, with_parent, workroom
from tests.judge.command.call import PYTHON

NEEDS = ("parallel",)
HALTED = 255
# Un processus juge plusieurs rendus : Python et ses modules coûtent, à chaque démarrage, autant que plusieurs programmes
# jugés. Peu à la fois, et moins encore quand la classe est petite : aucun cœur ne doit attendre le dernier.
MOST_AT_ONCE = 8
TURNS = 4
# Entre deux regards sur parallel, quand il n'écrit rien, en secondes.
LOOK = 0.2


def share(count, jobs):
    """Combien de rendus confier à un processus : chacun des cœurs en prend plusieurs fois."""
    return max(1, min(MOST_AT_ONCE, count // (TURNS * jobs)))


def command(plan_path, count, jobs, most):
    """La commande que parallel complète de quelques identifiants ; jobs est le fichier où il lit, et relit, combien de front.
    --plain ignore les réglages de l'utilisateur."""
    return ["parallel", "--plain", "--will-cite", "--null", "--quote", "--jobs", jobs, "--line-buffer",
            "--max-args", str(share(count, most)), "--halt", "never", "env", "TMPDIR=" + tempfile.gettempdir(),
            *PYTHON, "tests/grading/submission.py", "--plan", plan_path, "{}"]


def run(plan, ids, report):
    """Juge ces étudiants, plusieurs à la fois."""
    out = plans.decode(plan["out"])
    plan_path = os.path.join(out, plans.PLAN)
    # HOME à part : parallel écrit dans celui de l'utilisateur, qui n'est pas toujours inscriptible. TMPDIR aussi : tué, il
    # y laisse son brouillon, que la notation suivante efface avec l'atelier. Ce qu'il lance garde le nôtre.
    with workroom.room(plan["mark"]) as home:
        environment = dict(os.environ, HOME=home, PARALLEL_HOME=home, TMPDIR=home, PARALLEL_SHELL="/bin/sh")
        with tempfile.TemporaryFile() as names, open(os.path.join(out, "parallel.log"), "wb") as log:
            names.write(b"\0".join(name.encode() for name in ids))
            names.seek(0)
            # Si nous sommes tués, parallel (SIGTERM) ne commence plus rien ; ce qui était commencé finit.
            rhythm = pace.Pace(os.path.join(home, "jobs"))
            process = with_parent.start(command(plan_path, len(ids), rhythm.path, rhythm.most), signal.SIGTERM, env=environment,
                                        stdin=names, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
            follow(process, report, rhythm)


def lines(process, look=lambda: None):
    """Les lignes que parallel écrit, jusqu'à sa fin. Ses propres aides lui survivent s'il est tué, et tiennent encore
    le tube : c'est la fin de parallel qui compte, non celle du tube."""
    kept = b""
    while True:
        ended = process.poll() is not None
        look()
        if select.select([process.stdout], [], [], LOOK)[0]:
            piece = os.read(process.stdout.fileno(), 1 << 16)
            *whole, kept = (kept + piece).split(b"\n")
            yield from whole
            if not piece:
                return
        elif ended:
            return


def follow(process, report, rhythm):
    """Compte ceux qui finissent, et règle combien vont de front. Un arrêt demandé est transmis, puis attendu."""
    try:
        for line in lines(process, rhythm.look):
            report(line.decode().strip())
        process.wait()
    except BaseException:
        # parallel attend ses tâches au premier SIGTERM, et les arrête au second.
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    if process.returncode >= HALTED or process.returncode < 0:
        raise RuntimeError(f"GNU parallel n'a pas pu travailler (statut {process.returncode}) : voir parallel.log")
