"""Ce que contient une classe, dossier ou archive, vu d'une seule façon : des nœuds, chacun avec son nom et sa nature.

Une archive de toute la classe n'est pas déballée : ses membres se lisent là où ils sont. Une pièce d'un rendu est un nœud,
qui se retrouve par le chemin de son fichier sur le disque (« file »), puis par son chemin dans l'archive (« inner »).
"""

import os
import unicodedata

from tests.grading.door import archive_door, class_archive, folder_door, limits, naming


def kind_on_disk(path):
    """La nature d'un chemin, sans suivre de lien : celles de folder_door, « archive » en plus ; None s'il n'existe pas."""
    try:
        kind = folder_door.nature(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return None
    return archive_or(kind, os.path.basename(path))


def archive_or(kind, name):
    """« archive » pour un fichier qui en a le nom."""
    return "archive" if kind == "file" and naming.archive_suffix(name) else kind


class Node:
    """Un nom dans une classe. « file » : le chemin sur le disque ; « inner » : celui dans l'archive, ou None.

    macOS écrit « é » en deux signes : le nom est celui que tous les autres écrivent, et les chemins restent tels quels.
    """

    def __init__(self, name, kind, file, inner=None, shown=()):
        self.name, self.kind, self.file, self.inner = unicodedata.normalize("NFC", name), kind, file, inner
        self.shown = shown
        self.parts, self.known = [self], None

    def children(self):
        """Ce que ce dossier contient, dans un ordre qui ne dépend pas de la langue."""
        if self.known is None:
            self.known = self.list_children() if self.kind == "folder" else []
        return self.known

    def list_children(self):
        """Lit le dossier, ou la table de l'archive."""
        if self.inner is not None:
            archive = class_archive.open_class(self.file)
            return [self.child(name, kind, self.file, self.inner + (name,)) for name, kind in archive.names(self.inner)]
        try:
            names = sorted(os.listdir(self.file), key=os.fsencode)
        except OSError:
            return []
        return [self.child(name, kind_on_disk(os.path.join(self.file, name)), os.path.join(self.file, name)) for name in names]

    def child(self, name, kind, file, inner=None):
        """Un nœud de ce dossier."""
        return Node(name, archive_or(kind, name), file, inner, self.shown + (name,))

    def named(self, name):
        """L'enfant de ce nom, ou None."""
        return next((node for node in self.children() if node.name == name), None)

    def read(self, most=limits.SOURCE):
        """Les premiers octets de ce fichier ; b"" quand il ne se lit pas."""
        try:
            if self.inner is not None:
                return class_archive.open_class(self.file).read(self.inner, most)
            return folder_door.read_file(self.file, most)
        except (OSError, limits.TooMuch, *archive_door.BROKEN):
            return b""

    def size(self):
        """Combien d'octets il faudrait lire pour ouvrir cette archive ; 0 quand elle est sur le disque, où elle se lit par morceaux."""
        return 0 if self.inner is None else class_archive.open_class(self.file).size(self.inner)

    def inside(self):
        """Le dossier qu'est cette archive, quand elle se lit, sur le disque ou dans une autre archive ; sinon None."""
        if self.kind != "archive" or self.file.count(class_archive.INSIDE) >= limits.NESTED - 1:
            return None
        path = self.file if self.inner is None else self.file + class_archive.INSIDE + "/".join(self.inner)
        try:
            class_archive.open_class(path)
        except (OSError, limits.TooMuch):
            return None
        return Node(self.name, "folder", path, (), self.shown)

    def place(self):
        """Le chemin à montrer."""
        return naming.visible("/".join(self.shown)) or "."


class Union(Node):
    """Le même dossier, venu en plusieurs morceaux."""

    def __init__(self, parts):
        super().__init__(parts[0].name, "folder", parts[0].file, parts[0].inner, parts[0].shown)
        self.parts = parts

    def list_children(self):
        """Ce que contiennent tous les morceaux ; un dossier qui est dans plusieurs n'y est qu'une fois."""
        found = {}
        for part in self.parts:
            for node in part.children():
                found.setdefault((node.name, node.kind == "folder"), []).append(node)
        return [Union(nodes) if is_folder and len(nodes) > 1 else nodes[0] for (_, is_folder), nodes in sorted(found.items())]


def root_of(path):
    """La racine d'une classe : un dossier, ou une archive que l'on regarde comme un dossier. Lève TooMuch si elle ne se lit pas."""
    path = path.rstrip("/") or "/"
    if os.path.isdir(path):
        return Node(os.path.basename(os.path.abspath(path)), "folder", path)
    class_archive.open_class(path)
    return Node(os.path.basename(path), "folder", path, ())
