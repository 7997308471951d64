"""Les dialogues où chaque appel échouera à son tour : courts, et toujours les mêmes.

Un dialogue joue sa scène et rend la liste de ce que chaque correspondant a reçu ; comparée à celle du
dialogue sans panne, elle dit qui a été servi. Si l'un ne l'a pas été, un client de plus vient à la fin.
"""

import socket

from tests.proof.torture.stage import Peer

# De part et d'autre de chaque borne d'UTF-8 : trop long, demi-codet, contrôle, au-delà d'U+10FFFF, coupé.
EDGES = (b"\xc3( \xe0\x9f\xbf \xe0\xa0\x80 \xed\x9f\xbf \xed\xa0\x80 \xf0\x8f\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf "
         b"\xf4\x90\x80\x80 \xc2\x85 \xc2\xa0 \x1b \x00 \xff \xe2\x82")
LINES = [b"un", EDGES, b""]
HEY, FULL, WELCOME, UDP_REPLY = b"Hey client\n", b"server full\n", b"welcome to the server\n", b"Hello I'm UDP Server"


# --- Les serveurs : la scène joue les clients ------------------------------------------------------

def exchange(stage, peer, data, length):
    """Envoie, puis attend tant d'octets de plus ; faux si la connexion ou le programme finit avant."""
    wanted = len(peer.received) + length
    peer.send(data)
    stage.until(lambda: len(peer.received) >= wanted or peer.ended)
    return len(peer.received) >= wanted


def drained(stage, peer):
    """Attend la fin du flux, et rend tout ce qui est venu."""
    stage.until(lambda: peer.ended)
    peer.close()
    return peer.received


def tcp_client(stage, end):
    """Un client du lab 01 ; il prend congé par END ou en fermant son sens."""
    peer = stage.connect()
    if peer is None:
        return b""
    if exchange(stage, peer, b"un\n", len(HEY)) and exchange(stage, peer, b"deux\ntrois\n", 2 * len(HEY)):
        peer.send(end)
    if not end:
        peer.finish()
    return drained(stage, peer)


def tcp_server(stage):
    received = []
    if stage.ready():
        received = [tcp_client(stage, end) for end in (b"END\n", b"", b"END\nrien\n")]
        if not stage.ended and set(received) != {3 * HEY}:
            received.append(tcp_client(stage, b"END\n"))
        # Le dernier client voit sa connexion finir avant que le serveur dise attendre le suivant.
        stage.until(lambda: stage.streams["out"].endswith(b"server waiting...\n"))
    stage.stop()
    return received


def tcp_stop(stage):
    """L'arrêt pendant qu'un client est là."""
    received = []
    if stage.ready():
        peer = stage.connect()
        exchange(stage, peer, b"un\n", len(HEY))
        received.append(peer.received)
    stage.stop()
    return received


def udp_client(stage, message):
    """Un client du lab 02 ; il n'attend plus quand le serveur dit n'avoir pas pu répondre."""
    family = socket.AF_INET6 if ":" in stage.host else socket.AF_INET
    peer = Peer(stage, socket.socket(family, socket.SOCK_DGRAM))
    complaints = stage.streams["err"].count(b"sendto")
    peer.socket.connect((stage.host, stage.port))
    peer.send(message)
    stage.until(lambda: peer.received or stage.streams["err"].count(b"sendto") > complaints)
    peer.close()
    return peer.received


def udp_server(stage):
    received = []
    if stage.ready():
        received = [udp_client(stage, line) for line in LINES]
        if not stage.ended and set(received) != {UDP_REPLY}:
            received.append(udp_client(stage, b"encore"))
    stage.stop()
    return received


def thread_reply(line):
    return b"Hello I'm Server " + line + b"\n"


WHOLE = WELCOME + b"".join(map(thread_reply, LINES))


def greeted(stage):
    """Un client du lab 03 arrive, et attend d'être accueilli ou refusé."""
    peer = stage.connect()
    if peer is not None:
        exchange(stage, peer, b"", len(WELCOME))
    return peer


def talk(stage, peer):
    for line in LINES:
        if not exchange(stage, peer, line + b"\n", len(thread_reply(line))):
            return


