"""Un jugement en cours : lancé, suivi verdict par verdict, arrêté net si les sources changent."""

import json
import os
import re
import signal
import subprocess
import time

from tests.judge.command.call import JUDGE
from tests.student import student_work
from tests.judge.report import results
from tests.judge.report import story

PATIENCE_S = 5.0


def nothing_known(lab):
    """Le lab avant tout jugement : chaque test y est « pending »."""
    run = student_work.listing(lab)
    if run is None:
        student_work.die("watch", f"le juge de {lab.name} n'est pas construit")
    for test in run["tests"]:
        test["status"] = "pending"
    return run


def session_members(sid):
    """Les processus de cette session : le compilateur est hors du groupe, mais pas hors de la session."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, _, _, session = file.read().rsplit(b")", 1)[1].split()[:4]
        except OSError:
            continue
        if int(session) == sid and state != b"Z":
            found.append(int(name))
    return found


class Judging:
    """Le jugement d'un lab."""

    def __init__(self, lab):
        self.lab, self.run = lab, nothing_known(lab)
        self.tests = {test["name"]: test for test in self.run["tests"]}
        self.link = os.path.join(lab.room, "live")
        self.log = os.path.join(lab.room, "watch.log")
        os.makedirs(lab.room, exist_ok=True)
        self.forget_link()
        self.started, self.ended, self.built, self.waiting = time.time(), None, False, ""
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("STEP", "TEST", "MIN", "JUNIT", "COUNT", "EDITOR_LINKS", "SANDBOX")}
        environment.update(LAB=lab.name, LIVE="1")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([*JUDGE, "--results"], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def forget_link(self):
        """Le lien d'un jugement passé ne doit pas être pris pour celui d'aujourd'hui."""
        if os.path.islink(self.link):
            os.unlink(self.link)

    def folders(self):
        """Les dossiers où il se passera quelque chose."""
        return [self.lab.room, os.path.join(self.link, "")] if os.path.islink(self.link) else [self.lab.room]

    def known(self):
        """Le nombre de tests dont le verdict est connu."""
        return sum(test["status"] != "pending" for test in self.run["tests"])

    def look(self):
        """Ramasse ce qui est nouveau ; rend vrai s'il y a du nouveau."""
        before = self.known(), self.built, self.waiting
        self.waiting = self.awaited()
        if os.path.islink(self.link) and self.ended is None:
            self.read_builds()
            for name, test in self.tests.items():
                if test["status"] == "pending":
                    self.read_verdict(name, test)
        if self.ended is None and self.process.poll() is not None:
            self.ended = time.time()
            self.conclude()
            return True
        return (self.known(), self.built, self.waiting) != before

    def awaited(self):
        """Qui est attendu, si un autre jugement compile ; vide sinon."""
        told = re.search("j'attends .*(?=, qui compile)", self.words()) if not self.built else None
        return told[0] if told else ""

    def words(self):
        """Ce que dit judge.sh."""
        return (student_work.read_bytes(self.log) or b"").decode("utf-8", "replace").strip()

    def read_builds(self):
        """Une fois tout compilé, ce qui n'a pas pu l'être est écrit à côté des programmes."""
        if self.built:
            return
        self.built = True
        for build in self.run["build"]:
            error = student_work.read_bytes(os.path.join(self.lab.room, "bin", build["program"] + ".error"))
            if error is not None:
                build.update(ok=False, message=results.clean({"message": error.decode("utf-8", "replace")})["message"])

    def read_verdict(self, name, test):
        """Le verdict d'un test : son statut, puis les membres JSON que le juge en écrira."""
        text = student_work.read_bytes(os.path.join(self.link, name))
        if text is None:
            return
        members = text.decode("utf-8", "replace").split("\n")[1:2]
        try:
            test.update(results.clean(json.loads("{" + "".join(members) + "}")))
        except ValueError:
            test["status"] = "broken"

    def conclude(self):
        """Le jugement fini, ses résultats font foi."""
        if self.process.returncode == 0:
            self.run = student_work.read_run(self.lab.room, "results.json") or self.run

    def trouble(self):
        """Ce que dit le juge quand il n'a pas pu travailler."""
        if self.ended is None or self.process.returncode == 0:
            return ""
        lines = self.words().splitlines()
        return lines[-1] if lines else f"statut {self.process.returncode}"

    def first_failure(self):
        """Le premier échec connu : celui qui explique les autres, puis l'ordre de l'énoncé ; un test réservé n'a pas de récit."""
        return next((test for test in results.by_weight(self.run["tests"])
                     if test["status"] in ("failed", "broken") and not story.is_masked(test)), None)

    def broken_build(self):
        """Un programme n'a-t-il pas pu être construit ?"""
        return any(not build["ok"] for build in self.run["build"])

    def stop(self):
        """Arrête tout, et ne laisse ni processus, ni fichier à moitié écrit."""
        if self.process.poll() is None:
            self.signal_group(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.signal_group(signal.SIGKILL)
                self.process.wait()
        # Le compilateur, lancé par « timeout », a son propre groupe : il est retrouvé par sa session.
        end = time.monotonic() + PATIENCE_S
        while session_members(self.process.pid) and time.monotonic() < end:
            for pid in session_members(self.process.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        if self.ended is None:
            self.forget_link()

    def signal_group(self, number):
        """Envoie un signal à tout le groupe du jugement."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass
