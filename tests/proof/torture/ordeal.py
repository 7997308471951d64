"""L'épreuve : un programme sous LD_PRELOAD, et les correspondants qui lui parlent, dans un réseau à part.

Aucune attente n'a de durée fixe : until() rend la main dès que la réponse est connue, ou que le programme
a fini. Seule l'échéance de toute la scène est un temps ; la dépasser, c'est un blocage.
"""

import contextlib
import ctypes
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from tests.student import stage
from tests.student.trace import isolation

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PORT = 5000
ADDRESS = re.compile(rb"(?:127\.0\.0\.1|\[::1\]|deux\.exemple):\d+|\?(?=\n|: )")


class Network:
    """Un réseau neuf pour chaque scène là où le système le permet ; sinon, des ports libres."""

    def __init__(self, wanted=True):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.isolated = wanted and self.enter_namespace()

    def enter_namespace(self):
        user, group = os.getuid(), os.getgid()
        if self.libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            return False
        try:
            for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
                with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                    file.write(text)
            isolation.raise_loopback()
        except OSError:
            return False
        return True

    def fresh_port(self):
        """Un port que personne n'emploie, dans un réseau où personne n'est passé."""
        if self.isolated and self.libc.unshare(CLONE_NEWNET) == 0:
            isolation.raise_loopback()
            return PORT
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            probe.bind(("::", 0))
            return probe.getsockname()[1]


class Hang(Exception):
    """L'échéance est passée."""


class Peer:
    """Un correspondant : son socket, ce qu'il a reçu, et si l'autre a fini de parler."""

    def __init__(self, ordeal, connection):
        self.socket, self.received, self.ended = connection, b"", False
        connection.setblocking(False)
        ordeal.watch(connection, self.collect)
        self.ordeal = ordeal

    def collect(self):
        try:
            data = self.socket.recv(1 << 17)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.received += data
        if not data and self.socket.type == socket.SOCK_STREAM:
            self.ended = True
            self.ordeal.unwatch(self.socket)

    def collect_all(self):
        """Prend tout ce qui est déjà là."""
        known = None
        while not self.ended and known != len(self.received):
            known = len(self.received)
            self.collect()

    def send(self, data):
        with contextlib.suppress(OSError):
            self.socket.send(data)

    def finish(self):
        """Ferme son sens de la connexion ; un échec veut dire qu'elle est déjà tombée."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.ordeal.unwatch(self.socket)
        self.socket.close()


class Ordeal(stage.Stage):
    """Un programme lancé, et tout ce qui se passe autour de lui."""

    def __init__(self, folder, port, seconds):
        super().__init__()
        self.folder, self.port = folder, port
        self.deadline = time.monotonic() + seconds
        self.streams = {"out": b"", "err": b"", "report": b""}
        self.process, self.opened = None, []
        self.signals_itself = False

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for thing in self.opened:
            with contextlib.suppress(OSError):
                thing.close()
        self.selector.close()

    def start(self, command, library, settings, typed=b""):
        """Lance le programme ; ce qu'il lira est déjà tout entier dans son entrée."""
        report_read, report_write = os.pipe()
        input_read, input_write = os.pipe()
        os.write(input_write, typed)
        os.close(input_write)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LD_PRELOAD": library,
                       "TORTURE_REPORT": str(report_write),
                       "ASAN_OPTIONS": "exitcode=66:detect_leaks=1:verify_asan_link_order=0",
                       "UBSAN_OPTIONS": "exitcode=66:halt_on_error=1"} | settings
        self.process = subprocess.Popen(command, stdin=input_read, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment, pass_fds=(report_write,), bufsize=0)
        os.close(report_write)
        os.close(input_read)
        sources = {"out": self.process.stdout, "err": self.process.stderr, "report": open(report_read, "rb", 0)}
        self.left = len(sources)
        for name, source in sources.items():
            self.watch(source, lambda name=name, source=source: self.collect(name, source))

    def watch(self, source, ready):
        self.opened.append(source)
        super().watch(source, ready)

    def collect(self, name, source):
        data = source.read(1 << 16)
        self.streams[name] += data
        if not data:
            self.unwatch(source)
            self.left -= 1

    @property
    def ended(self):
        return self.left == 0

    def until(self, condition):
        """Attend que la condition soit vraie, ou que le programme ait fini ; rend la condition."""
        while not condition() and not self.ended:
            rest = self.deadline - time.monotonic()
            if rest <= 0:
                raise Hang
            self.listen(rest)
        return condition()

    def events(self, name):
        """Ce que la bibliothèque préchargée a dit ; une ligne n'est lue qu'une fois entière."""
        lines = self.streams["report"].decode().split("\n")[:-1]
        return [line.split()[1:] for line in lines if line.split()[0] == name]

    def ready(self):
        """Attend que le programme écoute : sa bibliothèque préchargée le dit."""
        listening = self.until(lambda: self.events("ready"))
        if listening:
            self.host = self.events("ready")[0][0]
        return bool(listening)

    def tasks(self):
        """(l'état de chaque thread du programme, son dossier de /proc)."""
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*"):
            with contextlib.suppress(OSError):
                yield (task / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0], task

    def asleep(self):
        """Tous les threads du programme dorment-ils, ou est-il mort ?"""
        return {state for state, _ in self.tasks()} <= {"S", "Z", "X"}

    def doing(self):
        """Où en est chaque thread du programme (son état, le numéro de son appel), et ce que la machine a d'autre à faire."""
        found = []
        for state, task in self.tasks() if self.process else ():
            with contextlib.suppress(OSError):
                found.append(f"{state} {(task / 'syscall').read_text(encoding='ascii').split()[0]}")
        return f"{', '.join(found) or 'mort'} ; charge {os.getloadavg()[0]:.0f} ; dit {self.streams['report'][-200:]!r}"

    def settle(self):
        """Attend que le programme ne fasse plus rien, et que tout ce qu'il a dit soit lu."""
        quiet = False
        while not self.ended and not quiet:
            quiet = self.asleep()
            quiet = not self.listen(0 if quiet else 0.005) and quiet
            if time.monotonic() > self.deadline:
                raise Hang

    def stopped_itself(self):
        """Le signal que la bibliothèque préchargée devait envoyer est-il parti ? Rien d'autre ne doit alors
        réveiller le programme : ni un client, ni un deuxième signal."""
        if not self.signals_itself:
            return False
        self.settle()
        return self.ended or bool(self.events("fault"))

    def connect(self, protocol="tcp"):
        """Un client arrive, par l'adresse où le serveur écoute ; None s'il n'écoute plus."""
        if self.stopped_itself():
            return None
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        connection = socket.socket(family, stage.KINDS[protocol])
        connection.settimeout(5)
        try:
            connection.connect((self.host, self.port))
        except (ConnectionRefusedError, ConnectionResetError):
            connection.close()
            return None
        return Peer(self, connection)

    def stop(self):
        """Demande l'arrêt, et attend la fin."""
        if not self.stopped_itself() and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.wait()

    def wait(self):
        self.until(lambda: False)
        try:
            self.process.wait(max(0.1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Hang from None


def normalize(text):
    """Le texte sans les adresses : les ports des clients changent à chaque scène."""
    return ADDRESS.sub(b"ADDR", text)
