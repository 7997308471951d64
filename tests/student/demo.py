"""Une démonstration : le serveur et le client d'un lab se parlent, sous vos yeux.

demo.py PROGRAMMES DOSSIER_DES_TESTS

DOSSIER_DES_TESTS/lab.mk dit DEMO_PORT, DEMO_PROTOCOL (tcp ou udp), DEMO_CLIENTS (combien à la fois) ;
demo.txt contient ce qui est dit, ligne par ligne : tapé au client, ou donné en argument en UDP.
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time

from tests.judge.command.lab_reader import settings
from tests.judge.report.paint import STYLES, visible

HOST = "127.0.0.1"
PATIENCE_S = 5.0
# Un silence de cette durée : chacun a dit ce qu'il avait à dire, on peut reprendre la parole.
SILENCE_S = 0.05
STYLE_OF = ("cyan", "green", "yellow", "red")


class Voice:
    """Un programme qui parle : ses lignes sont montrées sous son nom, comme elles viennent."""

    def __init__(self, stage, name, command):
        self.name, self.stage, self.partial = name, stage, b""
        self.lines = 0
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        stage.selector.register(self.process.stdout, selectors.EVENT_READ, self)
        self.open = True

    def listen(self):
        """Montre ce qui vient d'arriver."""
        data = self.process.stdout.read()
        if data is None:
            return
        if not data:
            self.stage.selector.unregister(self.process.stdout)
            self.open = False
        *lines, self.partial = (self.partial + data).split(b"\n")
        for line in lines:
            self.show(line)
        if not self.open:
            self.flush()

    def flush(self):
        """Montre une ligne qui attend sa fin : une question posée, par exemple."""
        if self.partial:
            self.show(self.partial)
            self.partial = b""

    def show(self, line):
        self.lines += 1
        self.stage.say(self.name, visible(line.decode("utf-8", "backslashreplace")))

    def type(self, text):
        """Tape une ligne au clavier du programme."""
        self.flush()
        self.stage.say(self.name, "⌨ " + text)
        try:
            self.process.stdin.write(text.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass


class Stage:
    """La scène : qui parle, et quand."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.voices = []
        self.colored = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def enter(self, name, command):
        voice = Voice(self, name, command)
        self.voices.append(voice)
        return voice

    def say(self, name, text):
        label = f"{name:>9} │"
        if self.colored:
            color = STYLES[STYLE_OF[[voice.name for voice in self.voices].index(name) % len(STYLE_OF)]]
            label = f"\x1b[{color}m{label}\x1b[0m"
        print(label, text, flush=True)

    def until(self, condition):
        """Écoute tout le monde jusqu'à ce que la condition soit vraie ; dit si elle l'est devenue."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                return False
            # Ce qui ne s'annonce pas par un tube (un socket qui écoute, une mort) est regardé souvent.
            for key, _ in self.selector.select(min(left, 0.01)):
                key.data.listen()
        return True

    def settle(self):
        """Laisse parler, jusqu'au silence."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            ready = self.selector.select(SILENCE_S)
            if not ready:
                return
            for key, _ in ready:
                key.data.listen()

    def clear(self):
        """Rien ne reste : les clients d'abord, puis le serveur, par SIGTERM."""
        for voice in reversed(self.voices):
            if voice.process.poll() is None:
                voice.process.send_signal(signal.SIGTERM)
                self.until(lambda v=voice: v.process.poll() is not None)
            if voice.process.poll() is None:
                voice.process.kill()
            voice.process.wait()
        self.until(lambda: not any(voice.open for voice in self.voices))


def choose_port(kind, wanted):
    """Le port de l'énoncé s'il est libre, sinon un autre qui l'est."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise SystemExit("demo : aucun port libre")


def is_bound(pid, protocol, port):
    """Ce processus écoute-t-il sur ce port ? Regardé dans /proc : aucune connexion, que le serveur compterait."""
    state = "0A" if protocol == "tcp" else "07"
    inodes = set()
    for table in (protocol, protocol + "6"):
        try:
            with open(f"/proc/net/{table}", encoding="ascii") as file:
                rows = [line.split() for line in file][1:]
        except OSError:
            continue
        inodes |= {row[9] for row in rows if row[3] == state and int(row[1].rsplit(":", 1)[1], 16) == port}
    try:
        links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return False
    return any(f"socket:[{inode}]" in links for inode in inodes)


def talk(stage, clients, words):
    """Tape chaque ligne à chaque client, et attend que chacun ait montré la réponse."""
    for word in words:
        for client in clients:
            client.type(word if len(clients) == 1 else f"{word} ({client.name})")
        heard = [client.lines for client in clients]
        stage.until(lambda: all(client.lines > before or not client.open
                                for client, before in zip(clients, heard)))
        stage.settle()
    for client in clients:
        client.flush()
        client.process.stdin.close()
    return stage.until(lambda: all(client.process.poll() is not None and not client.open for client in clients))


def play(stage, programs, folder):
    """La scène entière ; rend vrai si tout le monde est allé au bout."""
    chosen = settings(os.path.basename(folder))
    if "DEMO_PORT" not in chosen:
        print(f"demo : {folder}/lab.mk ne dit pas DEMO_PORT.")
        return True
    protocol = chosen.get("DEMO_PROTOCOL", "tcp")
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    port = choose_port(kind, int(chosen["DEMO_PORT"]))
    with open(os.path.join(folder, "demo.txt"), encoding="utf-8") as file:
        words = file.read().splitlines()
    print(f"\n{os.path.basename(folder)} · {chosen['TITLE']}\n", flush=True)
    server = stage.enter("serveur", [os.path.join(programs, "server"), HOST, str(port)])
    stage.until(lambda: is_bound(server.process.pid, protocol, port) or server.process.poll() is not None)
    if server.process.poll() is not None or not is_bound(server.process.pid, protocol, port):
        print("Le serveur n'écoute pas : la démonstration s'arrête là.")
        return False
    address = [os.path.join(programs, "client"), HOST, str(port)]
    if protocol == "udp":
        return all([talk(stage, [stage.enter("client", address + [word])], []) for word in words])
    count = int(chosen.get("DEMO_CLIENTS", "1"))
    names = ["client"] if count == 1 else [f"client {i + 1}" for i in range(count)]
    clients = [stage.enter(name, address) for name in names]
    stage.until(lambda: all(client.lines > 0 or client.partial or not client.open for client in clients))
    stage.settle()
    return talk(stage, clients, words)


def main():
    programs, folder = sys.argv[1:]
    for program in ("server", "client"):
        if not os.path.exists(os.path.join(programs, program)):
            print(f"demo : {program} n'a pas pu être construit ; « make test » dit pourquoi.")
            return 1
    stage = Stage()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        done = play(stage, programs, folder)
    except KeyboardInterrupt:
        return 130
    finally:
        stage.clear()
    return 0 if done and all(voice.process.returncode == 0 for voice in stage.voices) else 1


if __name__ == "__main__":
    sys.exit(main())
