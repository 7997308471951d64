"""Ce que la porte a vu d'un rendu : des noms, des natures, et le contenu des seuls fichiers qui l'intéressent.

Rien n'est jamais déballé sur le disque : ni dossier, ni lien ne peut donc être détourné.
"""

import re

from tests.grading.door import limits, naming
from tests.judge.command import folder

MACOS = "__MACOSX"
VERSION = re.compile(r"vers(?:ion|ión|ione|ão) (\d{1,4})", re.I)
KINDS = {"link": "un lien symbolique", "hardlink": "un lien dur", "fifo": "un tube nommé", "socket": "un socket",
         "device": "un périphérique", "folder": "un dossier", "large": "un fichier de plus d'un mébioctet",
         "encrypted": "un fichier chiffré", "unreadable": "un fichier abîmé"}


class Entry:
    """Une entrée : sa nature (« file », ou l'une de KINDS), son contenu s'il a été lu ; pour une archive, de quoi le lire."""

    def __init__(self, kind, data=None, load=None):
        self.kind = kind
        self.data = data
        self.load = load


class Tree:
    """Les entrées d'un rendu, par leur chemin (un tuple de noms)."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.entries = {}
        self.remarks = []
        self.suspicious = False
        self.kept = 0
        self.sorted, self.sorted_for, self.sorted_count = {}, None, 0

    def remark(self, text, suspicious=False):
        """Ajoute une remarque, une seule fois."""
        if text not in self.remarks:
            self.remarks.append(text)
        self.suspicious = self.suspicious or suspicious

    def keeps(self, path):
        """Faut-il lire le contenu de ce fichier ?"""
        return self.is_work(path) and self.kept < limits.KEPT

    def is_work(self, path):
        """Ce fichier peut-il être une source, ou l'un de ceux que l'on compare ?"""
        return path[-1] in self.wanted or folder.is_candidate(path[-1])

    def add(self, path, kind, data=None, load=None):
        """Ajoute une entrée ; la dernière du même nom l'emporte, comme en déballant."""
        if len(self.entries) >= limits.ENTRIES:
            raise limits.TooMuch(f"il contient plus de {limits.ENTRIES} fichiers")
        self.kept += data is not None
        self.entries[path] = Entry(kind, data, load)

    def merge(self, other, prefix):
        """Ajoute ce qu'une archive, ou une autre pièce, contient, sous ce préfixe. La première du même nom reste, et c'est dit."""
        for path, entry in other.entries.items():
            first = self.entries.setdefault(tuple(prefix) + path, entry)
            if first.data != entry.data:
                self.remark(f"{shown(tuple(prefix) + path)} est remis deux fois, et n'est pas le même : le premier est pris", suspicious=True)
        for text in other.remarks:
            self.remark(text, other.suspicious)

    def keep_last_versions(self):
        """De « Version 1 », « Version 2 » (Teams), la dernière reste, et c'est dit."""
        numbers = {}
        for path in self.entries:
            for length, name in enumerate(path):
                match = VERSION.fullmatch(name)
                if match and len(path) > length + 1:
                    numbers.setdefault(path[:length], {})[name] = int(match[1])
        for parent, found in numbers.items():
            last = max(found, key=found.get)
            old = {name for name in found if name != last}
            if old:
                self.remark(f"{shown(parent + (last,))} est pris ; {', '.join(sorted(map(naming.visible, old)))} : des remises d'avant")
                self.entries = {path: entry for path, entry in self.entries.items()
                                if path[:len(parent)] != parent or len(path) == len(parent) or path[len(parent)] not in old}

    def folders_with(self, names):
        """Les dossiers où se trouve l'un de ces noms, ou ce qui ne peut être que lui, du moins profond au plus profond."""
        found = {path[:-1] for path in self.entries if (path[-1] in names or folder.meant(path[-1]) in names) and not self.is_hidden(path)}
        return sorted(found, key=lambda place: (len(place), place))[:limits.FOLDERS]

    @staticmethod
    def is_hidden(path):
        """Ce que macOS, git ou un éditeur ont laissé n'est pas du travail."""
        return any(name == MACOS or name.startswith(".") for name in path)

    def beside(self, place):
        """Les entrées de ce dossier : {nom: entrée}. Elles sont rangées une fois pour toutes les questions."""
        if self.sorted_for is not self.entries or self.sorted_count != len(self.entries):
            self.sorted, self.sorted_for, self.sorted_count = {}, self.entries, len(self.entries)
            for path, entry in self.entries.items():
                self.sorted.setdefault(path[:-1], {})[path[-1]] = entry
        return self.sorted.get(place, {})

    def archives(self):
        """Les archives qui s'y trouvent."""
        return sorted(path for path, entry in self.entries.items() if entry.kind == "file"
                      and naming.archive_suffix(path[-1]) and not self.is_hidden(path))


def shown(path):
    """Un chemin du rendu, tel qu'on peut le montrer."""
    return naming.visible("/".join(path)) if path else "."
