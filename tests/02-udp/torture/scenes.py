"""Les dialogues de ce lab, où chaque appel échoue à son tour (tests/proof/torture/)."""

from tests.proof.torture.dialogues import LINES, NO_CALL, ONE, OTHER, PER_ADDRESS, TWO, Scene, at_two_addresses, serve_datagrams, \
    server_scene
from tests.proof.torture.expectations import LOST, TOLD

REPLY = b"Hello I'm UDP Server"
SERVER = {"recvfrom": TOLD, "sendto": LOST}
# Un client UDP n'apprend un refus qu'en parlant : tout son échange est à refaire ailleurs.
ASKED_AGAIN = PER_ADDRESS | {"send", "recv", "poll"}


def client(ordeal, message):
    """Un client ; il n'attend plus quand le serveur dit n'avoir pas pu répondre."""
    complaints = ordeal.streams["err"].count(b"sendto")
    peer = ordeal.connect("udp")
    if peer is None:
        return b""
    peer.send(message)
    ordeal.until(lambda: peer.received or ordeal.streams["err"].count(b"sendto") > complaints)
    peer.close()
    return peer.received


def three_clients(ordeal):
    received = []
    if ordeal.ready():
        received = [client(ordeal, line) for line in LINES]
        if not ordeal.ended and set(received) != {REPLY}:
            received.append(client(ordeal, b"encore"))
    ordeal.stop()
    return received


SERVED = server_scene("trois clients", [ONE, "@"], three_clients)
SCENES = [
    SERVED,
    at_two_addresses(SERVED),
    Scene("client", "réponse", [ONE, "@", "bonjour"], serve_datagrams(REPLY)),
    Scene("client", "une perte", [ONE, "@", "bonjour"], serve_datagrams(REPLY, losses=1)),
    # IPv6 permet vingt octets de plus qu'IPv4.
    Scene("client", "réponse trop longue", [OTHER, "@"], serve_datagrams(bytes(65508), hosts=[OTHER]), status=1, calls=NO_CALL),
    at_two_addresses(Scene("client", "", [], serve_datagrams(REPLY, hosts=[ONE, OTHER])), ASKED_AGAIN),
    Scene("client", "la deuxième adresse", [TWO, "@"], serve_datagrams(REPLY, hosts=[OTHER]), calls=NO_CALL),
]
