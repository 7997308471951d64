"""Les programmes hostiles : ce que le pire des travaux coûte au juge, et ce qui en est dit.

Chaque dossier de tests/proof/hostile/programs/ contient program.c (ou program.c.txt, qui ne compile pas ; ou rien :
le fichier manque) et « expected » : une ligne par rôle, « rôle note motif ». Le programme prend tour à tour
la place de server.c, de client.c et de framing.c dans la solution, et le travail est jugé par judge.sh comme
celui d'un étudiant. La note et la raison lue doivent être celles attendues, le juge ne doit pas avoir d'ennui,
et il ne doit rester ni processus ni fichier.
Réglages, par l'environnement : LAB= TEST= (nom d'un dossier ou d'un rôle, avec *) UPDATE=1 (réécrit les notes).
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from tests.bench import slowest
from tests.judge.command.call import JUDGE
from tests.proof.programs import judged

FOLDER = pathlib.Path("tests/proof/hostile/programs")
PLACE = judged.BUILD / "hostile"
# Bien plus que le plus long : au-delà, le juge est bloqué, et c'est lui qui a un défaut.
LIMIT_S = 300
FUNCTIONS = """
#include "framing.h"

void line_reader_init(struct line_reader *reader, int fd, char *storage, size_t size)
{
    *reader = (struct line_reader){fd, storage, size, 0, 0};
}

int read_line(struct line_reader *reader, const char **line, size_t *length)
{
    (void)reader;
    *line = "";
    *length = 0;
    return misbehave();
}

int send_all(int fd, const void *bytes, size_t length)
{
    (void)fd;
    (void)bytes;
    (void)length;
    return misbehave();
}
"""


def hostile_source(folder, role):
    """Le texte à mettre à la place de ROLE.c, ou None s'il doit manquer."""
    for name in ("program.c", "program.c.txt"):
        if (folder / name).is_file():
            text = (folder / name).read_text(encoding="utf-8")
            break
    else:
        return None
    if role != "framing" or name.endswith(".txt"):
        return text
    return text.replace("int main(void)", "static int misbehave(void)") + FUNCTIONS


class Case:
    """Un programme hostile dans un rôle."""

    def __init__(self, lab, folder, role, mark, pattern):
        self.lab, self.folder, self.role, self.pattern = lab, folder, role, pattern
        self.mark = float(mark)
        self.name = f"{folder.name}/{role}"
        self.work, self.built = PLACE / f"{folder.name}+{role}", PLACE / f"{folder.name}+{role}+bati"

    def prepare(self):
        """Pose le travail, comme un étudiant le rendrait."""
        shutil.rmtree(self.work, ignore_errors=True)
        place = self.work / self.lab.name
        place.mkdir(parents=True)
        sources = self.lab.solution | {f"{self.role}.c": hostile_source(self.folder, self.role)}
        for name, text in sources.items():
            if text is not None:
                (place / name).write_text(text, encoding="utf-8")

    def judge(self):
        """Juge ; rend (statut, ce que l'étudiant lit, résultats ou None, secondes)."""
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "TEST", "UPDATE")}
        environment |= {"WORK": str(self.work), "LAB": self.lab.name, "NO_COLOR": "1", "JUDGE_BASE": str(self.built)}
        started = time.monotonic()
        process = subprocess.Popen(JUDGE, env=environment, text=True, errors="replace",
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            text = process.communicate(timeout=LIMIT_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            return None, process.communicate()[0], None, time.monotonic() - started
        results = self.built / self.lab.name / "results.json"
        run = json.loads(results.read_text(encoding="utf-8")) if results.is_file() else None
        return process.returncode, text, run, time.monotonic() - started

    def survivors(self):
        """Les processus qui exécutent encore un programme de ce travail."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.readlink(entry / "exe").startswith(str(self.built.resolve())):
                    found.append(entry.name)
            except OSError:
                continue
        return found


def leftovers():
    """Ce que des juges laissent dans /tmp, ou y ont pour l'instant."""
    return {path.name for pattern in ("judge-*", "criterion_*") for path in pathlib.Path("/tmp").glob(pattern)}


def lasting(names):
    """Parmi ces fichiers, ceux qui restent : un autre juge peut être au travail à côté."""
    for _ in range(100):
        names &= leftovers()
        if not names:
            break
        time.sleep(0.2)
    return names


def complaints(case, outcome):
    """Tout ce qui n'est pas comme attendu."""
    status, text, run, _ = outcome
    if status is None:
        yield f"pas de fin en {LIMIT_S} s"
        return
    if run is None or status != 1 or run["problems"]:
        yield f"statut {status}, ennuis du juge : {run and run['problems']}\n{text}"
        return
    mark = judged.mark(run)
    if abs(mark - case.mark) > 1e-9:
        yield f"note {mark:g} au lieu de {case.mark:g}"
    # Le rapport coupe ses lignes où il veut.
    if not re.search(case.pattern, " ".join(text.split())):
        yield f"la raison « {case.pattern} » n'est pas dite :\n{text}"
    survivors = case.survivors()
    if survivors:
        yield f"processus restants : {' '.join(survivors)}"


def try_case(case):
    """Juge un cas ; rend (cas, plaintes, note, secondes, dont celles du juge)."""
    case.prepare()
    outcome = case.judge()
    run = outcome[2]
    mark = judged.mark(run) if run else -1
    return case, list(complaints(case, outcome)), mark, outcome[3], run["duration_ms"] / 1e3 if run else outcome[3]


def read_cases(lab):
    """Les cas demandés, dans l'ordre des dossiers."""
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        for line in (folder / "expected").read_text(encoding="utf-8").splitlines():
            role, mark, pattern = line.split(maxsplit=2)
            case = Case(lab, folder, role, mark, pattern)
            if judged.selected(case.name):
                yield case


def rewrite_marks(results):
    """UPDATE=1 : les notes obtenues deviennent les notes attendues."""
    for case, _, mark, _, _ in results:
        path = case.folder / "expected"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(rf"^{case.role} \S+", f"{case.role} {mark:g}", text, flags=re.M), encoding="utf-8")


def main():
    # Les lignes attendues sont celles du lab 01, le seul qui ait les trois rôles.
    lab = judged.Lab(next(name for name in judged.labs() if pathlib.Path("solutions", name, "framing.c").is_file()))
    before = leftovers()
    # Trois rôles par programme : un sur quatre les prend tour à tour.
    results = judged.in_parallel(try_case, judged.in_brief(read_cases(lab), 4))
    if os.environ.get("UPDATE"):
        rewrite_marks(results)
    slowest.note("hostile", {f"{lab.name}/hostile/{case.name}": (judging, case.built / lab.name / "bin") for case, _, _, _, judging in results})
    failed = 0
    for case, found, mark, seconds, _ in results:
        failed += bool(found)
        print(f"{'✗' if found else '✓'} {case.name:<26} {mark:5.2f}/20 en {seconds:4.1f} s")
        for complaint in found:
            print("    " + complaint.replace("\n", "\n    "))
    remains = lasting(leftovers() - before)
    if remains:
        print(f"✗ restes dans /tmp : {' '.join(sorted(remains))}")
    return judged.conclude(len(results) - failed, failed + bool(remains))


if __name__ == "__main__":
    judged.run_main(main)
