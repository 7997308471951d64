"""Les mots du dessin : des octets, un paquet, un appel, en français et sur une ligne."""

import re

from tests.student.trace.sockets import RECEIVERS, SENDERS, WAITERS

NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def visible(data, limit):
    """Des octets rendus visibles : l'UTF-8 imprimable tel quel, le reste en \\n, \\0, \\xHH ; le milieu abrégé."""
    if len(data) > limit:
        half = limit // 2
        return f"{visible(data[:half], half)} … {visible(data[-half:], half)}"
    text = data.decode("utf-8", "surrogateescape")
    return "".join(one(character) for character in text)


def one(character):
    if character in NAMED:
        return NAMED[character]
    if character == "\\" or character.isprintable():
        return character
    raw = character.encode("utf-8", "surrogateescape")
    return "".join(f"\\x{byte:02X}" for byte in raw)


def plain(text):
    """Un texte sur une ligne, sans rien qui puisse dérégler ce qui l'affiche."""
    return "".join(one(character) for character in text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))


def count(number, noun):
    return f"{number} {noun}{'s' if number > 1 else ''}"


def packet_label(packet, limit=40):
    """Un paquet en quelques mots."""
    if packet.kind in ("icmp", "autre"):
        return f"{'ICMP' if packet.kind == 'icmp' else 'autre'} : {packet.about}"
    flags = ", ".join(name for name in ("SYN", "FIN", "RST", "ACK") if name in packet.flags)
    if packet.kind == "udp" or packet.payload:
        text = f"« {visible(packet.payload, limit)} » {count(len(packet.payload), 'octet')}"
        extra = ", ".join(name for name in ("SYN", "FIN", "RST") if name in packet.flags)
        label = f"{text} + {extra}" if extra else text
    else:
        label = flags or "TCP sans drapeau"
    return f"{label} (retransmis)" if getattr(packet, "repeated", False) else label


def call_label(call, limit=28):
    """Un appel système en quelques mots."""
    shown = call.library or call.name
    inside = [] if call.descriptor is None or call.name in WAITERS else [str(call.descriptor)]
    address = re.search(r"htons\((\d+)\).*?(?:inet_addr|inet_pton)\((?:AF_INET6, )?\"([^\"]*)\"", call.arguments)
    data, cut = call.data
    if call.name in SENDERS | RECEIVERS and data is not None and (call.count or 0) > 0:
        inside.append(f"« {visible(data, limit)}{' …' if cut else ''} »")
    elif call.name == "socket":
        inside = [call.arguments.split(",")[1].strip().split("|")[0]] if "," in call.arguments else []
    elif call.name in ("bind", "connect") and address:
        inside.append(f"{address.group(2)}:{address.group(1)}")
    elif call.name == "listen":
        inside.append(call.arguments.rpartition(",")[2].strip())
    elif call.name == "shutdown":
        inside.append(call.arguments.rpartition(",")[2].strip())
    elif call.name == "setsockopt":
        inside.append(call.arguments.split(",")[2].strip() if call.arguments.count(",") > 2 else "")
    return plain(f"{shown}({', '.join(inside)}){outcome(call)}")


def outcome(call):
    """Ce que l'appel a rendu."""
    if call.unfinished:
        return " : interrompu" if call.error else " : attend encore"
    if call.name in WAITERS and call.count == 0:
        return " = 0, délai écoulé"
    if call.name in RECEIVERS and call.count == 0 and call.sock and call.sock.kind == "tcp":
        return " = 0, fin de flux"
    peer = call.returned
    if call.name in ("accept", "accept4") and peer and peer[2]:
        return f" = {call.value}, {address_text(peer[2])}"
    return f" = {call.value}" + (f" {call.error}" if call.error else "")


def address_text(end):
    return f"[{end[0]}]:{end[1]}" if ":" in end[0] else f"{end[0]}:{end[1]}"


def place_label(call):
    """La ligne du source, la plus proche de l'appel."""
    if not call.places:
        return ""
    place = call.places[0]
    return plain(f"{place.file}:{place.line} {place.function}()")


def duration(seconds):
    """Une durée en français."""
    return f"{seconds:.2f} s".replace(".", ",") if seconds >= 1 else f"{seconds * 1000:.1f} ms".replace(".", ",")
