"""Les scènes de torture d'un lab qui n'a pas les siennes (tests/NN/torture/scenes.py) : sa scène, tests/NN/scene.txt.

Nous y jouons les clients de celui qui écoute ; et lui, pour de bon, sert chacun des autres programmes. Rien n'y dit ce qui
doit suivre une panne : il suffit d'y survivre, de ne rien oublier, et de s'arrêter en ordre.
"""

from tests.proof.torture.dialogues import ONE, Scene
from tests.student import scenario
from tests.student import stage

PATIENCE_S = 10


def perform(ordeal, lab, peers, action):
    """Une action d'un client que nous jouons ; le serveur a fini d'y répondre quand plus rien ne bouge."""
    if action.actor not in peers:
        peers[action.actor] = ordeal.connect(lab.protocol)
    peer = peers[action.actor]
    if peer is None:
        return
    if action.verb in ("tape", "demande"):
        peer.send(action.text.encode() + (b"\n" if lab.protocol == "tcp" else b""))
    if action.verb == "finit" or action.verb == "demande" and lab.protocol == "tcp":
        peer.finish()
    ordeal.settle()


def serve(lab, actions):
    """La scène de celui qui écoute."""
    def run(ordeal, start):
        start()
        peers = {}
        if ordeal.ready():
            for action in actions:
                perform(ordeal, lab, peers, action)
        ordeal.stop()
        return [peer.received if peer else b"" for peer in peers.values()]
    return run


def be_served(lab):
    """La scène d'un autre programme : celui qui écoute est lancé pour de bon."""
    def run(ordeal, start):
        with stage.serving([ordeal.folder / lab.server, ONE, str(ordeal.port)], lab.protocol, ordeal.port, PATIENCE_S):
            start()
            ordeal.wait()
        return []
    return run


def scenes(lab):
    """Une scène par programme qui y a un rôle."""
    actions = [action for action in scenario.load(lab) if action.verb != "perd"]
    yield Scene(lab.server, "la scène du lab", [ONE, "@"], serve(lab, actions), lenient=True)
    for program in scenario.clients(lab):
        own = [action for action in actions if action.actor.split()[0] == program]
        if program not in lab.programs or not own:
            continue
        first = [action for action in own if action.actor == own[0].actor]
        asked = [action.text for action in first if action.verb == "demande"]
        typed = "".join(action.text + "\n" for action in first if action.verb == "tape")
        yield Scene(program, "la scène du lab", [ONE, "@", *asked], be_served(lab), typed.encode(), lenient=True)
