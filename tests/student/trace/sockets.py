"""Suivre les sockets d'un programme d'un appel à l'autre : quel descripteur, quels bouts, quels octets."""

SENDERS = {"write", "writev", "send", "sendto", "sendmsg", "sendmmsg", "sendfile"}
RECEIVERS = {"read", "readv", "recv", "recvfrom", "recvmsg", "recvmmsg"}
WAITERS = {"poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait"}


class Sock:
    """Un socket, du socket() ou de l'accept() au close()."""

    def __init__(self, kind, local=None, remote=None):
        self.kind, self.local, self.remote = kind, local, remote
        self.calls, self.sent, self.received = [], [], []
        self.listening = None

    def learn(self, found):
        """strace en dit plus au fil des appels."""
        _, local, remote = found
        self.local, self.remote = local or self.local, remote or self.remote

    def add(self, call):
        """Retient l'appel ; ses octets ont leur place dans le flux."""
        call.sock = self
        self.calls.append(call)
        if call.name in SENDERS and (call.count or 0) > 0:
            self.sent.append(call)
        elif call.name in RECEIVERS and call.count is not None and call.count >= 0:
            self.received.append(call)
        elif call.name == "listen" and call.count == 0:
            self.listening = call


class Table:
    """Les sockets d'un programme."""

    def __init__(self):
        self.open, self.all = {}, []

    def born(self, descriptor, found):
        sock = Sock(*found)
        self.open[descriptor] = sock
        self.all.append(sock)
        return sock

    def find(self, call, found):
        """Le socket d'un appel : celui qui a ces bouts, sinon celui de ce descripteur."""
        _, local, remote = found
        if local and remote and found[0] == "tcp":
            for sock in reversed(self.all):
                if (sock.local, sock.remote) == (local, remote):
                    return sock
        known = self.open.get(call.descriptor)
        return known if known else self.born(call.descriptor, found)

    def follow(self, call):
        """Un appel de plus."""
        found, returned = call.endpoints, call.returned
        if call.name == "socket" and returned:
            self.born(call.count, returned).add(call)
        elif found:
            sock = self.find(call, found)
            sock.learn(found)
            sock.add(call)
            if call.name in ("accept", "accept4") and returned:
                call.sock = self.born(call.count, returned)
                call.sock.calls.append(call)
            elif call.name in ("dup", "dup2", "dup3") and call.count is not None:
                self.open[call.count] = sock
            elif call.name == "close":
                self.open.pop(call.descriptor, None)


def follow(calls):
    """Tous les sockets d'un programme, d'après ses appels dans l'ordre du temps."""
    table = Table()
    # Un accept qui attend commence bien avant la connexion qu'il rend : c'est sa fin qui compte.
    for call in sorted(calls, key=lambda one: one.done_at):
        table.follow(call)
    return table.all
