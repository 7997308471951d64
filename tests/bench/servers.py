"""Lancer un serveur, savoir qu'il écoute, l'arrêter : par son numéro de processus, jamais par son nom."""

import contextlib
import pathlib
import socket

from tests.bench import building
from tests.bench import host
from tests.student import stage

PATIENCE_S = 30
FIRST_PORT, LAST_PORT = 20000, 30000


class Ports:
    """Un port neuf à chaque lancement : aucune connexion d'avant n'y est en TIME_WAIT."""

    def __init__(self):
        self.last = FIRST_PORT

    def next(self, protocol):
        """Le port suivant qui est libre."""
        while True:
            self.last = self.last + 1 if self.last < LAST_PORT else FIRST_PORT
            with socket.socket(socket.AF_INET, stage.KINDS[protocol]) as probe, contextlib.suppress(OSError):
                probe.bind((stage.HOST, self.last))
                return self.last


PORTS = Ports()


def command(row, name, port):
    """La ligne de commande de ce serveur."""
    server = row.servers[name]
    program = building.server_program(row.lab, name, server)
    words = server.get("command") or ["{program}", "{host}", "{port}"]
    values = {"program": program, "host": stage.HOST, "port": port, "python": host.python()}
    return [word.format(**values) for word in words]


@contextlib.contextmanager
def running(row, name):
    """Un serveur neuf, arrêté à la fin : (processus, port)."""
    protocol = "udp" if "--datagrams" in row.values["arguments"] else "tcp"
    port = PORTS.next(protocol)
    try:
        with stage.serving(command(row, name, port), protocol, port, PATIENCE_S) as process:
            yield process, port
    except stage.NotListening as reason:
        raise building.Trouble(str(reason)) from None


def resident_kib(process):
    """La mémoire occupée par ce processus, en Kio."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise building.Trouble("la mémoire du serveur n'est pas lisible")
