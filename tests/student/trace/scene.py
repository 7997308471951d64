"""D'une scène enregistrée (record.py) au dessin : décode les paquets, lit les appels, relie les uns aux autres."""

import json
import os

from tests.student.trace import causes
from tests.student.trace import flows
from tests.student.trace.draw import ladder
from tests.student.trace import packets
from tests.student.trace import pcapfile
from tests.student.trace import sockets
from tests.student.trace import source_lines
from tests.student.trace import strace_log


def load(folder, title):
    """Le dessin d'une scène, et ce qui a été enregistré."""
    with open(os.path.join(folder, "record.json"), encoding="utf-8") as file:
        record = json.load(file)
    decoded = packets.decode(pcapfile.read(os.path.join(folder, "capture.pcap")))
    programs, socks, binaries = [], [], {}
    for actor in record["actors"]:
        if actor["program"] is None:
            programs.append((actor, []))
            continue
        calls = strace_log.read_actor(folder, actor["log"], actor["pid"])
        for call in calls:
            call.actor = actor["name"]
        own = sockets.follow(calls)
        socks += own
        program = binaries.setdefault(actor["program"], source_lines.Program(actor["program"]))
        program.locate([call for sock in own for call in sock.calls] + [call for call in calls if call.name in sockets.WAITERS])
        programs.append((actor, calls))
    causes.link(decoded, flows.follow(decoded), socks)
    return ladder.build(title, record, decoded, programs), record
