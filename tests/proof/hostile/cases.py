"""Les rendus hostiles : chaque dossier de tests/proof/hostile/submissions/ est un rendu entier, et ce qu'il doit valoir.

Ses fichiers sont posés par-dessus une base (le corrigé, sauf avis contraire), dans le dossier d'un lab. « X.c.txt » devient
X.c : c'est une source que nos propres outils ne doivent pas lire. Dans une source, la ligne « // [la suite] » est remplacée
par la source de la base, et @NOM@ par un lieu ou un port piégé (ground.py). make.py, s'il est là, finit le travail :
make(place, lab, ground) fabrique ce qu'un dépôt ne peut pas garder (un tube nommé, un lien, une archive…).

« expected » dit le reste, une chose par ligne ; « # » commence un commentaire :
    note 10             la note du lab ; « note comme AUTRE » : celle d'un autre rendu ; « non-noté » : aucune
    dit MOTIF           ce que lit l'étudiant, ou l'enseignant (autant de lignes qu'il faut)
    à-voir              le drapeau attendu ; sans cette ligne, il ne doit pas être levé
    lab NOM             le lab (sans cette ligne, le premier)
    base NOM            corrigé, squelette, naïf, vide, ou le nom d'un mutant du lab
    nom NOM             le nom du dossier de l'étudiant (échappements de Python permis)
    root                seul root peut le fabriquer
    partout             noté aussi par un utilisateur ordinaire quand root note le reste, même sans FULL=1
"""

import importlib.util
import os
import pathlib
import re

from tests.proof.programs import mutants

FOLDER = pathlib.Path("tests/proof/hostile/submissions")
REST = re.compile(r"^// \[la suite\]$", re.M)
ORDERS = {"note", "non-noté", "dit", "à-voir", "lab", "base", "nom", "root", "partout"}
BASES = {"corrigé": "solutions/{}", "squelette": "labs/{}", "naïf": "tests/{0}/naive/{0}"}


class Case:
    """Un rendu hostile, et ce qui en est attendu."""

    def __init__(self, folder, labs):
        self.folder, self.key = folder, folder.name
        orders = list(read_orders(folder / "expected"))
        last = dict(orders)
        self.lab = next(lab for lab in labs if lab.name == last.get("lab", labs[0].name))
        self.base = last.get("base", "corrigé")
        self.graded = "non-noté" not in last
        self.mark = last.get("note", "0")
        self.patterns = [value for order, value in orders if order == "dit"]
        self.flagged = "à-voir" in last
        self.needs_root, self.everywhere = "root" in last, "partout" in last
        self.name = os.fsdecode(read_name(last["nom"])) if "nom" in last else self.key
        if self.graded == ("note" not in last):
            raise ValueError(f"{folder}/expected : une note, ou « non-noté »")

    def texts(self, ground):
        """Les fichiers rendus pour ce lab : {nom: texte}."""
        base = base_sources(self.base, self.lab)
        own = {path.name[:-4] if path.suffix == ".txt" else path.name: path.read_text(encoding="utf-8")
               for path in sorted(self.folder.iterdir()) if path.name not in ("expected", "make.py", "__pycache__")}
        return {name: ground.fill(REST.sub(lambda _, name=name: base.get(name, ""), text))
                for name, text in {**base, **own}.items()}

    def lay_out(self, work, ground):
        """Pose le rendu dans le dossier de la classe."""
        place = os.path.join(work, self.name)
        target = os.path.join(place, self.lab.name)
        os.makedirs(target)
        for name, text in self.texts(ground).items():
            pathlib.Path(target, name).write_text(text, encoding="utf-8")
        if (self.folder / "make.py").is_file():
            load(self.folder / "make.py").make(place, self.lab.name, ground)


def read_orders(path):
    """(mot, valeur) pour chaque ligne d'un « expected »."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        order, _, value = line.partition(" ")
        if order not in ORDERS:
            raise ValueError(f"{path} : « {order} » n'est pas connu")
        yield order, value


def read_name(text):
    """Les octets d'un nom de dossier."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


def base_sources(base, lab):
    """Les sources d'une base : {fichier: texte}."""
    if base == "vide":
        return {}
    root = pathlib.Path(BASES.get(base, BASES["corrigé"]).format(lab.name))
    found = {name: (root / name).read_text(encoding="utf-8") for name in lab.sources if (root / name).is_file()}
    if base in BASES:
        return found
    return mutants.altered(found, pathlib.Path("tests", lab.name, "mutants", base + ".patch"))


def load(path):
    """Le fabricant d'un rendu."""
    spec = importlib.util.spec_from_file_location(path.parent.name.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def every_case(labs):
    """Tous les rendus, dans l'ordre de leurs noms."""
    return [Case(path, labs) for path in sorted(FOLDER.iterdir()) if (path / "expected").is_file()]
