"""Lire les journaux de strace (-ff -ttt -T -yy -k) : un appel par ligne, puis la pile d'où il vient."""

import glob
import os
import re

LINE = re.compile(r"(\d+\.\d+) (\w+)\((.*)$")
RESULT = re.compile(r"\)\s+= (-?\d+|\?|0x[0-9a-f]+)(.*?)(?: <(\d+\.\d+)>)?$")
ENDPOINTS = re.compile(r"^(\d+)<(TCP|UDP)(?:v6)?:\[(.*?)\]>")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')
FRAME = re.compile(r"^ > (.*)\((.*)\) \[0x([0-9a-f]+)\]$")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-f]{2}|.)", re.S)
SIMPLE = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f", b"\\": b"\\", b'"': b'"'}
# Un journal coupé ou sans fin ne doit pas remplir la mémoire.
MOST_CALLS, LOG_BYTES = 5000, 16 << 20


class Call:
    """Un appel système : quand, par qui, avec quoi, ce qu'il a rendu, et d'où il vient dans le source."""

    def __init__(self, time, name, rest):
        self.time, self.name = time, name
        self.actor = self.thread = None
        self.stack, self.places = [], []
        self.library = None
        found = RESULT.search(rest)
        self.arguments = rest[:found.start()] if found else rest
        self.value, self.tail, spent = found.groups() if found else ("?", "", None)
        self.duration = float(spent or 0)
        self.sock = None
        self.packets, self.consumed = [], []
        self.done_at = time + self.duration

    @property
    def count(self):
        """Ce que l'appel a rendu, si c'est un nombre."""
        return int(self.value) if re.fullmatch(r"-?\d+", self.value) else None

    @property
    def failed(self):
        return self.value.startswith("-")

    @property
    def unfinished(self):
        """Il n'a pas rendu la main, ou un signal l'a interrompu."""
        return self.value == "?"

    @property
    def error(self):
        """Le nom de l'erreur (« ECONNREFUSED »), ou rien."""
        found = re.match(r"\s*(E[A-Z0-9]+|ERESTART\w+)", self.tail)
        return found.group(1) if found else ""

    @property
    def descriptor(self):
        found = re.match(r"(-?\d+)", self.arguments)
        return int(found.group(1)) if found else None

    @property
    def endpoints(self):
        """Les deux bouts du socket de l'appel, tels que strace les connaît : (genre, ici, là-bas)."""
        return endpoints(self.arguments)

    @property
    def returned(self):
        """De même pour le descripteur rendu (accept, socket)."""
        return endpoints(self.value + self.tail)

    @property
    def data(self):
        """Le début des octets passés à l'appel, et s'il en manque."""
        found = TEXT.search(self.arguments)
        return (unescape(found.group(1)), bool(found.group(2))) if found else (None, False)


def unescape(text):
    """Les octets que strace a écrits avec des barres obliques inverses."""
    def one(match):
        code = match.group(1)
        if code[:1] == b"x" and len(code) == 3:
            return bytes([int(code[1:], 16)])
        return bytes([int(code, 8) & 255]) if code[:1].isdigit() else SIMPLE.get(code, code)
    return ESCAPE.sub(one, text.encode("utf-8", "replace"))


def endpoint(text):
    """« 127.0.0.1:8001 » ou « [::1]:8001 » : une adresse et un port."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    return (host[7:] if host.startswith("::ffff:") else host, int(port)) if port.isdigit() else None


def endpoints(text):
    found = ENDPOINTS.match(text)
    if not found:
        return None
    here, _, there = found.group(3).partition("->")
    return found.group(2).lower(), endpoint(here) if ":" in here else None, endpoint(there) if there else None


def read_thread(path):
    """Les appels d'un thread, chacun avec sa pile, et les naissances qu'il a causées."""
    calls = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file.read(LOG_BYTES).splitlines():
            frame = FRAME.match(line) if line.startswith(" >") else None
            if frame:
                if calls:
                    calls[-1].stack.append((frame.group(1), frame.group(2).partition("+")[0], int(frame.group(3), 16)))
                continue
            found = LINE.match(line)
            if found and len(calls) < MOST_CALLS:
                calls.append(Call(float(found.group(1)), found.group(2), found.group(3)))
    return calls


def read_actor(folder, log, main):
    """Les appels de tous les threads d'un programme, dans l'ordre du temps, et le nom de chaque thread."""
    threads, births = {}, {}
    for path in glob.glob(glob.escape(os.path.join(folder, log)) + ".*"):
        number = path.rpartition(".")[2]
        if number.isdigit():
            threads[int(number)] = read_thread(path)
    for calls in threads.values():
        for call in calls:
            if call.name in ("clone", "clone3", "fork", "vfork") and call.count and call.count > 0:
                births[call.count] = "thread" if "CLONE_THREAD" in call.arguments + call.tail else "processus"
    names = {}
    for number in sorted(threads, key=lambda tid: (tid != main, threads[tid][0].time if threads[tid] else 0.0)):
        kind = births.get(number, "thread")
        names[number] = "" if number == main else f"{kind} {1 + sum(name.startswith(kind) for name in names.values())}"
        for call in threads[number]:
            call.thread = names[number]
    return sorted((call for calls in threads.values() for call in calls), key=lambda call: call.time)
