"""Les connexions TCP : la place de chaque octet dans le flux, ce qui est nouveau et ce qui est répété."""


class Side:
    """Un des deux sens d'une connexion."""

    def __init__(self):
        self.first = None
        self.next = 0
        self.finished = False


class Flow:
    """Une connexion, du premier SYN au dernier paquet."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.sides = {client: Side(), server: Side()}
        self.packets = []

    def add(self, packet):
        """Place un paquet : bytes relatifs, répétition, début et fin."""
        side, other = self.sides[packet.source], self.sides[packet.target]
        if side.first is None:
            side.first = packet.sequence + ("SYN" in packet.flags)
            if "SYN" not in packet.flags:
                side.next = 0
        packet.flow = self
        packet.begin = signed(packet.sequence + ("SYN" in packet.flags) - side.first)
        packet.end = packet.begin + len(packet.payload)
        packet.acknowledged = signed(packet.acknowledgement - other.first) if other.first is not None else None
        again = packet.payload and packet.end <= side.next
        again = again or ("FIN" in packet.flags and side.finished and not packet.payload)
        packet.repeated = bool(again) or ("SYN" in packet.flags and any(
            one.source == packet.source and "SYN" in one.flags for one in self.packets))
        side.next = max(side.next, packet.end)
        side.finished = side.finished or "FIN" in packet.flags
        self.packets.append(packet)

    def over(self):
        """Tout est fini des deux côtés, ou coupé net."""
        return all(side.finished for side in self.sides.values()) or any("RST" in one.flags for one in self.packets)


def signed(number):
    """Une différence de numéros de séquence, qui tournent à 2³²."""
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)


def follow(packets):
    """Range les paquets TCP par connexion, et les place."""
    flows, current = [], {}
    for packet in packets:
        if packet.kind != "tcp":
            continue
        key = frozenset((packet.source, packet.target))
        flow = current.get(key)
        opening = "SYN" in packet.flags and "ACK" not in packet.flags
        if flow is None or (opening and flow.over()):
            ends = (packet.target, packet.source) if "SYN" in packet.flags and not opening else (packet.source, packet.target)
            flow = current[key] = Flow(*ends)
            flows.append(flow)
        flow.add(packet)
    return flows
