"""De quoi éprouver les commandes de l'étudiant comme il les tape : dans un vrai terminal quand il le faut."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time

from tests.student import student_work
from tests.judge.report.paint import bare, columns

# Une attente finit dès que ce qu'elle attend est vu ; ceci ne borne que l'échec.
PATIENCE_S = 60.0
ESCAPE = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")


class Trial:
    """Compte ce qui va et ce qui ne va pas."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, what, good, detail=""):
        """Note une vérification ; une fausse est montrée avec ce qu'on a vu."""
        if good:
            self.passed += 1
            return True
        self.failed += 1
        print(f"✗ {what}")
        for line in str(detail).splitlines()[-40:]:
            print("  | " + line)
        return False

    def skip(self, why):
        """Note ce que cette machine ne permet pas."""
        self.skipped += 1
        print(f"○ {why}")

    def conclude(self):
        """La dernière ligne, et le statut."""
        tail = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{tail}")
        return 1 if self.failed else 0


def environment(**settings):
    """L'environnement de quelqu'un qui ouvre un terminal."""
    kept = {name: value for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "WORK", "LAB", "STEP", "TEST", "FILE", "ARGS", "FROM_LAB",
                            "EDITOR_LINKS", "COLUMNS", "NO_COLOR")}
    kept.update(TERM="xterm-256color", **settings)
    return kept


def run(*words, cwd=".", stdin=b"", **settings):
    """(statut, tout ce qui est écrit) d'une commande sans terminal."""
    done = subprocess.run(words, cwd=cwd, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment(**settings), start_new_session=True, timeout=PATIENCE_S, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


class Terminal:
    """Une commande dans un vrai terminal (pty), lue et tapée comme par quelqu'un."""

    def __init__(self, *words, rows=40, width=90, cwd=".", **settings):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execvpe(words[0], words, environment(**settings))
        self.resize(rows, width)
        self.before = termios.tcgetattr(self.fd)
        self.status = None

    def resize(self, rows, width):
        """Change la taille de la fenêtre."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, width, 0, 0))

    def read(self, seconds):
        """Lit ce qui vient d'être écrit ; rend faux quand il n'y aura plus rien."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.text += data.decode("utf-8", "replace")
        return bool(data)

    def until(self, pattern, since=0):
        """Attend ce motif, dans ce qui a été écrit depuis cet endroit ; rend vrai s'il est venu."""
        end = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self.shown(since)):
            if time.monotonic() > end or not self.read(0.05):
                return bool(re.search(pattern, self.shown(since)))
        return True

    def shown(self, since=0):
        """Le texte écrit depuis cet endroit, sans les commandes du terminal."""
        # Aller au début d'une ligne de l'écran, c'est changer de ligne.
        return ESCAPE.sub("", re.sub("\x1b\\[\\d+;1H", "\n", self.text[since:]))

    def screen(self):
        """Les lignes que l'écran montre maintenant : pour chacune, la dernière écrite."""
        rows = {}
        for row, line in re.findall("\x1b\\[(\\d+);1H(.*?)\x1b\\[K", self.text.rpartition("\x1b[2J")[2]):
            rows[int(row)] = ESCAPE.sub("", line)
        return [rows.get(row, "") for row in range(1, max(rows, default=0) + 1)]

    def mark(self):
        """L'endroit où l'on en est."""
        return len(self.text)

    def type(self, keys):
        """Tape ces touches."""
        os.write(self.fd, keys)

    def finish(self):
        """Attend la fin ; rend le statut."""
        end = time.monotonic() + PATIENCE_S
        while self.status is None and time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status) if hasattr(os, "waitstatus_to_exitcode") else status >> 8
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        while self.text is not None and select.select([self.fd], [], [], 0)[0] and self.read(0):
            pass
        return self.status

    def close(self):
        """Ferme la fenêtre, comme on clique sur sa croix."""
        os.close(self.fd)
        wait_for(lambda: os.waitpid(self.pid, os.WNOHANG)[0])

    def restored(self):
        """Le terminal est-il réglé comme au début ?"""
        try:
            return termios.tcgetattr(self.fd)[:4] == self.before[:4]
        except termios.error:
            return True


def wait_for(condition):
    """Attend que la condition soit vraie ; rend vrai si elle l'est devenue."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def widest(text):
    """La plus longue ligne, en colonnes."""
    return max(columns(bare(line)) for line in text.splitlines())


def descendants(marker):
    """Les processus, vivants, dont l'environnement porte cette marque."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        environ = student_work.read_bytes(f"/proc/{name}/environ") or b""
        if marker.encode() in environ and int(name) != os.getpid():
            found.append(int(name))
    return found


def read(path):
    """Le texte d'un fichier."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    """Enregistre en place, comme nano."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def copy_work(origin, target, lab):
    """Un travail fait d'un lab de labs/ ou de solutions/, à neuf."""
    shutil.rmtree(os.path.join(target, lab), ignore_errors=True)
    os.makedirs(os.path.join(target, lab))
    for name in sorted(os.listdir(os.path.join(origin, lab))):
        if name.endswith((".c", ".h")):
            shutil.copy(os.path.join(origin, lab, name), os.path.join(target, lab, name))
    return os.path.join(target, lab)
