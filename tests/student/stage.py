"""La scène : lancer des programmes, attendre qu'ils écoutent, leur parler, les arrêter.

Aucune attente n'a de durée fixe : chacune finit dès que la réponse est connue, ou que plus personne ne bouge. Qu'un
serveur écoute se voit dans /proc ; une connexion d'essai, il la compterait.
"""

import contextlib
import glob
import os
import resource
import selectors
import signal
import socket
import subprocess
import time

from tests.student import relay

HOST = "127.0.0.1"
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
# L'état d'un socket qui attend des clients, dans /proc/net/tcp et /proc/net/udp.
WAITING = {"tcp": "0A", "udp": "07"}
MOST_OUTPUT, MOST_FILE = 1 << 16, 32 << 20
LOOK_S = 0.02
# Personne n'a rien fait entre deux regards espacés ainsi : chacun attend qu'on lui parle.
CALM_LOOKS = 3
# Un programme juste ne se tait jamais plus de 1,6 s (la dernière attente d'une retransmission), sauf sur une machine
# surchargée ; et l'on montre aussi ce que fait un programme trop patient.
PATIENCE_S = 4.5
SETTLE_S, RESTLESS_S = 2.0, 0.3
FAREWELL_S = 2.0
WHOLE_S = 20.0


class NotListening(Exception):
    """Le serveur n'écoute pas."""


class Cut(Exception):
    """La scène est arrêtée avant sa fin ; le texte dit pourquoi."""


# --- Un serveur ----------------------------------------------------------------------------------

def free_port(protocol, wanted=0):
    """Ce port s'il est libre, sinon un autre qui l'est."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, KINDS[protocol]) as probe, contextlib.suppress(OSError):
            if protocol == "tcp":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return probe.getsockname()[1]
    raise NotListening("aucun port n'est libre")


def is_listening(pid, protocol, port):
    """Ce processus écoute-t-il sur ce port ?"""
    inodes = set()
    for table in (protocol, protocol + "6"):
        with contextlib.suppress(OSError), open(f"/proc/net/{table}", encoding="ascii") as file:
            rows = [line.split() for line in file][1:]
            inodes |= {row[9] for row in rows if row[3] == WAITING[protocol] and int(row[1].rsplit(":", 1)[1], 16) == port}
    try:
        links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return False
    return any(f"socket:[{inode}]" in links for inode in inodes)


@contextlib.contextmanager
def serving(command, protocol, port, seconds):
    """Un serveur qui écoute, sans rien de ce qu'il dit ; arrêté à la fin, par son numéro de processus."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + seconds
        while not is_listening(process.pid, protocol, port):
            if is_over(process, 0.002) or time.monotonic() > deadline:
                raise NotListening(f"{command[0]} n'écoute pas sur le port {port}")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        if not is_over(process, seconds):
            process.kill()
            process.wait()


def is_over(process, seconds):
    """Ce processus finit-il avant tant de secondes ?"""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.returncode is not None


# --- Qui parle -----------------------------------------------------------------------------------

class Voice:
    """Quelqu'un qui parle : ce qu'il dit est noté ligne par ligne."""

    def __init__(self, stage, name):
        self.stage, self.name, self.size, self.partial = stage, name, 0, {}
        self.open, self.finished = 0, False

    def hear(self, kind, data):
        """Retient les lignes qu'il vient de dire."""
        self.size += len(data)
        if self.size > MOST_OUTPUT:
            return
        *lines, self.partial[kind] = (self.partial.get(kind, b"") + data).split(b"\n")
        for line in lines:
            self.stage.note(kind, self.name, shown(line))

    def flush(self):
        """Une ligne qui attend sa fin : une question posée, par exemple."""
        for kind in [kind for kind, rest in self.partial.items() if rest]:
            self.hear(kind, b"\n")

    def type(self, text):
        """Dit une ligne, s'il est encore là."""
        if not self.gone():
            self.stage.note("tape", self.name, text)
            with contextlib.suppress(OSError):
                self.send(text)

    def finish_input(self):
        """N'a plus rien à dire : Ctrl-D."""
        if not self.finished and not self.gone():
            self.stage.note("finit", self.name, "")
        self.finished = True
        with contextlib.suppress(OSError):
            self.finish()


class Program(Voice):
    """Un programme du travail : son clavier, et ce qu'il écrit."""

    def __init__(self, stage, name, command, **options):
        super().__init__(stage, name)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, preexec_fn=limit, **options)
        for kind, stream in (("écrit", self.process.stdout), ("dit", self.process.stderr)):
            if stream is not None:
                self.open += 1
                os.set_blocking(stream.fileno(), False)
                stage.watch(stream, lambda kind=kind, stream=stream: self.read(kind, stream))

    def read(self, kind, stream):
        data = stream.read(1 << 16)
        if data:
            self.hear(kind, data)
        elif data is not None:
            self.open -= 1
            self.stage.unwatch(stream)
            self.flush()

    def send(self, text):
        self.process.stdin.write(text.encode() + b"\n")

    def finish(self):
        self.process.stdin.close()

    def gone(self):
        return self.process.poll() is not None

    def signal(self, number):
        self.process.send_signal(number)