def leave(stage, peer):
    """Le client part ; le suivant n'arrive qu'une fois son départ affiché."""
    host = f"[{stage.host}]" if ":" in stage.host else stage.host
    gone = f"disconnected from {host}:{peer.socket.getsockname()[1]}\n".encode()
    peer.finish()
    received = drained(stage, peer)
    # Refusé, ou sans adresse lisible : il n'y a pas de départ à attendre.
    stage.until(lambda: gone in stage.streams["out"] or received == FULL or b"connected to ?" in stage.streams["out"])
    return received


def thread_client(stage):
    peer = greeted(stage)
    if peer is None:
        return b""
    talk(stage, peer)
    return leave(stage, peer)


def thread_server(stage):
    received = []
    if stage.ready():
        received.append(thread_client(stage))
        pair = [greeted(stage), greeted(stage)]
        for peer in filter(None, pair):
            talk(stage, peer)
        received += [leave(stage, peer) if peer else b"" for peer in pair]
        if not stage.ended and set(received) != {WHOLE}:
            received.append(thread_client(stage))
        # Le dernier est encore là, au milieu d'une ligne, quand l'arrêt est demandé.
        last = greeted(stage)
        received.insert(3, last.received if last else b"")
        if not stage.ended and received[3] != WELCOME:
            received.append(thread_client(stage))
        elif last:
            last.send(b"inachev")
    stage.stop()
    return received


def thread_full(stage):
    """Une seule place : le deuxième client est refusé, le troisième la trouve libre."""
    received = []
    if stage.ready():
        pair = [greeted(stage), greeted(stage)]
        for peer in filter(None, reversed(pair)):
            # Rien n'annonce l'arrivée d'un refusé, ni son départ.
            received.append(leave(stage, peer) if peer.received.startswith(WELCOME) else drained(stage, peer))
        received.append(thread_client(stage))
        if not stage.ended and received != [FULL, WELCOME, WHOLE]:
            received.append(thread_client(stage))
    stage.stop()
    return received


# --- Les clients : la scène joue le serveur --------------------------------------------------------

class Service:
    """Un serveur, sur les adresses voulues ; answer(pair) est appelée à chaque arrivée d'octets."""

    def __init__(self, stage, hosts, kind, arrival, answer):
        self.stage, self.arrival, self.answer, self.peers = stage, arrival, answer, []
        for host in hosts:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.socket(family, kind)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, stage.port))
            listener.setblocking(False)
            if kind == socket.SOCK_STREAM:
                listener.listen()
                stage.watch(listener, lambda listener=listener: self.accept(listener))
            else:
                self.heard = b""
                stage.watch(listener, lambda listener=listener: self.receive(listener))

    def accept(self, listener):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        peer = Peer(self.stage, connection)
        self.peers.append(peer)
        peer.seen = 0
        peer.send(self.arrival)
        self.stage.unwatch(connection)
        self.stage.watch(connection, lambda: (peer.collect(), self.reply(peer)))

    def reply(self, peer):
        """Répond à chaque ligne qui vient d'être complète."""
        lines = peer.received.split(b"\n")[:-1]
        for line in lines[peer.seen:]:
            peer.send(self.answer(line))
            if line == b"END" and self.answer is tcp_answer:
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


def tcp_answer(line):
    return b"au revoir\n" if line == b"END" else HEY


def play_client(stage, start, hosts, arrival, answer):
    service = Service(stage, hosts, socket.SOCK_STREAM, arrival, answer)
    start()
    stage.wait()
    # Le programme a fini ; ce qu'il a envoyé est déjà arrivé, puisque tout est sur cette machine.
    for peer in service.peers:
        peer.collect_all()
    return service.received()


def udp_play(stage, start, hosts, losses, reply=UDP_REPLY):
    replies = [None] * losses
    service = Service(stage, hosts, socket.SOCK_DGRAM, b"", lambda data: replies.pop() if replies else reply)
    start()
    stage.wait()
    # À deux adresses, la question est posée de nouveau à la deuxième : une fois suffit.
    return [service.heard if len(hosts) == 1 else service.heard[:service.heard.find(b"]") + 1]]
