"""L'entente avec un autre langage : chaque serveur en C sert un client en Python, et l'inverse.

Usage : interop.py LAB…    (programmes en C dans build/work/solutions/LAB/bin)

Un lab a ses programmes en Python dans tests/LAB/interop, sous le nom de ceux du lab, et dialogue.json à côté : ce que le
client reçoit en arguments et sur son entrée, et ce qu'il doit montrer, en Python et en C.
"""

import json
import pathlib
import subprocess
import sys

from tests.judge.command import lab_reader
from tests.student import stage

DEADLINE_S = 20


def converse(lab, dialogue, server, client, expected):
    """Un client parle à un serveur ; rend ce qui ne va pas, ou None."""
    port = stage.free_port(lab.protocol)
    place = [stage.HOST, str(port)]
    try:
        with stage.serving(server + place, lab.protocol, port, DEADLINE_S):
            answer = subprocess.run(client + place + dialogue["arguments"], input=dialogue["input"], capture_output=True,
                                    text=True, timeout=DEADLINE_S, check=False)
    except (stage.NotListening, subprocess.TimeoutExpired, OSError) as error:
        return str(error)
    wanted = expected.replace("{port}", str(port))
    if answer.returncode != 0:
        return f"code {answer.returncode} : {answer.stderr.strip()}"
    return None if answer.stdout == wanted else f"attendu {wanted!r}, reçu {answer.stdout!r}"


def pairs(lab, folder):
    """(titre, serveur, client, langue du client) : ceux des programmes du lab qui ont leur pareil en Python."""
    def here(program):
        return [f"build/work/solutions/{lab.name}/bin/{program}"]

    def python(program):
        return [sys.executable, "-I", str(folder / (program + ".py"))]
    for client in sorted({path.stem for path in folder.glob("*.py")} - {lab.server}):
        yield f"{lab.server} en C, {client} en Python", here(lab.server), python(client), "python"
        # Un lab qui n'a que son serveur n'a de client qu'en Python.
        if client in lab.programs:
            yield f"{lab.server} en Python, {client} en C", python(lab.server), here(client), "c"


def check(name):
    """Toutes les paires d'un lab ; rend combien s'entendent, et combien non."""
    folder, lab = pathlib.Path("tests", name, "interop"), lab_reader.Lab(name)
    dialogue = json.loads((folder / "dialogue.json").read_text("utf-8"))
    problems = []
    for title, server, client, language in pairs(lab, folder):
        problems.append(converse(lab, dialogue, server, client, dialogue[language]))
        print(f"{'✗' if problems[-1] else '✓'} {name} : {title}{' : ' + problems[-1] if problems[-1] else ''}")
    failed = sum(problem is not None for problem in problems)
    return len(problems) - failed, failed


def main():
    counts = [check(name) for name in sys.argv[1:] if pathlib.Path("tests", name, "interop", "dialogue.json").is_file()]
    passed, failed = (sum(column) for column in zip(*counts)) if counts else (0, 0)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
