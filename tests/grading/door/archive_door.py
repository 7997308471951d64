"""La porte des archives : lues en mémoire, membre par membre, et jamais déballées.

Un chemin qui sort de l'archive, un lien, un membre placé derrière un lien, une bombe : refusés, et dits.
"""

import bz2
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib

from tests.grading.door import folder_door, foreign, limits, naming
from tests.grading.door import tree as trees

CHUNK = 1 << 16
DICTIONARY = 64 << 20
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Un cadre, une lettre grecque, une majuscule accentuée après une minuscule : un nom lu dans un autre codage que le sien.
STRANGE = re.compile(r"[\u0370-\u03ff\u2200-\u259f]|[a-zà-ÿ][À-ÞÐ¤-¿×÷]")
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
          NotImplementedError, RuntimeError, KeyError, IndexError, OverflowError, UnicodeError, MemoryError)


def read_archive(tree, data, clock):
    """Lit une archive dans l'arbre, d'après son début, et non son nom. Lève TooMuch pour ce qui ne peut pas être accepté du tout."""
    try:
        kind = foreign.kind_of(data)
        if kind:
            read_tar(tree, foreign.to_tar(kind, data), clock)
        elif data.startswith(ZIP):
            read_zip(tree, data, clock)
        else:
            read_tar(tree, data, clock)
    except limits.TooMuch:
        raise
    except BROKEN as error:
        raise limits.TooMuch("elle est abîmée, ou n'est pas ce que son nom annonce") from error


def safe_path(tree, name, links):
    """Le chemin d'un membre, ou None (et une remarque) s'il veut sortir ou passer par un lien."""
    parts = tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))
    said = trees.shown((name,))
    if name[:1] in ("/", "\\") or name[1:2] == ":" or ".." in parts or "\0" in name:
        tree.remark(f"{said} : ce chemin veut sortir de l'archive, il est refusé", suspicious=True)
        return None
    if any(parts[:length] in links for length in range(1, len(parts))):
        tree.remark(f"{said} : ce fichier passe par un lien, il est refusé", suspicious=True)
        return None
    if len(parts) > limits.DEPTH:
        tree.remark(f"Des dossiers imbriqués au-delà de {limits.DEPTH} niveaux n'ont pas été lus")
        return None
    return parts or None


# --- zip -----------------------------------------------------------------------------------------

def read_zip(tree, data, clock):
    """Lit un .zip : la table d'abord, puis les seules sources."""
    if data.count(b"PK\x01\x02") > limits.ENTRIES:
        raise limits.TooMuch(f"elle contient plus de {limits.ENTRIES} fichiers")
    links = set()
    # Elle reste ouverte : une archive qu'elle contient n'est lue que s'il le faut.
    archive = zipfile.ZipFile(io.BytesIO(data))
    members = archive.infolist()
    limits.check_bomb(len(data), sum(member.file_size for member in members))
    for member in members:
        clock.check()
        path = safe_path(tree, member_name(member), links)
        if path:
            add_zipped(tree, archive, member, path, links)


def member_name(member):
    """Le nom d'un membre. Qui ne dit pas qu'il écrit en UTF-8 le fait souvent quand même, ou dans le codage de sa machine."""
    if member.flag_bits & 0x800:
        return member.filename
    for coding in ("utf-8", "cp437", "cp850", "cp1252"):
        try:
            name = member.filename.encode("cp437").decode(coding)
        except UnicodeError:
            continue
        if coding == "utf-8" or not STRANGE.search(name):
            return name
    return member.filename


def zip_kind(member):
    """La nature d'un membre : les droits Unix, s'ils y sont, la disent."""
    mode = member.external_attr >> 16
    if member.is_dir():
        return "folder"
    return folder_door.nature(mode) if stat.S_IFMT(mode) else "file"


def add_zipped(tree, archive, member, path, links):
    """Ajoute un membre d'un .zip."""
    kind = zip_kind(member)
    if kind == "link":
        links.add(path)
    if kind == "file" and member.flag_bits & 1:
        kind = "encrypted"
    if kind == "file" and member.file_size > limits.SOURCE and tree.is_work(path):
        kind = "large"
    if kind == "file" and naming.archive_suffix(path[-1]):
        tree.add(path, kind, load=lambda: inner_bytes(archive, member))
        return
    if kind != "file" or not tree.keeps(path):
        tree.add(path, kind)
        return
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        tree.add(path, "unreadable")
        return
    try:
        with archive.open(member) as stream:
            tree.add(path, "file", stream.read(limits.SOURCE + 1))
    except BROKEN:
        tree.add(path, "unreadable")


