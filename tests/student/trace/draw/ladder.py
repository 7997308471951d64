"""Le dessin, avant tout trait : des colonnes (les acteurs) et des rangées (paquets, appels, gestes), dans l'ordre."""

from tests.student.trace.draw import wording
from tests.student.trace.sockets import RECEIVERS, WAITERS

# Un silence plus long que cela se voit sur le dessin.
GAP_S = 0.2
MOST_CALLS = 400
SILENT = {"getsockname", "getpeername", "getsockopt", "dup", "dup2", "dup3"}
PLAYED = "ce lab n'a pas de client : « make trace » en joue un"
VERBS = {"tape": "⌨ ", "écrit": "affiche : ", "dit": "stderr : ", "finit": "Ctrl-D : fin de l'entrée", "signal": "reçoit "}


class Column:
    """Un acteur. Sa teinte (0 : neutre) le suit partout ; son nom aussi, pour qui ne voit pas les couleurs.

    Celui que nous jouons n'a pas d'appels : « reason » dit pourquoi ses paquets partent.
    """

    def __init__(self, name, tint, subtitle="", reason=""):
        self.name, self.tint, self.subtitle, self.reason = name, tint, subtitle, reason


class Row:
    """Une rangée du dessin."""

    def __init__(self, kind, time, text, tint=0, **more):
        self.kind, self.time, self.text, self.tint = kind, time, text, tint
        self.source = self.target = self.column = None
        self.number = self.order = 0
        self.times, self.effect = 1, False
        self.where, self.details, self.lost, self.kernel, self.thread, self.bad = "", [], False, False, "", False
        self.repeated = False
        self.__dict__.update(more)


class Ladder:
    """Un dessin entier."""

    def __init__(self, title, columns, rows, remarks=()):
        self.title, self.columns, self.remarks = title, columns, list(remarks)
        self.rows = self.with_gaps(rows)
        self.start = rows[0].time if rows else 0.0

    def with_gaps(self, rows):
        """Montre les longs silences."""
        shown = []
        for row in rows:
            if shown and row.time - shown[-1].time >= GAP_S:
                pause = wording.duration(row.time - shown[-1].time)
                shown.append(Row("gap", row.time, f"{pause} plus tard", seconds=row.time - shown[-1].time))
            shown.append(row)
        return shown

    def count(self):
        """Combien de paquets sont dessinés."""
        return sum(row.kind == "packet" for row in self.rows)


def build(title, record, packets, programs):
    """Le dessin d'une scène jouée : record.json, ses paquets, et les appels de chaque acteur."""
    columns = [Column(actor["name"], index) if actor["program"] else Column(actor["name"], index, "joué par make trace", PLAYED)
               for index, actor in enumerate(record["actors"]) if index]
    if record["relay"]:
        columns.append(Column("relais", 0, "il perd des réponses", "le relais fait suivre"))
    columns.append(Column("serveur", 0, f"port {record['port']}"))
    owners = Owners(record, columns, packets, programs)
    rows = [packet_row(packet, owners, record) for packet in packets]
    calls = [row for actor, calls in programs for call in calls for row in [call_row(call, actor, owners)] if row]
    calls.sort(key=lambda row: row.time)
    calls = merged(calls)
    remarks = list(record["remarks"])
    if len(calls) > MOST_CALLS:
        remarks.append(f"{len(calls) - MOST_CALLS} appels système de plus ne sont pas dessinés.")
    rows += calls[:MOST_CALLS] + [note_row(note, owners) for note in record["notes"]]
    rows += [end_row(actor, calls, owners, record) for actor, calls in programs if actor["status"] not in (0, None) and calls]
    known = {column for row in rows for column in (row.source, row.target, row.column)}
    if owners.stranger in known:
        columns.append(owners.stranger)
    rows.sort(key=lambda row: (row.time, row.order, row.number))
    return Ladder(title, columns, rows, remarks)


