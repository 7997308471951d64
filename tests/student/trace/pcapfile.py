"""Le format pcap : un en-tête de 24 octets, puis des paquets datés."""

import collections
import struct

GLOBAL, RECORD = 24, 16
ETHERNET = 1
Record = collections.namedtuple("Record", "time data size")


class Broken(ValueError):
    """Ce n'est pas un fichier pcap que nous savons lire."""


class Header:
    """L'en-tête d'un fichier : l'ordre des octets, la finesse des dates, le genre de lien."""

    def __init__(self, raw):
        for self.order in "<>":
            magic = struct.unpack(self.order + "I", raw[:4])[0] if len(raw) == GLOBAL else 0
            if magic in (0xA1B2C3D4, 0xA1B23C4D):
                break
        else:
            raise Broken("en-tête pcap illisible")
        self.scale = 1e-9 if magic == 0xA1B23C4D else 1e-6
        self.link = struct.unpack(self.order + "I", raw[20:24])[0] & 0x0FFFFFFF

    def record(self, raw):
        """La date, la taille gardée et la vraie taille d'un paquet."""
        seconds, fraction, kept, size = struct.unpack(self.order + "IIII", raw)
        return seconds + fraction * self.scale, kept, size


def records(stream):
    """Les paquets d'un flux pcap, avec leurs octets tels qu'ils y sont : (en-tête brut, paquet)."""
    header = Header(stream.read(GLOBAL))
    while True:
        raw = stream.read(RECORD)
        if len(raw) < RECORD:
            return
        time, kept, size = header.record(raw)
        data = stream.read(kept)
        if len(data) < kept:
            return
        yield raw, Record(time, data, size)


def read(path):
    """Tous les paquets d'un fichier."""
    with open(path, "rb") as stream:
        if Header(stream.read(GLOBAL)).link != ETHERNET:
            raise Broken("ce pcap ne vient pas d'une interface Ethernet ou locale")
        stream.seek(0)
        return [record for _, record in records(stream)]
