"""Là où bubblewrap ne s'ouvre pas et où la machine entière est jetable (le conteneur d'une plateforme, HOSTED=1) : les programmes
jugés tournent sous un autre utilisateur, ou, si ce n'est pas root qui juge, enfermés par Landlock. Les tests et les résultats
leur sont fermés ; c'est essayé avant de juger, par la même sonde que le bac à sable.

    settings(out, say)   ce qu'il faut donner à judge.sh, ou None si une porte reste ouverte (c'est dit)
    stop(user)           tue ce que les programmes ont laissé
"""

import ctypes
import os
import shutil
import subprocess

from tests.grading.run import workroom
from tests.grading.sandbox import attempts, running

SCRIPTS = "tests/grading/sandbox"
LANDLOCK_VERSION = 444, None, 0, 1
SIGNALS_SINCE = 6


def landlock():
    """La version de Landlock que ce noyau connaît ; 0 ou moins : aucune."""
    return ctypes.CDLL(None).syscall(*LANDLOCK_VERSION)


def settings(out, say):
    """Ferme la machine, l'essaie, et rend les réglages du juge."""
    user = 0
    if os.getuid() == 0:
        user = int(subprocess.run(["sh", f"{SCRIPTS}/as_user.sh", "--uid"], stdout=subprocess.PIPE, check=True).stdout)
        for folder in (attempts.TOP, out):
            os.chmod(folder, 0o700)
    elif landlock() < 1:
        say("✗ ce n'est pas root qui juge, et ce noyau n'a pas Landlock : rien ne ferme la machine aux programmes")
        return None
    values = {"JUDGE_WRAPPER": f"sh {attempts.TOP}/{SCRIPTS}/closed.sh {user}", "COMPILE_WRAPPER": f"sh {SCRIPTS}/closed_compile.sh",
              "JUDGE_CLOSED": str(user), "JUDGE_INJECT_LIBRARY": lend_injector(out)}
    complaints = []
    try:
        complaints += [f"✗ {title} : {text}" for title, text in tries(out, values) if text]
    except attempts.Impossible as error:
        complaints.append(f"✗ la machine fermée n'a pas pu être essayée : {error}")
    for line in complaints:
        say(line)
    if complaints:
        return None
    say("Sans bac à sable ici : les programmes " + (f"tournent sous un autre utilisateur ({user})" if user else
                                                    "sont enfermés par Landlock")
        + " ; les tests, les résultats et les autres processus leur sont fermés, c'est essayé.")
    return values


def lend_injector(out):
    """Ce que le juge précharge doit s'ouvrir aux programmes : une copie, là où ils peuvent passer et non écrire."""
    place = os.path.join(workroom.parent(workroom.mark_of(out)), "inject.so")
    shutil.copyfile(attempts.TOP / "build" / "judge" / "inject.so", place)
    os.chmod(place, 0o644)
    return place


class Ground(attempts.Ground):
    """La sonde, lancée comme le seront les programmes."""

    def ordinary_user(self):
        return []

    def judge_command(self, program, *words):
        return ["env", *(f"{name}={value}" for name, value in self.environment.items() if name.startswith("JUDGE_")),
                self.judge, "--probe", program, *words]

    def compile_command(self, result, source):
        return ["sh", f"{SCRIPTS}/closed_compile.sh", os.environ.get("CC") or "cc", "-c", "-o", result, source]


def tries(out, values):
    """(titre, plainte ou None) de chaque porte essayée."""
    with Ground(environment=values) as ground:
        os.chmod(ground.probe, 0o755)
        tests = [attempts.TOP, attempts.TOP / "Makefile", attempts.TOP / "tests/judge/command/judge.sh", ground.judge]
        yield "les tests", refused(ground, "read", *tests)
        yield "les résultats", refused(ground, "read", out) or refused(ground, "write", out, attempts.TOP, "/", "/usr", "/etc")
        yield "suivre qui juge", refused(ground, "read", f"/proc/{os.getpid()}/environ", f"/proc/{os.getpid()}/mem")
        if os.getuid() == 0 or landlock() >= SIGNALS_SINCE:
            yield "tuer qui juge", refused(ground, "kill", os.getpid())
        yield "compiler", ordinary(ground)
        yield "inclure un test", swallowed(ground, '#include "{}"\n') or swallowed(ground, '__asm__(".incbin \\"{}\\"");\n')


def refused(ground, verb, *words):
    """Une plainte si l'une de ces choses n'est pas refusée, nommément : le reste de ce que la sonde essaie n'est fermé que
    par un vrai bac à sable, ou dit réussi par le noyau alors qu'il n'atteint personne (kill -1)."""
    outcome = ground.judged(verb, *words)
    return running.complain([str(word) for word in words if f"refusé {word}" not in outcome.lines])


def compiled(ground, text):
    """Compile ce texte ; rend ce qui est sorti, et s'il y a un résultat."""
    source, result = ground.folder / "essai.c", ground.folder / "essai.o"
    source.write_text(text, encoding="utf-8")
    result.unlink(missing_ok=True)
    done = ground.run(ground.compile_command(result, source))
    return done, result.exists()


def ordinary(ground):
    """Un programme ordinaire doit se compiler."""
    done, made = compiled(ground, "int main(void)\n{\n    return 0;\n}\n")
    return None if made else "la compilation a échoué : " + done.errors.strip()[:200]


def swallowed(ground, form):
    """Aucun test ne doit entrer dans ce qui est compilé."""
    _, made = compiled(ground, form.format(attempts.TOP / "tests/judge/library/run/judge.h") + "int main(void) { return 0; }\n")
    return "obtenu : tests/judge/library/run/judge.h" if made else None


def stop(user):
    """Tue ce que les programmes ont laissé sous cet utilisateur, qui n'est celui de personne d'autre."""
    if user:
        subprocess.run(["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "sh", "-c", "kill -KILL -1"],
                       stderr=subprocess.DEVNULL, check=False)
