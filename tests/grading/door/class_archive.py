"""L'archive d'une classe entière, telle qu'une plateforme l'exporte : sa table d'abord, puis un rendu à la fois.

Rien n'en est déballé sur le disque. Un .zip se lit au hasard ; un .tar, d'un bout à l'autre, une fois. Une archive qui est dans
une autre a le chemin de celle-ci, un octet nul, puis le sien.
"""

import functools
import io
import os
import tarfile
import zipfile

from tests.grading.door import archive_door, folder_door, foreign, limits
from tests.grading.door import tree as trees

INSIDE = "\0"


def open_class(path):
    """L'archive de ce chemin, ouverte une fois par processus. Lève TooMuch si elle ne se lit pas."""
    status = os.stat(path.partition(INSIDE)[0], follow_symlinks=False)
    return opened(path, status.st_ino, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=8)
def opened(path, *_):
    """Voir open_class ; un fichier récrit est relu."""
    stream = stream_of(path)
    try:
        # Le début seul le dit : un .tar finit souvent par un .zip qu'il contient.
        is_zip = stream.read(len(archive_door.ZIP[0])) in archive_door.ZIP
        return Zipped(stream) if is_zip else Tarred(stream)
    except limits.TooMuch:
        stream.close()
        raise
    except archive_door.BROKEN as error:
        stream.close()
        raise limits.TooMuch("elle est abîmée, ou n'est pas ce que son nom annonce") from error


def stream_of(path):
    """Les octets de cette archive : un fichier du disque, ou ce que contient une autre."""
    outer, nested, inner = path.rpartition(INSIDE)
    if not nested:
        return os.fdopen(os.open(path, folder_door.FILE), "rb")
    try:
        data = open_class(outer).read(tuple(inner.split("/")), limits.UNPACKED + 1)
    except archive_door.BROKEN as error:
        raise limits.TooMuch("elle est abîmée, ou chiffrée") from error
    if len(data) > limits.UNPACKED:
        raise limits.TooMuch(f"elle dépasse {limits.UNPACKED >> 20} Mio")
    return io.BytesIO(data)


def check_count(count):
    """Lève TooMuch si une archive annonce trop de membres."""
    if count > limits.CLASS_ENTRIES:
        raise limits.TooMuch(f"elle contient plus de {limits.CLASS_ENTRIES} fichiers")


class Whole:
    """Ce que les deux sortes ont en commun : {chemin: (nature, ce qu'il faut pour le lire)}, et les dossiers."""

    def __init__(self):
        self.members, self.inside, self.links = {}, {(): {}}, set()
        # Un chemin qui veut sortir de l'archive n'est celui de personne.
        self.refused = trees.Tree(set())

    def put(self, name, kind, handle):
        """Ajoute un membre, et les dossiers qui y mènent."""
        path = archive_door.safe_path(self.refused, name, self.links)
        if path is None:
            return
        if kind == "link":
            self.links.add(path)
        self.members[path] = (kind, handle)
        for length in range(len(path)):
            beside = self.inside.setdefault(path[:length], {})
            # Un vieux Windows écrit un dossier comme un fichier vide : ce qui contient quelque chose est un dossier.
            if length < len(path) - 1:
                beside[path[length]] = "folder"
            else:
                beside.setdefault(path[length], kind)

    def names(self, folder):
        """[(nom, nature)] de ce que contient un dossier, triés."""
        return sorted(self.inside.get(folder, {}).items())

    def pour(self, tree, folder, clock):
        """Verse dans l'arbre d'une personne ce que contient ce dossier."""
        for name, kind in self.names(folder):
            self.pour_one(tree, folder + (name,), (name,), kind, clock)

    def pour_one(self, tree, path, where, kind, clock):
        """Verse une entrée, et ce qu'elle contient."""
        clock.check()
        if kind != "folder":
            self.add(tree, path, where)
            return
        tree.add(where, "folder")
        for name, inner in self.names(path):
            self.pour_one(tree, path + (name,), where + (name,), inner, clock)


def packed_tar(stream):
    """Un .tar, compressé ou non ; d'une archive que Python ne lit pas, celui qu'un outil en fait."""
    stream.seek(0)
    data = stream.read(limits.CLASS_KEPT + 1)
    if len(data) > limits.CLASS_KEPT:
        raise limits.TooMuch(f"elle dépasse {limits.CLASS_KEPT >> 20} Mio")
    kind = foreign.kind_of(data)
    return foreign.to_tar(kind, data, limits.CLASS_KEPT) if kind else data


class Zipped(Whole):
    """Un .zip."""

    def __init__(self, stream):
        super().__init__()
        # Lire une table démesurée prendrait déjà trop de temps.
        if stream.seek(0, os.SEEK_END) <= limits.ARCHIVE:
            stream.seek(0)
            check_count(stream.read().count(b"PK\x01\x02"))
        self.archive = zipfile.ZipFile(stream)
        members = self.archive.infolist()
        check_count(len(members))
        for member in members:
            self.put(archive_door.member_name(member), archive_door.zip_kind(member), member)

    def size(self, path):
        """Combien d'octets ce membre annonce : il ne s'en lira pas plus."""
        return self.members[path][1].file_size

    def read(self, path, most):
        """Les premiers octets d'un membre."""
        with self.archive.open(self.members[path][1]) as stream:
            return stream.read(most)

    def add(self, tree, path, where):
        """Ajoute un membre à l'arbre d'une personne."""
        archive_door.add_zipped(tree, self.archive, self.members[path][1], where, set())


class Tarred(Whole):
    """Un .tar : ce qui peut servir est gardé en mémoire, dans une borne."""

    def __init__(self, stream):
        super().__init__()
        unpacked = archive_door.Unpacked(packed_tar(stream), limits.Clock(), limits.CLASS_KEPT)
        with tarfile.open(fileobj=unpacked, mode="r|", errorlevel=2) as archive:
            for count, member in enumerate(archive, 1):
                archive.members = []
                check_count(count)
                kind, data = archive_door.tar_kind(member), None
                if kind == "file" and member.size <= limits.UNPACKED:
                    data = archive.extractfile(member).read()
                self.put(member.name, kind, data)

    def size(self, path):
        """Combien d'octets en sont gardés."""
        return len(self.members[path][1] or b"")

    def read(self, path, most):
        """Les premiers octets d'un membre."""
        return (self.members[path][1] or b"")[:most]

    def add(self, tree, path, where):
        """Ajoute un membre à l'arbre d'une personne."""
        kind, data = self.members[path]
        archive_door.add_read(tree, where, kind, data)
