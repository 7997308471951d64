"""Un relais UDP qui perd certaines réponses : le réseau, quand il se conduit mal."""

import contextlib
import socket

HOST = "127.0.0.2"
LARGEST = 65535


class Relay:
    """Le client parle au relais, le relais au serveur. Chaque client a son propre socket vers le serveur."""

    def __init__(self, stage, server):
        self.stage, self.server, self.lost, self.replies, self.events = stage, server, set(), 0, []
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind((HOST, 0))
        self.address = self.front.getsockname()
        self.backs = {}
        stage.watch(self.front, self.forward)

    def forward(self):
        """Une question : vers le serveur."""
        data, client = self.front.recvfrom(LARGEST)
        if client not in self.backs:
            back = self.backs[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            back.connect(self.server)
            self.stage.watch(back, lambda: self.bring_back(back, client))
        with contextlib.suppress(OSError):  # personne n'écoute : le message ICMP est déjà sur le dessin
            self.backs[client].send(data)

    def bring_back(self, back, client):
        """Une réponse : vers le client, ou nulle part."""
        with contextlib.suppress(OSError):
            data = back.recv(LARGEST)
            self.replies += 1
            if self.replies in self.lost:
                self.events.append(self.replies)
                self.stage.note("perd", "relais", str(self.replies))
            else:
                self.front.sendto(data, client)

    def ports(self):
        """Tous les ports du relais."""
        return [self.address[1]] + [back.getsockname()[1] for back in self.backs.values()]
