"""Les dates du dernier commit d'un dépôt, lues sans lancer git : ce qu'un .git dit de faire (crochets, réglages) n'est pas fait.

Un commit en a deux : quand il a été écrit, celle que git montre, et quand il a été refait pour la dernière fois. Elles viennent
de la machine de qui l'a écrit : ce sont des indications.
"""

import mmap
import os
import re
import struct
import zlib

from tests.grading.door import folder_door

NAME = re.compile(r"[0-9a-f]{40}")
DATE = re.compile(rb"^(author|committer) .*? (\d{1,12}) [+-]\d{4}$", re.M)
MOST = 1 << 20
CHAIN = 50
BROKEN = (OSError, ValueError, zlib.error, struct.error, IndexError, UnicodeError)


def last_commit(folder):
    """(écrit, refait) en secondes depuis 1970 ; None quand ce n'est pas un dépôt, ou qu'il ne se lit pas."""
    git = os.path.join(folder, ".git")
    try:
        if not os.path.isdir(git) or os.path.islink(git):
            return None
        name = head_of(git)
        # L'en-tête finit à la première ligne vide ; le reste est un message, où tout peut être écrit.
        header = content(git, bytes.fromhex(name)).partition(b"\n\n")[0] if name else b""
        found = {kind: float(when) for kind, when in DATE.findall(header)}
        return (found[b"author"], found[b"committer"]) if len(found) == 2 else None
    except BROKEN:
        return None


def small(*path):
    """Un petit fichier de .git."""
    return folder_door.read_file(os.path.join(*path), MOST).decode("utf-8")


def head_of(git):
    """Le nom du commit où en est le dépôt ; vide s'il n'y en a pas encore."""
    head = small(git, "HEAD").strip()
    if not head.startswith("ref: "):
        return head if NAME.fullmatch(head) else ""
    reference = head[5:]
    if not re.fullmatch(r"refs/[\w./-]+", reference) or ".." in reference:
        return ""
    try:
        name = small(git, *reference.split("/")).strip()
    except OSError:
        lines = small(git, "packed-refs").splitlines()
        name = next((line[:40] for line in lines if line[41:] == reference), "")
    return name if NAME.fullmatch(name) else ""


def content(git, name):
    """Le contenu d'un objet, rangé seul ou dans un paquet."""
    text = name.hex()
    try:
        data = folder_door.read_file(os.path.join(git, "objects", text[:2], text[2:]), MOST)
        return inflate(data).partition(b"\0")[2]
    except OSError:
        pass
    packs = os.path.join(git, "objects", "pack")
    for index in sorted(os.listdir(packs)):
        if index.endswith(".idx"):
            with Pack(os.path.join(packs, index[:-4])) as pack:
                where = pack.find(name)
                if where is not None:
                    return pack.read(where, git, CHAIN)
    raise ValueError("objet absent")


def inflate(data):
    """Un objet décompressé, borné."""
    return zlib.decompressobj().decompress(data, MOST)


class Pack:
    """Un paquet d'objets et son index (version 2)."""

    def __init__(self, base):
        self.files = [open(os.open(base + suffix, folder_door.FILE), "rb") for suffix in (".idx", ".pack")]
        self.index, self.data = [mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) for file in self.files]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thing in (self.index, self.data, *self.files):
            thing.close()

    def find(self, name):
        """La place d'un objet dans le paquet, ou None."""
        if self.index[:8] != b"\xfftOc\0\0\0\2":
            return None
        first = name[0]
        low = self.number(8 + 4 * (first - 1)) if first else 0
        high, count = self.number(8 + 4 * first), self.number(8 + 4 * 255)
        names = 8 + 1024
        while low < high:
            middle = (low + high) // 2
            here = self.index[names + 20 * middle:names + 20 * middle + 20]
            if here == name:
                place = self.number(names + 24 * count + 4 * middle)
                return place if place < 1 << 31 else None
            low, high = (middle + 1, high) if here < name else (low, middle)
        return None

    def number(self, where):
        """Un nombre de quatre octets de l'index."""
        return struct.unpack(">I", self.index[where:where + 4])[0]

    def read(self, where, git, left):
        """L'objet qui est à cette place ; une différence est appliquée à ce dont elle part."""
        if left == 0:
            raise ValueError("trop de différences")
        start, byte = where, self.data[where]
        kind = byte >> 4 & 7
        while byte & 128:
            where += 1
            byte = self.data[where]
        where += 1
        if kind == 6:
            back, where = self.offset(where)
            return patch(self.read(start - back, git, left - 1), inflate(self.data[where:where + MOST]))
        if kind == 7:
            base = content(git, self.data[where:where + 20])
            return patch(base, inflate(self.data[where + 20:where + 20 + MOST]))
        return inflate(self.data[where:where + MOST])

    def offset(self, where):
        """De combien remonter pour trouver ce dont part une différence."""
        byte = self.data[where]
        value = byte & 127
        while byte & 128:
            where += 1
            byte = self.data[where]
            value = (value + 1 << 7) | byte & 127
        return value, where + 1


def patch(base, delta):
    """Applique une différence de git."""
    where, made = skip_size(delta, skip_size(delta, 0)), bytearray()
    while where < len(delta) and len(made) <= MOST:
        order = delta[where]
        where += 1
        if not order & 128:
            made += delta[where:where + order]
            where += order
            continue
        values = []
        for bit in range(7):
            values.append(delta[where] if order >> bit & 1 else 0)
            where += order >> bit & 1
        start = int.from_bytes(bytes(values[:4]), "little")
        made += base[start:start + (int.from_bytes(bytes(values[4:]), "little") or 0x10000)]
    return bytes(made)


def skip_size(delta, where):
    """Après une taille, qui tient en autant d'octets qu'il lui en faut."""
    while delta[where] & 128:
        where += 1
    return where + 1
