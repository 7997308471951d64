"""Joue la scène d'un lab et garde tout : les paquets, les appels système, ce qui est tapé et affiché.

record.py PROGRAMMES DOSSIER_DES_TESTS SORTIE      (dans le réseau à part que donne isolation.py)

Écrit dans SORTIE : capture.pcap, un journal strace par thread, et record.json.
"""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time

from tests.judge.command.lab_reader import settings
from tests.student.trace import actors
from tests.student.trace import capture
from tests.student.trace import relay
from tests.student.trace import scenario

from tests.student.demo import HOST, is_bound

# Un programme juste ne se tait jamais plus de 4 s (la dernière attente d'une retransmission).
PATIENCE_S = 4.5
SETTLE_S, RESTLESS_S = 2.0, 0.3
FAREWELL_S = 2.0
WHOLE_S = 20.0


class Cut(Exception):
    """La scène est arrêtée avant sa fin ; le texte dit pourquoi."""


class Stage:
    """La scène : les acteurs, la capture, et ce qui s'y passe."""

    def __init__(self, programs, chosen, output):
        self.programs, self.output, self.chosen = programs, output, chosen
        self.selector = selectors.DefaultSelector()
        self.actors, self.notes, self.remarks, self.stuck = [], [], [], []
        self.end = time.monotonic() + WHOLE_S
        self.stacks = knows_stacks()
        self.relay, self.restless = None, False
        self.protocol = chosen.get("DEMO_PROTOCOL", "tcp")
        self.port = int(chosen["DEMO_PORT"])
        self.capture = capture.Capture(os.path.join(output, "capture.pcap"))

    def note(self, kind, actor, text):
        if len(self.notes) < actors.MOST_LINES:
            self.notes.append({"time": time.time(), "kind": kind, "actor": actor, "text": text})

    def enter(self, name, program, arguments):
        if not any(name == actor.name for actor in self.actors):
            log = os.path.join(self.output, name.replace(" ", "") + ".strace")
            self.actors.append(actors.Actor(self, name, os.path.join(self.programs, program), arguments, log))
        return next(actor for actor in self.actors if actor.name == name)

    def listen(self, seconds):
        for key, _ in self.selector.select(seconds):
            actor, stream = key.data
            actor.hear(stream)

    def until(self, condition, seconds, still=None):
        """Écoute tout le monde jusqu'à ce que la condition soit vraie, ou qu'il ne serve plus à rien d'attendre."""
        end, calm = time.monotonic() + seconds, self.calm()
        while not condition():
            if time.monotonic() > self.end:
                raise Cut(f"la scène a dépassé {WHOLE_S:.0f} secondes")
            if self.capture.full:
                raise Cut(f"plus de {capture.MOST_PACKETS} paquets ont été échangés")
            if sum(actor.log_size() for actor in self.actors) > actors.LOG_BYTES:
                raise Cut("un programme fait des appels système sans fin")
            if time.monotonic() > end or (still is not None and calm.reached(still)):
                return False
            self.listen(actors.LOOK_S)
            calm.look()
        return True

    def calm(self):
        return actors.Calm(self.capture.process.pid)

    def settle(self):
        """Laisse chacun faire ce qu'il a à faire."""
        calm = self.calm()

        def quiet():
            calm.look()
            return calm.reached()
        # Un programme qui ne s'arrête jamais ne mérite pas toujours la même attente.
        self.restless = not self.until(quiet, RESTLESS_S if self.restless else SETTLE_S)

    def start_server(self):
        server = self.enter("serveur", "server", [HOST, str(self.port)])
        self.until(lambda: server.gone() or is_bound(server.process.pid, self.protocol, self.port), PATIENCE_S, still=1.0)
        self.settle()
        if server.gone():
            self.remarks.append("Le serveur s'est arrêté avant de servir qui que ce soit.")
        elif not is_bound(server.process.pid, self.protocol, self.port):
            self.remarks.append(f"Le serveur n'écoute pas sur le port {self.port}.")

    def address(self):
        target = self.relay.address if self.relay else (HOST, self.port)
        return [target[0], str(target[1])]

    def perform(self, action):
        """Joue une action, et attend que le calme revienne."""
        if action.verb == "perd":
            self.relay = self.relay or relay.Relay("127.0.0.2", (HOST, self.port))
            self.relay.lost.add(int(action.text))
        elif action.verb == "arrive":
            self.enter(action.actor, "client", self.address())
        elif action.verb == "demande":
            self.wait_departure(self.enter(action.actor, "client", self.address() + [action.text]))
        else:
            actor = self.enter(action.actor, "client", self.address())
            actor.finish_input() if action.verb == "finit" else actor.type(action.text)
            if action.verb == "finit":
                self.wait_departure(actor)
        self.settle()

    def wait_departure(self, actor):
        """Attend qu'un client s'en aille ; il peut rester longtemps sans rien faire, mais pas toujours."""
        if actor in self.stuck:
            return
        patience = SETTLE_S if self.restless else PATIENCE_S * 2
        if not self.until(actor.gone, patience, still=PATIENCE_S if self.protocol == "udp" else 1.0):
            self.stuck.append(actor)
            self.remarks.append(f"Le {actor.name} ne s'en va pas de lui-même : il attend encore.")

    def clear(self):
        """Rien ne reste : les clients d'abord, puis le serveur ; SIGTERM, et SIGKILL s'il le faut."""
        for actor in self.actors[1:] + self.actors[:1]:
            if not actor.gone():
                self.note("signal", actor.name, "SIGTERM")
                actor.signal(signal.SIGTERM)
                self.patiently(actor.gone)
            if not actor.gone():
                self.remarks.append(f"Le {actor.name} ne s'est pas arrêté à SIGTERM : il a fallu SIGKILL.")
                actor.signal(signal.SIGKILL)
                self.patiently(actor.gone)
        self.patiently(lambda: all(actor.log_finished() for actor in self.actors))
        if self.relay:
            self.relay.stop()

    def patiently(self, condition):
        """Comme until, mais jusqu'au bout quoi qu'il arrive : c'est la fin."""
        end = time.monotonic() + FAREWELL_S
        while not condition() and time.monotonic() < end:
            self.listen(actors.LOOK_S)

    def report(self, lost):
        """Tout ce qu'il faut pour dessiner, outre les paquets et les journaux."""
        return {"format": 1, "protocol": self.protocol, "host": HOST, "port": self.port, "stacks": self.stacks,
                "actors": [actor.summary() for actor in self.actors], "notes": self.notes, "remarks": self.remarks,
                "relay": {"ports": self.relay.ports(), "lost": self.relay.events} if self.relay else None,
                "packets": self.capture.count, "lost_by_capture": lost}


def knows_stacks():
    """Ce strace sait-il dire d'où vient un appel (-k) ?"""
    done = subprocess.run(["strace", "-k", "-o", os.devnull, "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def play(stage, actions):
    """La scène entière."""
    try:
        stage.start_server()
        for action in actions:
            stage.perform(action)
        for actor in stage.actors[1:]:
            actor.finish_input()
            stage.wait_departure(actor)
    except Cut as reason:
        stage.remarks.append(f"La scène a été coupée : {reason}.")
    finally:
        stage.clear()


def main():
    programs, folder, output = sys.argv[1:]
    try:
        with open(os.path.join(folder, "trace.txt"), encoding="utf-8") as file:
            actions = scenario.parse(file.read())
        capture.bring_loopback_up()
        capture.repeat_less()
        stage = Stage(programs, settings(os.path.basename(folder)), output)
        play(stage, actions)
        lost = stage.capture.finish()
    except (capture.Trouble, scenario.Unreadable, socket.error) as reason:
        print(f"trace : {reason}", file=sys.stderr)
        return 2
    with open(os.path.join(output, "record.json"), "w", encoding="utf-8") as file:
        json.dump(stage.report(lost), file, ensure_ascii=False, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
