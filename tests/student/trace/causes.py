"""Relier chaque paquet à l'appel qui l'a fait partir, et aux appels qui l'ont lu."""

from tests.student.trace.sockets import RECEIVERS, SENDERS

# strace date un appel quand il l'a vu ; ce peu de temps couvre l'écart avec l'horloge du noyau.
MARGIN_S = 0.0005


def link(packets, flows, socks):
    """Donne à chaque paquet sa cause (des appels, ou une phrase), et à chaque appel ses paquets."""
    for packet in packets:
        packet.causes, packet.reason = [], ""
    for flow in flows:
        for end in (flow.client, flow.server):
            link_side(flow, end, socks)
        link_accept(flow, socks)
    link_datagrams([packet for packet in packets if packet.kind == "udp"], [sock for sock in socks if sock.kind == "udp"])
    for packet in packets:
        if packet.kind == "icmp":
            packet.reason = "envoyé par le noyau"


def blame(packet, calls):
    """Ces appels ont fait partir ce paquet."""
    for call in calls:
        packet.causes.append(call)
        call.packets.append(packet)


def find_sock(socks, flow, end):
    """Le socket qui tient ce bout de la connexion."""
    other = flow.server if end == flow.client else flow.client
    matching = [sock for sock in socks if sock.kind == "tcp" and (sock.local, sock.remote) == (end, other)]
    if not matching and end == flow.client:
        # Une connexion refusée n'a jamais eu ses deux bouts : son connect() dit vers où, et quand.
        matching = [sock for sock in socks if sock.kind == "tcp" and sock.remote is None and any(
            call.name == "connect" and port_of(call.arguments) == other[1]
            and call.time - MARGIN_S <= flow.packets[0].time <= after(call) for call in sock.calls)]
    return matching[0] if matching else None


def after(call):
    """Le dernier instant où cet appel a pu agir : strace date l'entrée, puis prend du temps pour lui."""
    return call.done_at + 0.05


def port_of(arguments):
    at = arguments.find("htons(")
    digits = arguments[at + 6:arguments.find(")", at)] if at >= 0 else ""
    return int(digits) if digits.isdigit() else None


def link_side(flow, end, socks):
    """Les paquets d'un sens."""
    sock = find_sock(socks, flow, end)
    for packet in flow.packets:
        if packet.source != end:
            continue
        if packet.repeated:
            packet.reason = "retransmission, par le noyau"
        elif "SYN" in packet.flags:
            link_opening(packet, sock, socks)
        elif "RST" in packet.flags:
            link_reset(packet, sock, socks)
        else:
            link_data(packet, sock)
    if sock is not None:
        link_readers(flow, end, sock)


def link_opening(packet, sock, socks):
    if "ACK" in packet.flags:
        listeners = [one for one in socks if one.listening and one.local and one.local[1] == packet.source[1]]
        packet.reason = "le noyau répond, avant tout accept()"
        packet.listener = listeners[0].listening if listeners else None
    else:
        blame(packet, [call for call in (sock.calls if sock else []) if call.name == "connect"][:1])


def link_reset(packet, sock, socks):
    """Un RST : fermeture avec des octets non lus, fin du programme, ou personne au bout."""
    closing = [call for call in sock.calls if call.name == "close" and call.time - MARGIN_S <= packet.time] if sock else []
    if not any(one.local and one.local[1] == packet.source[1] for one in socks):
        packet.reason = "le noyau refuse : personne n'écoute sur ce port"
    elif closing and packet.time <= after(closing[-1]):
        blame(packet, closing[-1:])
        packet.reason = "fermé sans avoir tout lu"
    else:
        packet.reason = "le noyau coupe : ce socket est déjà fermé" if closing else "le noyau coupe : le programme n'est plus là"


def link_data(packet, sock):
    """Des octets : les envois qui les ont donnés au noyau. Un FIN : la fermeture."""
    if packet.payload and sock is not None:
        blame(packet, covering(sock.sent, packet.begin, packet.end))
    if "FIN" in packet.flags:
        link_closing(packet, sock)
    elif not packet.payload:
        packet.reason = "accusé de réception, par le noyau"


def covering(calls, begin, end):
    """Les appels dont les octets touchent cette part du flux."""
    found, at = [], 0
    for call in calls:
        if at < end and at + call.count > begin:
            found.append(call)
        at += call.count
    return found


def link_closing(packet, sock):
    closers = [call for call in (sock.calls if sock else []) if call.time - MARGIN_S <= packet.time and call.count == 0
               and (call.name == "close" or (call.name == "shutdown" and "SHUT_RD)" not in call.arguments + ")"))]
    if closers:
        shut = [call for call in closers if call.name == "shutdown"]
        blame(packet, (shut or closers[-1:])[:1])
    else:
        packet.reason = "le noyau ferme : le programme est fini"


def link_readers(flow, end, sock):
    """Les lectures qui ont pris les octets venus de l'autre bout, et celle qui a vu la fin."""
    incoming = [packet for packet in flow.packets if packet.target == end and not packet.repeated]
    at = 0
    for call in sock.received:
        if call.count:
            call.consumed += [one for one in incoming if one.payload and one.begin < at + call.count and one.end > at]
        else:
            call.consumed += [one for one in incoming if "FIN" in one.flags]
        at += call.count


def link_accept(flow, socks):
    """L'accept() qui a pris la connexion dans la file : après la poignée de main."""
    sock = find_sock(socks, flow, flow.server)
    for call in sock.calls if sock else []:
        if call.name in ("accept", "accept4"):
            call.consumed += flow.packets[:3]
    sock = find_sock(socks, flow, flow.client)
    for call in sock.calls if sock else []:
        if call.name == "connect":
            call.answers = [one for one in flow.packets[:2] if one.source == flow.server]


def link_datagrams(packets, socks):
    """Un datagramme, un envoi : le premier, pas encore pris, de cette taille, vers ce port, à ce moment."""
    senders = [call for sock in socks for call in sock.calls if call.name in SENDERS and answered(call)]
    readers = [call for sock in socks for call in sock.calls if call.name in RECEIVERS and answered(call)]
    for packet in packets:
        for call in senders:
            if fits(call, packet) and (call.name == "sendmmsg" or not call.packets):
                blame(packet, [call])
                break
        for call in readers:
            local = call.sock.local
            if (not call.consumed and local and local[1] == packet.target[1] and after(call) >= packet.time
                    and (call.name == "recvmmsg" or call.count == len(packet.payload) or call.count < len(packet.payload))):
                call.consumed.append(packet)
                break


def answered(call):
    """Il a rendu un nombre d'octets."""
    return call.count is not None and call.count >= 0


def fits(call, packet):
    sock = call.sock
    target = port_of(call.arguments) or (sock.remote[1] if sock.remote else None)
    return (call.time - MARGIN_S <= packet.time <= after(call)
            and (call.name == "sendmmsg" or call.count == len(packet.payload))
            and target in (None, packet.target[1]) and (not sock.local or sock.local[1] in (0, packet.source[1])))