class Owners:
    """À qui est ce port ? Les appels le disent ; le port du serveur et ceux du relais sont connus."""

    def __init__(self, record, columns, packets, programs):
        self.columns = {column.name: column for column in columns}
        self.stranger = Column("autre", 0, "ni client ni serveur")
        self.ports = {record["port"]: self.columns["serveur"]}
        for port in record["relay"]["ports"] if record["relay"] else []:
            self.ports[port] = self.columns["relais"]
        for actor, calls in programs:
            if not actor["program"]:
                self.ports[actor["port"]] = self.columns[actor["name"]]
            for call in calls:
                if call.sock and call.sock.local and call.sock.local[1]:
                    self.ports.setdefault(call.sock.local[1], self.columns[actor["name"]])
        for packet in packets:
            for call in getattr(packet, "causes", []):
                self.ports.setdefault(packet.source[1], self.columns[call.actor])

    def of(self, end):
        return self.ports.get(end[1], self.stranger) if end else self.stranger

    def ends(self, packet):
        """Les deux colonnes d'un paquet ; ICMP n'a pas de ports : le paquet qu'il cite en a."""
        if packet.quoted:
            return self.of(packet.quoted[1]), self.of(packet.quoted[0])
        return self.of(packet.source), self.of(packet.target)

    def tint(self, call, actor):
        """La teinte d'un appel : celle du client, ou de celui que sert le serveur."""
        own = self.columns[actor["name"]].tint
        remote = call.sock.remote if call.sock else None
        for packet in call.packets + call.consumed:
            own = own or max(column.tint for column in self.ends(packet))
        return own or (self.of(remote).tint if remote else 0)


def packet_row(packet, owners, record):
    source, target = owners.ends(packet)
    lost = is_lost(packet, source, target, record)
    label = wording.packet_label(packet) + (" : perdu par le relais" if lost else "")
    where = ""
    if packet.causes:
        where = wording.call_label(packet.causes[0], 16).partition("(")[0] + "() " + wording.place_label(packet.causes[0])
    # Le noyau seul accuse réception ; le reste est voulu par qui nous jouons.
    played = source.reason and (packet.kind == "udp" or packet.payload or packet.flags - {"ACK", "RST"})
    kernel = not packet.causes and not played
    reason = source.reason if played and not getattr(packet, "repeated", False) else packet.reason
    return Row("packet", packet.time, label, max(source.tint, target.tint), source=source, target=target,
               number=packet.number, order=1, where=where.strip(), details=packet_details(packet, reason), lost=lost,
               kernel=kernel, reason=reason, repeated=getattr(packet, "repeated", False))


def is_lost(packet, source, target, record):
    """Cette réponse est-elle de celles que le relais a jetées ?"""
    if not record["relay"] or source.name != "serveur" or target.name != "relais" or packet.kind != "udp":
        return False
    record["relay"]["seen"] = record["relay"].get("seen", 0) + 1
    return record["relay"]["seen"] in record["relay"]["lost"]


def packet_details(packet, reason):
    """Tout ce que l'on sait d'un paquet."""
    found = []
    if packet.source:
        ends = [wording.address_text(end) if end[1] else end[0] for end in (packet.source, packet.target)]
        found.append(("trajet", f"{ends[0]} → {ends[1]}"))
    if packet.kind == "tcp":
        order = [name for name in ("SYN", "FIN", "RST", "PSH", "ACK", "URG") if name in packet.flags]
        found.append(("drapeaux", ", ".join(order) or "aucun"))
        if packet.payload:
            found.append(("place dans le flux", f"octets {packet.begin + 1} à {packet.end}"))
        if packet.acknowledged is not None and "ACK" in packet.flags and "SYN" not in packet.flags:
            found.append(("accuse réception", acknowledged(packet)))
    if packet.payload:
        found.append(("octets", wording.visible(packet.payload, 1000)))
    elif packet.kind == "udp":
        found.append(("octets", "aucun : un datagramme peut être vide"))
    if reason:
        found.append(("pourquoi", reason))
    listener = getattr(packet, "listener", None)
    if listener is not None:
        found.append(("grâce à", f"{wording.call_label(listener)}  {wording.place_label(listener)}"))
    for call in packet.causes:
        found.append(("parti par", wording.call_label(call)))
        found += places(call)
    return found


