"""Un relais UDP qui perd certaines réponses : le réseau, quand il se conduit mal."""

import select
import socket
import threading

LARGEST = 65535


class Relay:
    """Le client parle au relais, le relais au serveur. Chaque client a son propre socket vers le serveur."""

    def __init__(self, host, server):
        self.server, self.lost, self.replies, self.events = server, set(), 0, []
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind((host, 0))
        self.address = self.front.getsockname()
        self.backs = {}
        self.running = True
        self.wake, self.alarm = socket.socketpair()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.running:
            ready, _, _ = select.select([self.front, self.alarm, *self.backs.values()], [], [])
            for source in ready:
                if source is self.front:
                    self.forward()
                elif source is not self.alarm:
                    self.bring_back(source)

    def forward(self):
        """Une question : vers le serveur."""
        data, client = self.front.recvfrom(LARGEST)
        if client not in self.backs:
            back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            back.connect(self.server)
            self.backs[client] = back
        try:
            self.backs[client].send(data)
        except OSError:
            pass  # personne n'écoute : le message ICMP est déjà sur le dessin

    def bring_back(self, back):
        """Une réponse : vers le client, ou nulle part."""
        try:
            data = back.recv(LARGEST)
        except OSError:
            return
        self.replies += 1
        if self.replies in self.lost:
            self.events.append(self.replies)
            return
        client = next(client for client, known in self.backs.items() if known is back)
        self.front.sendto(data, client)

    def ports(self):
        """Tous les ports du relais."""
        return [self.address[1]] + [back.getsockname()[1] for back in self.backs.values()]

    def stop(self):
        self.running = False
        self.wake.send(b"!")
        self.thread.join()
