"""Les dialogues de ce lab, où chaque appel échoue à son tour (tests/proof/torture/)."""

from tests.proof.torture.dialogues import NO_CALL, ONE, OTHER, TWO, TYPED, Scene, at_two_addresses, drained, exchange, serve_lines, \
    server_scene
from tests.proof.torture.expectations import BENIGN, FATAL, LOST, TOLD

HEY = b"Hey client\n"
SERVER = {"read": LOST, "send": LOST, "write": LOST, "recv": LOST}


def client(ordeal, end):
    """Un client ; il prend congé par END ou en fermant son sens."""
    peer = ordeal.connect()
    if peer is None:
        return b""
    if exchange(ordeal, peer, b"un\n", len(HEY)) and exchange(ordeal, peer, b"deux\ntrois\n", 2 * len(HEY)):
        peer.send(end)
    if not end:
        peer.finish()
    return drained(ordeal, peer)


def three_clients(ordeal):
    received = []
    if ordeal.ready():
        received = [client(ordeal, end) for end in (b"END\n", b"", b"END\nrien\n")]
        if not ordeal.ended and set(received) != {3 * HEY}:
            received.append(client(ordeal, b"END\n"))
        # Le dernier client voit sa connexion finir avant que le serveur dise attendre le suivant.
        ordeal.until(lambda: ordeal.streams["out"].endswith(b"server waiting...\n"))
    ordeal.stop()
    return received


def stop(ordeal):
    """L'arrêt pendant qu'un client est là."""
    received = []
    if ordeal.ready():
        peer = ordeal.connect()
        exchange(ordeal, peer, b"un\n", len(HEY))
        received.append(peer.received)
    ordeal.stop()
    return received


def serve(*hosts):
    return serve_lines(lambda line: b"au revoir\n" if line == b"END" else HEY, last=b"END", hosts=hosts)


STARTED = "connect=1:started:EINTR"
SERVED = server_scene("trois clients", [ONE, "@"], three_clients, pairs=(
    ("accept=1:errno:EMFILE", "poll=1:errno:ENOMEM", TOLD), ("accept=2:errno:ENOBUFS", "poll=1:errno:EINTR", TOLD)))
SCENES = [
    SERVED,
    server_scene("arrêt", [ONE, "@"], stop, calls={"read", "close", "shutdown"}),
    at_two_addresses(SERVED),
    Scene("client", "questions", [], serve(ONE), b"127.0.0.1\n@\n" + TYPED, pairs=(
        (STARTED, "poll=1:errno:EINTR", BENIGN), (STARTED, "poll=1:errno:ENOMEM", FATAL),
        (STARTED, "getsockopt=1:errno:ENOBUFS", FATAL))),
    Scene("client", "octet nul", [], serve(ONE), b"127.0.0.1\0\n", status=2, calls=NO_CALL),
    Scene("client", "IPv6", [OTHER, "@"], serve(OTHER), TYPED, calls=NO_CALL),
    at_two_addresses(Scene("client", "", [], serve(ONE, OTHER), TYPED)),
    Scene("client", "la deuxième adresse", [TWO, "@"], serve(OTHER), TYPED, calls=NO_CALL, pairs=(
        (STARTED, "socket=2:errno:EMFILE", FATAL),)),
]


def expected(scene, call, rank, error):
    if call == "accept":
        outcome = FATAL if error in ("EBADF", "EINVAL", "ENOTSOCK") else TOLD
        # Après le dernier client, l'arrêt peut devancer la panne.
        return {outcome, BENIGN} if rank > 3 else {outcome}
    # Une erreur pendant l'arrêt ne se dit pas : c'est lui qui abandonne le client.
    return {BENIGN, LOST} if scene.dialogue == "arrêt" and call == "read" and rank > 1 else None
