"""Une personne d'une classe : qui elle est pour la plateforme, et les pièces de son rendu."""

import unicodedata

from tests.grading.door import naming

# Ce qu'une plateforme dit d'une personne : la clef, et le mot qui la montre. Chaque fichier de notes n'en lit que la sienne.
WORDS = {"participant": "participant", "number": "numéro", "email": "adresse", "username": "identifiant", "userid": "userid", "canvas": "numéro Canvas",
         "login": "compte"}


class Person:
    """« ids » : ce que la plateforme en dit ; « pieces » : [(nœud, où le poser)] ; le reste est à dire à l'enseignant."""

    def __init__(self, name, platform="", key="", group="", **ids):
        self.name, self.platform, self.group = name, platform, group
        self.ids = {kind: value for kind, value in ids.items() if value}
        # Un même nom s'écrit de deux façons, d'un système à l'autre (« é », ou « e » et son accent).
        self.key = unicodedata.normalize("NFC", key) or "/".join(filter(None, (group, name)))
        self.pieces, self.left, self.doubts, self.notes = [], [], [], []
        self.attempt = ""
        # Quand : des secondes depuis 1970, d'après la plateforme ; « late » : elle dit « en retard », sans dire de combien.
        self.submitted, self.late = None, False
        # Pourquoi rien n'en peut être jugé.
        self.refusal = ""

    def take(self, node, *where):
        """Une pièce de plus, et le dossier où la poser ; une archive est posée sous son nom."""
        self.pieces += [(part, tuple(where)) for part in node.parts]

    def take_file(self, node, name):
        """Un fichier de plus, sous le nom que son auteur lui avait donné."""
        self.take(node, naming.stem(name) if naming.archive_suffix(name) else name)

    def leave(self, node, why):
        """Ce qui n'est pas pris, et pourquoi."""
        self.left.append((node.place(), why))

    def number(self):
        """Ce qui distingue cette personne d'un homonyme, tel que la plateforme le montre ; à défaut, son dossier."""
        for kind, word in WORDS.items():
            if kind in self.ids:
                return f"{word} {self.ids[kind]}"
        return self.group or (self.pieces[0][0].place() if self.pieces else "")

    def absorb(self, other):
        """La même personne, trouvée une seconde fois."""
        self.pieces += other.pieces
        self.left += other.left
        self.doubts += other.doubts
        self.notes += other.notes
        self.refusal = self.refusal and other.refusal
        self.ids = {**other.ids, **self.ids}
        self.late = self.late or other.late
        self.submitted = max((when for when in (self.submitted, other.submitted) if when is not None), default=None)


class Level:
    """Ce qui est au même niveau d'une classe, et ce qu'une plateforme en a déjà reconnu."""

    def __init__(self, nodes, labs, name="", group=""):
        self.nodes, self.labs, self.name, self.group = list(nodes), labs, name, group
        self.sources = {source for lab in labs for source in lab.sources}
        self.people, self.ignored, self.said, self.suspects = [], [], [], []

    def claim(self, nodes, people):
        """Ces nœuds sont ceux de ces personnes."""
        used = set(map(id, nodes))
        self.nodes = [node for node in self.nodes if id(node) not in used]
        self.people += people
