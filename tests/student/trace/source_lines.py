"""De la pile d'un appel à la ligne du source : addr2line, sur le programme compilé avec -g."""

import collections
import os
import struct
import subprocess

Place = collections.namedtuple("Place", "file line function text")
SHOWN_LIBRARY = {"send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom", "recvmsg", "recvmmsg", "read", "write", "readv",
                 "writev", "accept", "accept4", "connect", "close", "shutdown", "socket", "bind", "listen", "poll", "select",
                 "fclose", "fflush", "fgets", "getline", "fgetc", "getc", "fread", "fwrite", "fputs", "fprintf", "dprintf",
                 "vfprintf", "fputc", "putc", "ppoll", "pselect", "epoll_wait", "setsockopt", "exit", "getaddrinfo"}


class Program:
    """Un programme compilé : de l'endroit d'une instruction à celui d'une ligne."""

    def __init__(self, path):
        self.path, self.real = path, os.path.realpath(path)
        self.segments, self.known, self.sources = [], {}, {}
        try:
            self.read_segments()
        except (OSError, struct.error):
            pass

    def read_segments(self):
        """Où chaque morceau du fichier est placé en mémoire (ELF 64 bits)."""
        with open(self.path, "rb") as file:
            header = file.read(64)
            if header[:5] != b"\x7fELF\x02":
                return
            start, = struct.unpack("<Q", header[32:40])
            size, count = struct.unpack("<HH", header[54:58])
            for index in range(count):
                file.seek(start + index * size)
                kind, _, offset, address, _, length = struct.unpack("<IIQQQQ", file.read(40))
                if kind == 1:
                    self.segments.append((offset, address, length))

    def address(self, offset):
        """strace donne une place dans le fichier ; addr2line veut une adresse."""
        for start, address, length in self.segments:
            if start <= offset < start + length:
                return offset - start + address
        return offset

    def resolve(self, offsets):
        """Cherche d'un coup toutes ces places. L'adresse est celle du retour : l'appel est juste avant."""
        wanted = sorted({offset for offset in offsets if offset not in self.known})
        if not wanted:
            return
        command = ["addr2line", "-a", "-f", "-i", "-e", self.path] + [hex(self.address(offset) - 1) for offset in wanted]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  check=False, timeout=20)
            lines = done.stdout.decode("utf-8", "replace").splitlines()
        except (OSError, subprocess.TimeoutExpired):
            lines = []
        groups = []
        for line in lines:
            if line.startswith("0x"):
                groups.append([])
            elif groups:
                groups[-1].append(line)
        for offset, group in zip(wanted, groups):
            self.known[offset] = [self.place(function, where) for function, where in zip(group[::2], group[1::2])]

    def place(self, function, where):
        path, _, line = where.partition(" (")[0].rpartition(":")
        number = int(line) if line.isdigit() else 0
        return Place(os.path.basename(path), number, function, self.text(path, number))

    def text(self, path, number):
        """La ligne elle-même, telle qu'elle a été compilée : la copie qui est à côté du programme, si elle y est."""
        if path not in self.sources:
            beside = os.path.join(os.path.dirname(self.path), "..", "src", os.path.basename(path))
            try:
                with open(beside if os.path.isfile(beside) else path, encoding="utf-8", errors="replace") as file:
                    self.sources[path] = file.read(1 << 20).splitlines()
            except OSError:
                self.sources[path] = []
        lines = self.sources[path]
        return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""

    def locate(self, calls):
        """Donne à chaque appel les lignes qui y ont mené, la plus profonde d'abord."""
        own = {call: [offset for path, _, offset in call.stack if path in (self.path, self.real)] for call in calls}
        self.resolve(offset for offsets in own.values() for offset in offsets)
        for call, offsets in own.items():
            places = [place for offset in offsets for place in self.known.get(offset, [])]
            call.places = [place for place in places if place.line]
            call.library = library_name(call, (self.path, self.real))


def library_name(call, own):
    """Le nom sous lequel le programme a fait l'appel : send, et non sendto ; fprintf, et non write."""
    name = None
    for path, symbol, _ in call.stack:
        if path in own:
            break
        symbol = symbol.lstrip("_")
        name = symbol if symbol in SHOWN_LIBRARY else name
    return name or call.name