class StandIn(Voice):
    """Un client que nous jouons, comme le ferait nc : ce lab n'en a pas à lui."""

    def __init__(self, stage, name, address, asks):
        super().__init__(stage, name)
        self.socket = socket.socket(socket.AF_INET, KINDS[stage.protocol])
        self.socket.settimeout(PATIENCE_S)
        # Son port est connu, même si personne ne répond.
        self.socket.bind((HOST, 0))
        self.port, self.over, self.asks = self.socket.getsockname()[1], False, asks
        try:
            self.socket.connect(address)
            stage.watch(self.socket, self.read)
        except OSError as error:
            self.leave(error.strerror or "personne ne répond")

    def read(self):
        try:
            data = self.socket.recv(1 << 16)
        except OSError as error:
            self.leave(error.strerror)
            return
        datagrams = self.stage.protocol == "udp"
        self.hear("écrit", data + b"\n" if datagrams else data)
        if not datagrams and not data or datagrams and self.asks:
            self.leave()

    def leave(self, reason=""):
        self.flush()
        if reason:
            self.stage.note("dit", self.name, reason)
        self.stage.unwatch(self.socket)
        self.socket.close()
        self.over = True

    def send(self, text):
        self.socket.send(text.encode() + (b"" if self.stage.protocol == "udp" else b"\n"))

    def ask(self, text):
        """Ce que fait un client à qui la question est donnée en argument : il la pose, et s'en va avec la réponse."""
        self.type(text)
        if self.stage.protocol == "tcp":
            self.finish_input()

    def finish(self):
        if self.stage.protocol == "udp":
            self.leave()
        else:
            self.socket.shutdown(socket.SHUT_WR)

    def gone(self):
        return self.over

    def signal(self, _):
        self.leave()


def limit():
    """Ce qu'un programme fou ne peut pas dépasser."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE, MOST_FILE))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


def shown(line):
    """Une ligne, coupée et en texte : les octets illisibles sont écrits \\xHH."""
    text = line[:300].decode("utf-8", "backslashreplace")
    return text + "…" if len(line) > 300 else text


# --- Le calme ------------------------------------------------------------------------------------

def stirrings(pids):
    """Combien de fois chaque fil de ces processus a été réveillé ; None tant que l'un d'eux court."""
    counts = {}
    for folder in (folder for pid in pids for folder in glob.glob(f"/proc/{pid}/task/[0-9]*")):
        try:
            with open(folder + "/status", encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if fields["State"].strip()[0] in "RD":
            return None
        counts[folder] = fields["voluntary_ctxt_switches"] + fields["nonvoluntary_ctxt_switches"]
    return counts


class Calm:
    """Dit quand plus personne ne bouge, et depuis combien de temps."""

    def __init__(self, world):
        self.world = world
        self.last, self.since, self.looks = None, time.monotonic(), 0

    def look(self):
        now = stirrings(self.world())
        if now is None or now != self.last:
            self.last, self.since, self.looks = now, time.monotonic(), 0
        else:
            self.looks += 1
        return self.reached()

    def reached(self, seconds=0.0):
        return self.looks >= CALM_LOOKS and time.monotonic() - self.since >= seconds


# --- La scène ------------------------------------------------------------------------------------

class Stage:
    """Tout ce qui est écouté à la fois."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()

    def watch(self, source, ready):
        """Appelle ready() chaque fois qu'il y a quelque chose à lire là."""
        self.selector.register(source, selectors.EVENT_READ, ready)

    def unwatch(self, source):
        with contextlib.suppress(KeyError, ValueError):
            self.selector.unregister(source)

    def listen(self, seconds):
        """Attend que quelqu'un parle ; dit si quelqu'un l'a fait."""
        found = self.selector.select(seconds)
        for key, _ in found:
            key.data()
        return bool(found)