def inner_bytes(archive, member):
    """Une archive dans une archive. Lève TooMuch quand elle dépasse la borne, ou ne se lit pas."""
    if member.file_size > limits.ARCHIVE:
        raise limits.TooMuch(f"elle dépasse {limits.ARCHIVE >> 20} Mio")
    try:
        with archive.open(member) as stream:
            return stream.read(limits.ARCHIVE + 1)
    except BROKEN as error:
        raise limits.TooMuch("elle est abîmée, ou chiffrée") from error


# --- tar -----------------------------------------------------------------------------------------

class Unpacked:
    """Un flux décompressé au fur et à mesure, qui s'arrête à la borne."""

    def __init__(self, data, clock, most=limits.UNPACKED):
        self.source = memoryview(data)
        self.packed = len(data)
        self.clock = clock
        self.most = most
        self.decoder = decoder_for(data)
        self.pending = b""
        self.total = 0

    def read(self, size=-1):
        """Au plus « size » octets ; vide à la fin."""
        if self.decoder is None:
            return self.take_plain(size)
        while not self.pending and not self.finished():
            self.clock.check()
            self.pending = self.decode()
            self.total += len(self.pending)
            limits.check_bomb(self.packed, self.total, self.most)
        size = len(self.pending) if size < 0 else size
        piece, self.pending = self.pending[:size], self.pending[size:]
        return piece

    def take_plain(self, size):
        """Un .tar sans compression."""
        size = len(self.source) if size < 0 else size
        piece, self.source = self.source[:size], self.source[size:]
        return bytes(piece)

    def finished(self):
        """N'y a-t-il plus rien à décompresser ?"""
        if self.decoder.eof:
            return True
        waiting = getattr(self.decoder, "unconsumed_tail", b"")
        hungry = getattr(self.decoder, "needs_input", True)
        if not self.source and not waiting and hungry:
            raise EOFError("archive coupée")
        return False

    def decode(self):
        """Un morceau de plus, au plus CHUNK octets."""
        if hasattr(self.decoder, "unconsumed_tail"):
            return self.decoder.decompress(self.decoder.unconsumed_tail or self.next_input(), CHUNK)
        return self.decoder.decompress(self.next_input() if self.decoder.needs_input else b"", CHUNK)

    def next_input(self):
        """Un morceau de l'archive."""
        piece, self.source = self.source[:CHUNK], self.source[CHUNK:]
        return bytes(piece)


def decoder_for(data):
    """Le décompresseur que le début de l'archive demande, ou None."""
    if data[:2] == b"\x1f\x8b":
        return zlib.decompressobj(31)
    if data[:3] == b"BZh":
        return bz2.BZ2Decompressor()
    if data[:6] == b"\xfd7zXZ\0":
        return lzma.LZMADecompressor(memlimit=DICTIONARY)
    return None


def read_tar(tree, data, clock):
    """Lit un .tar, compressé ou non, en un seul passage."""
    links, count = set(), 0
    with tarfile.open(fileobj=Unpacked(data, clock), mode="r|", errorlevel=2) as archive:
        for member in archive:
            clock.check()
            # tarfile garde chaque en-tête : il n'en a plus besoin.
            archive.members = []
            count += 1
            if count > limits.ENTRIES:
                raise limits.TooMuch(f"elle contient plus de {limits.ENTRIES} fichiers")
            path = safe_path(tree, member.name, links)
            if path:
                add_tarred(tree, archive, member, path, links)
    if count == 0:
        raise ValueError("archive vide")


def tar_kind(member):
    """La nature d'un membre d'un .tar."""
    if member.isdir():
        return "folder"
    if member.issym():
        return "link"
    if member.islnk():
        return "hardlink"
    if member.isfifo():
        return "fifo"
    return "file" if member.isreg() else "device"


def add_tarred(tree, archive, member, path, links):
    """Ajoute un membre d'un .tar."""
    kind = tar_kind(member)
    if kind == "link":
        links.add(path)
    packed = naming.archive_suffix(path[-1]) and member.size <= limits.ARCHIVE
    if kind != "file" or not (packed or tree.keeps(path) and member.size <= limits.SOURCE):
        add_read(tree, path, "large" if kind == "file" and member.size > limits.SOURCE else kind, None)
        return
    stream = archive.extractfile(member)
    add_read(tree, path, "file", stream.read() if stream else b"")


def add_read(tree, path, kind, data):
    """Ajoute un membre dont le contenu, s'il sert, est déjà lu."""
    if kind == "file" and naming.archive_suffix(path[-1]):
        tree.add(path, kind, load=lambda: data or b"")
    elif kind == "large" and not tree.keeps(path):
        tree.add(path, "file")
    elif kind == "file" and tree.keeps(path):
        tree.add(path, kind if len(data or b"") <= limits.SOURCE else "large", (data or b"")[:limits.SOURCE + 1])
    else:
        tree.add(path, kind)
