"""Un envoi : un tableau de parts, leurs fichiers dans le dossier partagé, et ce qu'il en advient.

DOSSIER/temoin · plan.json · K.rendus (les identifiants d'une part) · K.debut · K.finis · K.panne · K.journal
"""

import os
import pathlib
import secrets

from tests.grading.run import atomic, plans
from tests.grading.slurm import jobs

SCRIPT = pathlib.Path(__file__).resolve().parent / "part.sh"
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


class Part:
    """Une part, vue de la machine qui a soumis."""

    def __init__(self, path, ids):
        self.path, self.ids, self.left = path, ids, set(ids)
        self.offset, self.rest = 0, b""

    def collect(self):
        """Les identifiants qui viennent de finir."""
        try:
            with open(self.path + ".finis", "rb") as file:
                file.seek(self.offset)
                fresh = file.read()
        except OSError:
            return []
        self.offset += len(fresh)
        *lines, self.rest = (self.rest + fresh).split(b"\n")
        done = [line.decode("ascii", "replace") for line in lines]
        done = [identifier for identifier in done if identifier in self.left]
        self.left.difference_update(done)
        return done

    def current(self):
        """L'étudiant dont le jugement était en cours quand la part s'est arrêtée."""
        return next((identifier for identifier in self.ids if identifier in self.left), None)

    def read(self, suffix):
        """Ce que le nœud a écrit, ou None."""
        try:
            with open(self.path + suffix, encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return None


class Batch:
    """Un tableau de parts."""

    def __init__(self, plan, folder, pieces):
        os.makedirs(folder)
        self.folder, self.job, self.plan = folder, None, plan
        self.parts = [Part(os.path.join(folder, str(number)), ids) for number, ids in enumerate(pieces)]
        self.token = secrets.token_hex(8)
        for part in self.parts:
            atomic.write_bytes(part.path + ".rendus", "\n".join(part.ids).encode("ascii"))
        atomic.write_json(os.path.join(folder, plans.PLAN), plan)
        atomic.write_bytes(os.path.join(folder, "temoin"), self.token.encode())

    def submit(self, name, excluded):
        """Envoie les parts à Slurm."""
        self.job = jobs.submit(name, len(self.parts), excluded, str(SCRIPT), str(REPOSITORY), self.folder, self.token)

    def collect(self):
        """Les identifiants qui viennent de finir, toutes parts confondues."""
        return [identifier for part in self.parts if part.left for identifier in part.collect()]

    def refresh(self):
        """Un partage par le réseau garde en mémoire ce qu'il a lu : changer le dossier le fait relire."""
        path = os.path.join(self.folder, "relire")
        atomic.write_bytes(path, b"")
        os.unlink(path)

    def is_over(self):
        """Tout est-il jugé ?"""
        return not any(part.left for part in self.parts)
