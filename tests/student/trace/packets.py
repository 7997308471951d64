"""Décoder un paquet : Ethernet, IPv4 ou IPv6, puis TCP, UDP ou ICMP. Ce qui est illisible est gardé, et dit."""

import ipaddress
import struct

FLAGS = (("SYN", 0x02), ("FIN", 0x01), ("RST", 0x04), ("PSH", 0x08), ("ACK", 0x10), ("URG", 0x20))
UNREACHABLE = {0: "réseau injoignable", 1: "hôte injoignable", 2: "protocole refusé", 3: "port fermé : personne n'y écoute",
               4: "trop grand pour le chemin"}


class Packet:
    """Un paquet, décodé autant qu'il peut l'être."""

    def __init__(self, number, record):
        self.number, self.time, self.size = number, record.time, record.size
        self.kind, self.source, self.target = "autre", None, None
        self.sequence = self.acknowledgement = self.window = 0
        self.flags = frozenset()
        self.payload = b""
        self.quoted = None
        self.about = "paquet que ce programme ne sait pas lire"
        try:
            self.read_link(record.data)
        except (struct.error, IndexError, ValueError):
            self.about = "paquet tronqué ou mal formé"

    def read_link(self, data):
        """L'en-tête Ethernet (l'interface locale en met un aussi), puis IP."""
        kind = struct.unpack("!H", data[12:14])[0]
        if kind == 0x0800:
            self.read_ipv4(data[14:])
        elif kind == 0x86DD:
            self.read_ipv6(data[14:])

    def read_ipv4(self, data):
        length = (data[0] & 0x0F) * 4
        total, fragment = struct.unpack("!H", data[2:4])[0], struct.unpack("!H", data[6:8])[0]
        # Une carte qui découpe elle-même laisse parfois cette longueur à zéro.
        data = data[:total] if total else data
        addresses = [str(ipaddress.IPv4Address(data[at:at + 4])) for at in (12, 16)]
        self.read_transport(data[9], addresses, data[length:] if not fragment & 0x1FFF else b"")

    def read_ipv6(self, data):
        length = struct.unpack("!H", data[4:6])[0]
        addresses = [str(ipaddress.IPv6Address(data[at:at + 16])) for at in (8, 24)]
        self.read_transport(data[6], addresses, data[40:40 + length] if length else data[40:])

    def read_transport(self, protocol, addresses, data):
        self.source, self.target = (addresses[0], 0), (addresses[1], 0)
        if protocol == 6:
            self.read_tcp(addresses, data)
        elif protocol == 17:
            self.read_udp(addresses, data)
        elif protocol in (1, 58):
            self.read_icmp(protocol, data)

    def read_ports(self, addresses, data):
        ports = struct.unpack("!HH", data[:4])
        self.source, self.target = (addresses[0], ports[0]), (addresses[1], ports[1])

    def read_tcp(self, addresses, data):
        self.read_ports(addresses, data)
        self.sequence, self.acknowledgement, offset, flags, self.window = struct.unpack("!IIBBH", data[4:16])
        self.flags = frozenset(name for name, bit in FLAGS if flags & bit)
        self.payload = data[(offset >> 4) * 4:]
        self.kind, self.about = "tcp", ""

    def read_udp(self, addresses, data):
        self.read_ports(addresses, data)
        length = struct.unpack("!H", data[4:6])[0]
        self.payload = data[8:length] if length else data[8:]
        self.kind, self.about = "udp", ""

    def read_icmp(self, protocol, data):
        self.kind = "icmp"
        unreachable = (protocol, data[0]) in ((1, 3), (58, 1))
        code = {4: 3}.get(data[1], data[1]) if protocol == 58 else data[1]
        self.about = UNREACHABLE.get(code, "destination injoignable") if unreachable else f"message de type {data[0]}"
        if unreachable:
            self.quoted = quoted_ports(protocol, data[8:])


def quoted_ports(protocol, data):
    """Les deux bouts du paquet que cite un message ICMP."""
    length = (data[0] & 0x0F) * 4 if protocol == 1 else 40
    at = (12, 16) if protocol == 1 else (8, 24)
    size = 4 if protocol == 1 else 16
    hosts = [str(ipaddress.ip_address(bytes(data[start:start + size]))) for start in at]
    ports = struct.unpack("!HH", data[length:length + 4])
    return (hosts[0], ports[0]), (hosts[1], ports[1])


def decode(records):
    """Tous les paquets, numérotés comme dans Wireshark : à partir de 1."""
    return [Packet(number, record) for number, record in enumerate(records, 1)]