class Play(Stage):
    """La scène d'un lab, jouée par ses programmes ; note() en reçoit le récit."""

    def __init__(self, lab, folder, port):
        super().__init__()
        self.lab, self.folder, self.protocol, self.port = lab, folder, lab.protocol, port
        self.cast, self.remarks, self.stuck, self.relay, self.restless = {}, [], [], None, False
        self.end = time.monotonic() + WHOLE_S

    def note(self, kind, name, text):
        """Quelqu'un écrit, dit (sur stderr), tape, finit ou reçoit un signal."""

    def launch(self, name, program, *words):
        """Lance un programme du travail, avec ces arguments."""
        return self.watched(name, [os.path.join(self.folder, program), *map(str, words)])

    def watched(self, name, command):
        """Un programme dont tout ce qu'il écrit, où que ce soit, est dit dans l'ordre."""
        return Program(self, name, command, stderr=subprocess.STDOUT)

    def world(self):
        """Les processus dont on attend qu'ils se calment."""
        return [actor.process.pid for actor in self.cast.values() if isinstance(actor, Program)]

    def check(self):
        """Coupe une scène qui n'en finit pas."""
        if time.monotonic() > self.end:
            raise Cut(f"la scène a dépassé {WHOLE_S:.0f} secondes")

    def until(self, condition, seconds, still=None):
        """Écoute tout le monde jusqu'à ce que la condition soit vraie, ou qu'il ne serve plus à rien d'attendre."""
        end, calm = time.monotonic() + seconds, Calm(self.world)
        while not condition():
            self.check()
            if time.monotonic() > end or (still and calm.reached(still)):
                return False
            self.listen(LOOK_S)
            if still:
                calm.look()
        return True

    def settle(self):
        """Laisse chacun faire ce qu'il a à faire."""
        # Un programme qui ne s'arrête jamais ne mérite pas toujours la même attente.
        self.restless = not self.until(Calm(self.world).look, RESTLESS_S if self.restless else SETTLE_S)

    def start_server(self):
        """Lance celui qui écoute ; dit s'il le fait."""
        server = self.cast["serveur"] = self.launch("serveur", self.lab.server, HOST, self.port)

        def ready():
            return is_listening(server.process.pid, self.protocol, self.port)
        self.until(lambda: server.gone() or ready(), PATIENCE_S, still=1.0)
        self.settle()
        if server.gone():
            self.remarks.append("Le serveur s'est arrêté avant de servir qui que ce soit.")
        elif not ready():
            self.remarks.append(f"Le serveur n'écoute pas sur le port {self.port}.")
        return not self.remarks

    def actor(self, name, *words):
        """Cet acteur ; il entre, avec ces mots en arguments, s'il n'est pas encore là."""
        program, (host, port) = name.split()[0], self.relay.address if self.relay else (HOST, self.port)
        if name not in self.cast and program in self.lab.programs:
            self.cast[name] = self.launch(name, program, host, port, *words)
        elif name not in self.cast:
            self.cast[name] = StandIn(self, name, (host, port), bool(words))
            for word in words:
                self.cast[name].ask(word)
        return self.cast[name]

    def perform(self, action):
        """Joue une action, et attend que le calme revienne."""
        if action.verb == "perd":
            self.relay = self.relay or relay.Relay(self, (HOST, self.port))
            self.relay.lost.add(int(action.text))
        elif action.verb == "arrive":
            self.actor(action.actor)
        elif action.verb == "tape":
            self.actor(action.actor).type(action.text)
        elif action.verb == "demande":
            self.wait_departure(self.actor(action.actor, action.text))
        else:
            self.actor(action.actor).finish_input()
            self.wait_departure(self.actor(action.actor))
        self.settle()

    def wait_departure(self, actor):
        """Attend qu'un client s'en aille ; il peut rester longtemps sans rien faire, mais pas toujours."""
        if actor in self.stuck:
            return
        patience = SETTLE_S if self.restless else PATIENCE_S * 2
        if not self.until(actor.gone, patience, still=PATIENCE_S if self.protocol == "udp" else 1.0):
            self.stuck.append(actor)
            self.remarks.append(f"{actor.name.capitalize()} ne s'en va pas de lui-même : il attend encore.")

    def play(self, actions, needs_server=False):
        """La scène entière ; rien n'en reste. needs_server : sans serveur qui écoute, elle n'est pas jouée."""
        try:
            if not self.start_server() and needs_server:
                return
            for action in actions:
                self.perform(action)
            for actor in list(self.cast.values())[1:]:
                actor.finish_input()
                self.wait_departure(actor)
        except Cut as reason:
            self.remarks.append(f"La scène a été coupée : {reason}.")
        finally:
            self.clear()

    def clear(self):
        """Rien ne reste : les clients d'abord, puis le serveur ; SIGTERM, et SIGKILL s'il le faut."""
        for actor in sorted(self.cast.values(), key=lambda actor: actor.name == "serveur"):
            if not actor.gone():
                self.note("signal", actor.name, "SIGTERM")
                actor.signal(signal.SIGTERM)
                self.patiently(actor.gone)
            if not actor.gone():
                self.remarks.append(f"{actor.name.capitalize()} ne s'est pas arrêté à SIGTERM : il a fallu SIGKILL.")
                actor.signal(signal.SIGKILL)
                self.patiently(actor.gone)
        self.patiently(self.told)

    def told(self):
        """Tout ce qu'ils ont dit est-il lu ?"""
        return not any(actor.open for actor in self.cast.values())

    def patiently(self, condition):
        """Comme until, mais jusqu'au bout quoi qu'il arrive : c'est la fin."""
        end = time.monotonic() + FAREWELL_S
        while not condition() and time.monotonic() < end:
            self.listen(LOOK_S)
