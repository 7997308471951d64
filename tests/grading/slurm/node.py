"""Sur un nœud : node.py PART. Vérifie que ce nœud jugera comme les autres, puis juge les rendus de PART.rendus.

PART.debut dit que le jugement a commencé ; PART.panne, pourquoi ce nœud ne peut pas juger.
"""

import os
import pathlib
import subprocess
import sys

from tests.grading.run import atomic, keys, plans, workroom
from tests.grading.sandbox import protections
from tests.judge.command.call import PYTHON

UNFIT = 66


def missing_protections():
    """Les protections qui ne tiennent pas sur ce nœud."""
    return protections.check(lambda text: print(text, file=sys.stderr))[0]


def trouble(plan):
    """Pourquoi ce nœud ne peut pas juger comme la machine qui a préparé la notation, ou rien."""
    for judge in sorted(pathlib.Path("build/tests").glob("*/judge")):
        done = subprocess.run([str(judge), "--list"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            return "le juge n'y démarre pas : " + done.stderr.decode("utf-8", "replace").strip()[-200:]
    if keys.ground_key(plan["settings"], plan["protections_missing"]) != plan["ground"]:
        return "le compilateur ou les fichiers du juge n'y sont pas ceux de la machine qui a soumis le travail"
    lost = sorted(set(missing_protections()) - set(plan["protections_missing"]))
    return "il y manque des protections : " + ", ".join(lost) if lost else ""


def main():
    part = sys.argv[1]
    folder, name = os.path.dirname(part), os.environ.get("SLURMD_NODENAME") or os.uname().nodename
    plan_path = os.path.join(folder, plans.PLAN)
    plan = plans.load(plan_path)
    os.environ.update(plan["settings"])
    checked = os.path.join(folder, f"{name}.pret")
    if not os.path.exists(checked):
        found = trouble(plan)
        if found:
            atomic.write_bytes(part + ".panne", found.encode("utf-8", "replace"))
            return UNFIT
        atomic.write_bytes(checked, b"")
    # Ce qu'un nœud tombé avait laissé, il l'efface à son retour.
    workroom.sweep(plan["mark"])
    atomic.write_bytes(part + ".debut", name.encode())
    ids = pathlib.Path(part + ".rendus").read_text(encoding="ascii").split()
    os.execvp("sh", [*PYTHON, "tests/grading/submission.py", "--plan", plan_path, *ids])
    return UNFIT


if __name__ == "__main__":
    sys.exit(main())
