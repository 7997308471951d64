"""Ce qui est mesuré : chaque lab le dit dans tests/NN/bench/rows.json.

« servers » : la solution (« ours »), et ceux à côté de qui elle est mesurée. « rows » : les mesures. Un serveur est la
solution où un fichier (« replace ») ou un appel (« wrap ») est changé, ou une source, ou une commande.
« aims » : ce qui est visé ; jamais une raison d'échouer.
"""

import fnmatch
import json
import pathlib
import shutil

# Deux fois la même chose : ce qui les sépare est du bruit.
OURS, AGAIN = "ours", "again"


class Row:
    """Une mesure, et les serveurs qu'elle compare."""

    def __init__(self, lab, values, servers):
        self.lab, self.values = lab, values
        self.id, self.title = values["id"], values["title"]
        self.servers = {OURS: servers[OURS], AGAIN: dict(servers[OURS], label=servers[OURS]["label"] + ", encore")}
        self.absent = [name for name in values["against"] if not is_here(servers[name])]
        self.servers.update((name, servers[name]) for name in values["against"] if name not in self.absent)

    def described(self):
        """Ce que les résultats en retiennent."""
        kept = ("id", "title", "metric", "unit", "also")
        return {**{name: self.values[name] for name in kept if name in self.values},
                "aims": [aim for aim in self.values["aims"] if aim.get("against") not in self.absent],
                "points": [point["label"] for point in self.values["points"]],
                "servers": {name: server["label"] for name, server in self.servers.items()}}


def is_here(server):
    """Un serveur tout fait (sockperf) n'est pas de tous les systèmes : sans lui, on mesure le reste."""
    word = server.get("command", ["{program}"])[0]
    return word.startswith("{") or shutil.which(word) is not None


def every_row():
    """Toutes les mesures, dans l'ordre des labs."""
    rows = []
    for path in sorted(pathlib.Path("tests").glob("*/bench/rows.json")):
        text = json.loads(path.read_text(encoding="utf-8"))
        rows += [Row(path.parent.parent.name, values, text["servers"]) for values in text["rows"]]
    return rows


def chosen(names, wanted):
    """Les noms que demande BENCH= : un motif, ou un début (« 01 », « juge »). Sans demande, tous."""
    words = wanted.split() or ["*"]
    return [name for name in names if any(fnmatch.fnmatch(name, word) or fnmatch.fnmatch(name, word + "-*") for word in words)]