def acknowledged(packet):
    """Jusqu'où l'autre sens est reçu. Le FIN compte pour un octet."""
    flow = packet.flow
    reached = max((one.end for one in flow.packets if one.source == packet.target), default=0)
    if packet.acknowledged > reached:
        return f"les {wording.count(reached, 'octet')} et la fin" if reached else "la fin"
    return wording.count(packet.acknowledged, "octet") if packet.acknowledged else "le SYN"


def places(call):
    """Les lignes du source qui ont mené à un appel, de la plus proche à main."""
    return [("ligne" if index == 0 else "appelée par",
             wording.plain(f"{place.file}:{place.line} {place.function}()" + (f" : {place.text}" if place.text else "")))
            for index, place in enumerate(call.places)]


def is_shown(call):
    """Les appels du réseau, et les attentes qui ont duré jusqu'à leur délai."""
    if any(symbol.lstrip("_") == "getaddrinfo" for _, symbol, _ in call.stack) or call.name in SILENT:
        return False
    if call.name in WAITERS:
        return call.count == 0 and call.duration > 0.01
    return call.sock is not None


def call_row(call, actor, owners):
    if not is_shown(call):
        return None
    time, order = call.time, 0
    if call.packets:
        time = min(time, call.packets[0].time)
    if call.consumed or call.name in RECEIVERS | WAITERS or call.name.startswith("accept"):
        time, order = max([call.done_at] + [packet.time for packet in call.consumed]), 2
    whole = wording.call_label(call, 200)
    details = [("en entier", whole)] if whole != wording.call_label(call) else []
    # Le paquet que cet appel fait partir dit déjà par où l'on y est venu.
    details += places(call)[:1 if call.packets else None]
    if call.packets:
        details.append(("fait partir", numbers(call.packets)))
    if call.consumed:
        details.append(("après", numbers(call.consumed)))
    return Row("call", time, wording.call_label(call), owners.tint(call, actor), column=owners.columns[actor["name"]],
               order=order, where=wording.place_label(call), details=details, thread=call.thread,
               effect=bool(call.packets or call.consumed), bad=call.failed and call.error not in ("EAGAIN", "EINTR", "EINPROGRESS"))


def merged(rows):
    """Le même appel, au même endroit, sans effet, mille fois de suite : une seule rangée."""
    kept, last = [], {}
    for row in rows:
        before = last.get(row.column)
        if before and (before.text, before.where, before.thread) == (row.text, row.where, row.thread) and not row.effect:
            before.times += 1
            continue
        kept.append(row)
        last[row.column] = row
    for row in kept:
        row.text += f", {row.times} fois de suite" if row.times > 1 else ""
    return kept


def numbers(packets):
    """« paquets 4 et 5 »"""
    found = [str(packet.number) for packet in packets]
    if len(found) == 1:
        return "paquet " + found[0]
    return f"paquets {', '.join(found[:-1])} et {found[-1]}"


def note_row(note, owners):
    column = owners.columns[note["actor"]]
    text = VERBS[note["kind"]] + wording.plain(note["text"])
    return Row("note", note["time"], text, column.tint, column=column, order=3, bad=note["kind"] == "dit")


def end_row(actor, calls, owners, record):
    """Une fin qui n'est pas le statut 0 mérite d'être vue."""
    status = actor["status"]
    text = f"fini : statut {status}" if status > 0 else f"fini : tué par le signal {-status}"
    times = [call.done_at for call in calls] + [note["time"] for note in record["notes"] if note["actor"] == actor["name"]]
    return Row("note", max(times, default=0.0), text, owners.columns[actor["name"]].tint,
               column=owners.columns[actor["name"]], order=4, bad=True)
