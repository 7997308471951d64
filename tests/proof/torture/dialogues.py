"""De quoi écrire les dialogues où chaque appel échouera à son tour : courts, et toujours les mêmes.

Ceux d'un lab sont dans tests/NN/torture/scenes.py : SCENES ; et, s'il le faut, SERVER (l'issue d'une panne, par appel),
expected() (celle d'une panne particulière) et REFUSAL (ce que reçoit un client refusé, un client accueilli). Un lab qui
n'en a pas a ceux d'usual.py.

Un dialogue joue sa scène et rend la liste de ce que chaque correspondant a reçu ; comparée à celle du dialogue sans panne,
elle dit qui a été servi. Si l'un ne l'a pas été, un client de plus vient à la fin.
"""

import dataclasses
import socket
import types
import typing

from tests.judge.command import lab_reader
from tests.proof.torture.ordeal import Peer

# De part et d'autre de chaque borne d'UTF-8 : trop long, demi-codet, contrôle, au-delà d'U+10FFFF, coupé.
EDGES = (b"\xc3( \xe0\x9f\xbf \xe0\xa0\x80 \xed\x9f\xbf \xed\xa0\x80 \xf0\x8f\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf "
         b"\xf4\x90\x80\x80 \xc2\x85 \xc2\xa0 \x1b \x00 \xff \xe2\x82")
LINES = [b"un", EDGES, b""]
TYPED = b"un\nnon\n" + EDGES + b"\n\n"
ONE, OTHER = "127.0.0.1", "::1"
# Ce nom a deux adresses, ONE puis OTHER : la bibliothèque préchargée le veut ainsi.
TWO = "deux.exemple"
# Ce qui n'a lieu qu'à une adresse : quand il en reste une autre, le programme y passe.
PER_ADDRESS = frozenset({"socket", "setsockopt", "bind", "listen", "connect"})
NO_CALL = frozenset()


@dataclasses.dataclass(frozen=True)
class Scene:
    """Un programme, et ce qu'on lui fait vivre."""

    program: str
    dialogue: str
    arguments: list                   # « @ » y est le port, comme dans ce qui est tapé
    play: typing.Callable             # play(ordeal, start) : ce que chaque correspondant a reçu
    typed: bytes = b""
    status: int = 0
    calls: frozenset | None = None    # ceux qui tombent en panne ; None : tous
    elsewhere: frozenset = NO_CALL    # ceux dont la panne fait passer à l'adresse suivante
    pairs: tuple = ()                 # des pannes qui n'ont lieu qu'après une première
    lenient: bool = False             # il suffit d'y survivre
    lab: lab_reader.Lab | None = None
    rules: types.ModuleType | None = None

    @property
    def title(self):
        return f"{self.lab.name}/{self.program}, {self.dialogue}"


def at_two_addresses(scene, elsewhere=PER_ADDRESS):
    """Cette scène à deux adresses : seul compte ce qui se fait pour chacune ; le reste a déjà échoué ailleurs."""
    return dataclasses.replace(scene, dialogue="deux adresses", arguments=[TWO, "@"], elsewhere=elsewhere,
                               calls=elsewhere | {"getaddrinfo", "libc.malloc"}, pairs=())


# --- Les serveurs : la scène joue les clients ------------------------------------------------------

def server_scene(dialogue, arguments, play, **more):
    """La scène d'un serveur ; play(ordeal) en joue les clients, et l'arrête."""
    def run(ordeal, start):
        start()
        return play(ordeal)
    return Scene("server", dialogue, arguments, run, **more)


def exchange(ordeal, peer, data, length):
    """Envoie, puis attend tant d'octets de plus ; faux si la connexion ou le programme finit avant."""
    wanted = len(peer.received) + length
    peer.send(data)
    ordeal.until(lambda: len(peer.received) >= wanted or peer.ended)
    return len(peer.received) >= wanted


def drained(ordeal, peer):
    """Attend la fin du flux, et rend tout ce qui est venu."""
    ordeal.until(lambda: peer.ended)
    peer.close()
    return peer.received


# --- Les clients : la scène joue le serveur --------------------------------------------------------

class Service:
    """Un serveur, sur les adresses voulues ; answer() dit ce qui répond à chaque ligne, ou à chaque datagramme."""

    def __init__(self, ordeal, hosts, kind, answer, arrival=b"", last=None):
        self.ordeal, self.arrival, self.answer, self.last, self.peers, self.heard = ordeal, arrival, answer, last, [], b""
        for host in hosts:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.socket(family, kind)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, ordeal.port))
            listener.setblocking(False)
            if kind == socket.SOCK_STREAM:
                listener.listen()
            ready = self.accept if kind == socket.SOCK_STREAM else self.receive
            ordeal.watch(listener, lambda listener=listener: ready(listener))

    def accept(self, listener):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        peer = Peer(self.ordeal, connection)
        self.peers.append(peer)
        peer.seen = 0
        peer.send(self.arrival)
        self.ordeal.unwatch(connection)
        self.ordeal.watch(connection, lambda: (peer.collect(), self.reply(peer)))

    def reply(self, peer):
        """Répond à chaque ligne qui vient d'être complète."""
        lines = peer.received.split(b"\n")[:-1]
        for line in lines[peer.seen:]:
            peer.send(self.answer(line))
            if line == self.last:
                peer.finish()
        peer.seen = len(lines)

    def receive(self, listener):
        try:
            data, origin = listener.recvfrom(1 << 16)
        except OSError:
            return
        self.heard += b"[" + data + b"]"
        reply = self.answer(data)
        if reply is not None:
            listener.sendto(reply, origin)

    def received(self):
        """Ce que chaque connexion a porté ; une connexion coupée avant le premier octet ne compte pas."""
        return [peer.received for peer in self.peers if peer.received]


def serve_lines(answer, arrival=b"", last=None, hosts=(ONE,)):
    """La scène d'un client : nous répondons à chacune de ses lignes ; après celle qui prend congé, nous fermons."""
    def run(ordeal, start):
        service = Service(ordeal, hosts, socket.SOCK_STREAM, answer, arrival, last)
        start()
        ordeal.wait()
        # Le programme a fini ; ce qu'il a envoyé est déjà arrivé, puisque tout est sur cette machine.
        for peer in service.peers:
            peer.collect_all()
        return service.received()
    return run


def serve_datagrams(reply, losses=0, hosts=(ONE,)):
    """La scène d'un client : nous répondons à ses datagrammes, sauf aux premiers."""
    def run(ordeal, start):
        silences = [None] * losses
        service = Service(ordeal, hosts, socket.SOCK_DGRAM, lambda data: silences.pop() if silences else reply)
        start()
        ordeal.wait()
        # À deux adresses, la question est posée de nouveau à la deuxième : une fois suffit.
        return [service.heard if len(hosts) == 1 else service.heard[:service.heard.find(b"]") + 1]]
    return run
