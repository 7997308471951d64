"""Les dialogues de ce lab, où chaque appel échoue à son tour (tests/proof/torture/)."""

from tests.proof.torture.dialogues import LINES, NO_CALL, ONE, OTHER, TWO, TYPED, Scene, at_two_addresses, drained, exchange, serve_lines, \
    server_scene
from tests.proof.torture.expectations import BENIGN, FATAL, LOST, QUIET, REFUSED, TOLD

WELCOME, FULL = b"welcome to the server\n", b"server full\n"
REFUSAL = FULL, WELCOME
SERVER = {"accept4": TOLD, "read": LOST, "recv": LOST, "send": LOST, "pthread_create": REFUSED, "malloc": REFUSED, "calloc": REFUSED}


def reply_to(line):
    return b"Hello I'm Server " + line + b"\n"


WHOLE = WELCOME + b"".join(map(reply_to, LINES))


def greeted(ordeal):
    """Un client arrive, et attend d'être accueilli ou refusé."""
    peer = ordeal.connect()
    if peer is not None:
        exchange(ordeal, peer, b"", len(WELCOME))
    return peer


def talk(ordeal, peer):
    for line in LINES:
        if not exchange(ordeal, peer, line + b"\n", len(reply_to(line))):
            return


def leave(ordeal, peer):
    """Le client part ; le suivant n'arrive qu'une fois son départ affiché."""
    host = f"[{ordeal.host}]" if ":" in ordeal.host else ordeal.host
    gone = f"disconnected from {host}:{peer.socket.getsockname()[1]}\n".encode()
    peer.finish()
    received = drained(ordeal, peer)
    # Refusé, ou sans adresse lisible : il n'y a pas de départ à attendre.
    ordeal.until(lambda: gone in ordeal.streams["out"] or received == FULL or b"connected to ?" in ordeal.streams["out"])
    return received


def client(ordeal):
    peer = greeted(ordeal)
    if peer is None:
        return b""
    talk(ordeal, peer)
    return leave(ordeal, peer)


def five_clients(ordeal):
    received = []
    if ordeal.ready():
        received.append(client(ordeal))
        pair = [greeted(ordeal), greeted(ordeal)]
        for peer in filter(None, pair):
            talk(ordeal, peer)
        received += [leave(ordeal, peer) if peer else b"" for peer in pair]
        if not ordeal.ended and set(received) != {WHOLE}:
            received.append(client(ordeal))
        # Le dernier est encore là, au milieu d'une ligne, quand l'arrêt est demandé.
        last = greeted(ordeal)
        received.insert(3, last.received if last else b"")
        if not ordeal.ended and received[3] != WELCOME:
            received.append(client(ordeal))
        elif last:
            last.send(b"inachev")
    ordeal.stop()
    return received


def one_place(ordeal):
    """Une seule place : le deuxième client est refusé, le troisième la trouve libre."""
    received = []
    if ordeal.ready():
        pair = [greeted(ordeal), greeted(ordeal)]
        for peer in filter(None, reversed(pair)):
            # Rien n'annonce l'arrivée d'un refusé, ni son départ.
            received.append(leave(ordeal, peer) if peer.received.startswith(WELCOME) else drained(ordeal, peer))
        received.append(client(ordeal))
        if not ordeal.ended and received != [FULL, WELCOME, WHOLE]:
            received.append(client(ordeal))
    ordeal.stop()
    return received


def serve(*hosts):
    return serve_lines(reply_to, arrival=WELCOME, hosts=hosts)


STARTED = "connect=1:started:EINTR"
SERVED = server_scene("cinq clients", [ONE, "@"], five_clients, pairs=(
    ("accept4=1:errno:EMFILE", "poll=3:errno:EINTR", TOLD), ("accept4=1:errno:EMFILE", "accept4=2:errno:EMFILE", TOLD)))
SCENES = [
    SERVED,
    server_scene("une place", ["-m", "1", ONE, "@"], one_place),
    at_two_addresses(SERVED),
    Scene("client", "trois lignes", [ONE, "@"], serve(ONE), TYPED, pairs=(
        (STARTED, "poll=1:errno:EINTR", BENIGN), (STARTED, "connect=2:errno:EINTR", BENIGN),
        (STARTED, "connect=2:errno:EALREADY", BENIGN), (STARTED, "connect=2:errno:EISCONN", BENIGN))),
    at_two_addresses(Scene("client", "", [], serve(ONE, OTHER), TYPED)),
    Scene("client", "la deuxième adresse", [TWO, "@"], serve(OTHER), TYPED, calls=NO_CALL, pairs=(
        (STARTED, "socket=2:errno:EMFILE", FATAL),)),
]


def expected(scene, call, rank, error):
    if scene.program != "server":
        return None
    if call.startswith("libc."):
        return {BENIGN, FATAL, REFUSED}
    if call == "accept4" and error == "ECONNABORTED":
        return {BENIGN}
    if scene.dialogue == "cinq clients" and (call == "read" and rank >= 13 or call == "send" and rank >= 14):
        return {BENIGN, LOST}
    return of_one_place(call, rank) if scene.dialogue == "une place" else None


def of_one_place(call, rank):
    # Le deuxième client est refusé : son message d'adieu peut se perdre ; il le serait de toute façon, sans mémoire.
    if (call, rank) == ("send", 2):
        return {QUIET}
    if call == "malloc":
        return {REFUSED, TOLD}
    return {BENIGN, LOST} if call == "read" and rank <= 2 else None
