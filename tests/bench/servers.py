"""Lancer un serveur, savoir qu'il écoute, l'arrêter : par son numéro de processus, jamais par son nom."""

import contextlib
import pathlib
import signal
import socket
import subprocess
import time

from tests.bench import building
from tests.bench import host

HOST = "127.0.0.1"
PATIENCE_S = 30
FIRST_PORT, LAST_PORT = 20000, 30000


class Ports:
    """Un port neuf à chaque lancement : aucune connexion d'avant n'y est en TIME_WAIT."""

    def __init__(self):
        self.last = FIRST_PORT

    def next(self, kind):
        """Le port suivant qui est libre."""
        while True:
            self.last = self.last + 1 if self.last < LAST_PORT else FIRST_PORT
            with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
                probe.bind((HOST, self.last))
                return self.last


PORTS = Ports()


def is_open(table, port):
    """Le port est-il pris ? On regarde les tables du noyau : se connecter serait déjà un client."""
    wanted = f":{port:04X}"
    for line in pathlib.Path(table).read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(wanted) and fields[3] in ("0A", "07"):
            return True
    return False


def wait_until_open(process, table, port):
    """Revient dès que le serveur écoute."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_open(table, port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise building.Trouble(f"{process.args[0]} n'écoute pas sur le port {port}")
        time.sleep(0.002)


def command(row, name, port):
    """La ligne de commande de ce serveur."""
    server = row.servers[name]
    program = building.server_program(row.lab, name, server)
    words = server.get("command") or ["{program}", "{host}", "{port}"]
    values = {"program": program, "host": HOST, "port": port, "python": host.python()}
    return [word.format(**values) for word in words]


def stop(process):
    """Demande l'arrêt, puis l'impose."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(row, name):
    """Un serveur neuf, arrêté à la fin : (processus, port)."""
    datagrams = "--datagrams" in row.values["arguments"]
    port = PORTS.next(socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM)
    process = subprocess.Popen(command(row, name, port), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        wait_until_open(process, "/proc/net/udp" if datagrams else "/proc/net/tcp", port)
        yield process, port
    finally:
        stop(process)


def resident_kib(process):
    """La mémoire occupée par ce processus, en Kio."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise building.Trouble("la mémoire du serveur n'est pas lisible")
