"""Les acteurs : les programmes de l'étudiant, lancés sous strace, écoutés, et toujours menés à leur fin."""

import glob
import os
import resource
import selectors
import signal
import subprocess
import time

TRACED = ("%network,read,write,readv,writev,close,dup,dup2,dup3,poll,ppoll,select,pselect6,"
          "epoll_wait,epoll_pwait,sendfile,clone,clone3,fork,vfork")
# -D : le programme reste notre enfant, à qui un signal va tout droit. -ff : un journal par thread.
STRACE = ["strace", "-D", "-ff", "-q", "-ttt", "-T", "-yy", "-s", "64", "-e", "trace=" + TRACED]
MOST_LINES, MOST_OUTPUT = 200, 1 << 16
LOG_BYTES = 8 << 20
LOOK_S = 0.02
# Personne n'a rien fait entre deux regards espacés ainsi : chacun attend qu'on lui parle.
CALM_LOOKS = 3


class Actor:
    """Un programme lancé sous strace."""

    def __init__(self, stage, name, program, arguments, log):
        self.stage, self.name, self.program, self.log = stage, name, program, log
        self.arguments, self.size = arguments, 0
        stack = ["-k"] if stage.stacks else []
        self.process = subprocess.Popen([*STRACE, *stack, "-o", log, program, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit,
                                        start_new_session=True)
        self.outputs = {}
        for stream in (self.process.stdout, self.process.stderr):
            os.set_blocking(stream.fileno(), False)
            self.outputs[stream] = b""
            stage.selector.register(stream, selectors.EVENT_READ, (self, stream))

    def hear(self, stream):
        """Retient les lignes que le programme vient d'écrire."""
        data = stream.read(65536)
        if data is None:
            return
        if not data:
            self.stage.selector.unregister(stream)
            data = b"\n" if self.outputs[stream] else b""
        self.size += len(data)
        if self.size > MOST_OUTPUT:
            return
        *lines, self.outputs[stream] = (self.outputs[stream] + data).split(b"\n")
        for line in lines:
            self.stage.note("écrit" if stream is self.process.stdout else "dit", self.name, shown(line))

    def type(self, text):
        """Tape une ligne à son clavier, s'il est encore là pour la lire."""
        if self.gone():
            return
        self.stage.note("tape", self.name, text)
        self.feed(text.encode() + b"\n")

    def feed(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except (OSError, ValueError):
            pass  # parti : il ne lira plus rien

    def finish_input(self):
        """Ctrl-D."""
        if not self.process.stdin.closed:
            if not self.gone():
                self.stage.note("finit", self.name, "")
            try:
                self.process.stdin.close()
            except OSError:
                pass

    def gone(self):
        return self.process.poll() is not None

    def log_finished(self):
        """strace a-t-il fini d'écrire la vie de ce programme ?"""
        return all(ends(path) for path in glob.glob(glob.escape(self.log) + ".*"))

    def log_size(self):
        return sum(os.path.getsize(path) for path in glob.glob(glob.escape(self.log) + ".*"))

    def signal(self, number):
        try:
            os.kill(self.process.pid, number)
        except ProcessLookupError:
            pass

    def summary(self):
        """Ce que le dessinateur doit savoir de lui."""
        return {"name": self.name, "program": self.program, "arguments": self.arguments, "log": os.path.basename(self.log),
                "pid": self.process.pid, "status": self.process.returncode}


def limit():
    """Ce qu'un programme fou ne peut pas dépasser."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * LOG_BYTES, 4 * LOG_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def shown(line):
    """Une ligne de sortie, coupée et en texte : les octets illisibles sont écrits \\xHH."""
    text = line[:300].decode("utf-8", "backslashreplace")
    return text + "…" if len(line) > 300 else text


def ends(path):
    """Ce journal finit-il par la mort du thread ?"""
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 200))
        return b"+++" in file.read().rstrip(b"\n").rpartition(b"\n")[2]


def stirrings(ignored):
    """Combien de fois chaque fil de ce monde a été réveillé ; None tant que l'un d'eux court.

    Nous et la capture, qui se réveille d'elle-même, sommes ignorés.
    """
    counts = {}
    for folder in glob.glob("/proc/[0-9]*/task/[0-9]*"):
        if int(folder.split("/")[2]) in ignored:
            continue
        try:
            with open(folder + "/status", encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if fields["State"].strip()[0] in "RD":
            return None
        counts[folder] = fields["voluntary_ctxt_switches"] + fields["nonvoluntary_ctxt_switches"]
    return counts


class Calm:
    """Dit depuis combien de temps plus personne ne bouge."""

    def __init__(self, capture):
        self.ignored = {os.getpid(), capture}
        self.last, self.since, self.looks = None, time.monotonic(), 0

    def look(self):
        now = stirrings(self.ignored)
        if now is None or now != self.last:
            self.last, self.since, self.looks = now, time.monotonic(), 0
        else:
            self.looks += 1

    def reached(self, seconds=0.0):
        return self.looks >= CALM_LOOKS and time.monotonic() - self.since >= seconds
