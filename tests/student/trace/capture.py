"""Capturer tous les paquets de l'interface locale, avec tcpdump, en étant sûr du début et de la fin."""

import re
import socket
import subprocess
import threading

from tests.student.trace import packets
from tests.student.trace import pcapfile

# Sans --immediate-mode : avec lui, chaque paquet, même petit, prend une case de la taille du plus grand, et une rafale
# de quelques centaines déborde. Sans lui, le noyau tasse les paquets, et les rend une seconde plus tard au plus.
COMMAND = ["tcpdump", "-i", "lo", "-n", "-p", "-U", "-B", "16384", "-s", "0", "-w", "-"]
PATIENCE_S = 5.0
# Au-delà, un dessin ne se lit plus : la scène est coupée là, et la page le dit.
MOST_PACKETS, MOST_BYTES = 2000, 16 << 20


class Trouble(Exception):
    """La capture n'a pas pu se faire ; le texte dit pourquoi."""


class Capture:
    """tcpdump écrit dans un tube ; ce fil en copie les paquets, sauf nos repères, et sait ce qui est passé."""

    def __init__(self, path):
        self.path, self.seen, self.full, self.count = path, set(), False, 0
        self.changed = threading.Condition()
        # Un repère est un datagramme que nous nous envoyons : quand tcpdump le rend, tout ce qui
        # l'a précédé est rendu aussi. Ni sommeil, ni paquet perdu à la fin.
        self.beacon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.wait_listening()
        self.beacon.bind(("127.0.0.1", 0))
        self.reader = threading.Thread(target=self.copy, daemon=True)
        self.reader.start()

    def wait_listening(self):
        """tcpdump dit « listening on » quand son socket est ouvert."""
        said = b""
        for line in self.process.stderr:
            said = line
            if b"listening on" in line:
                return
        raise Trouble("tcpdump n'a pas pu capturer : " + said.decode("utf-8", "replace").strip())

    def copy(self):
        """Copie chaque paquet dans le fichier, au fur et à mesure."""
        with open(self.path, "wb") as target:
            stream = self.process.stdout
            header = stream.read(pcapfile.GLOBAL)
            target.write(header)
            size = 0
            for raw, record in pcapfile.records(Replay(header, stream)):
                if self.is_beacon(record):
                    continue
                size += len(record.data)
                full = self.count >= MOST_PACKETS or size > MOST_BYTES
                with self.changed:
                    self.full = self.full or full
                    if not self.full:
                        self.count += 1
                        target.write(raw + record.data)

    def is_beacon(self, record):
        packet = packets.Packet(0, record)
        own = self.beacon.getsockname()
        if packet.kind != "udp" or packet.source != own or packet.target != own:
            return False
        with self.changed:
            self.seen.add(packet.payload)
            self.changed.notify_all()
        return True

    def pass_beacon(self, name):
        """Envoie un repère et attend de le voir passer."""
        self.beacon.sendto(name, self.beacon.getsockname())
        with self.changed:
            if not self.changed.wait_for(lambda: name in self.seen, PATIENCE_S):
                raise Trouble("tcpdump ne voit pas passer les paquets de l'interface locale")

    def finish(self):
        """Arrête tcpdump une fois le dernier paquet rendu ; rend le nombre de paquets qu'il a perdus."""
        self.pass_beacon(b"fin")
        self.process.terminate()
        said = self.process.stderr.read()
        self.process.wait()
        self.reader.join()
        lost = re.search(rb"(\d+) packets? dropped by kernel", said)
        return int(lost.group(1)) if lost else 0


class Replay:
    """Un flux dont le début a déjà été lu."""

    def __init__(self, start, stream):
        self.start, self.stream = start, stream

    def read(self, size):
        if self.start:
            data, self.start = self.start[:size], self.start[size:]
            return data
        return self.stream.read(size)


def repeat_less():
    """Ce réseau ne perd rien : le noyau n'a pas à y renvoyer un paquet après quelques millisecondes, de crainte qu'il
    soit perdu (TLP) ; un acquittement que l'autre retarde, ou qu'une machine chargée fait attendre, suffirait."""
    try:
        with open("/proc/sys/net/ipv4/tcp_early_retrans", "w", encoding="ascii") as file:
            file.write("0")
    except OSError:
        pass  # le dessin dira « retransmis », ce qui est vrai
