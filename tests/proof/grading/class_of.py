"""Fabrique une classe : des corrigés, des variantes, des mutants, des squelettes, des rendus hostiles, sous toutes les formes.

class_of.py DOSSIER [NOMBRE [GRAINE]]     la même graine fait la même classe, au nom et à l'octet près (LAB= en choisit un)
"""

import gzip
import io
import os
import pathlib
import random
import sys
import tarfile
import zipfile

from tests.judge.command import lab_reader
from tests.proof.hostile import cases

SEED = 2024
# Ce qu'est chaque étudiant, et pour combien : une classe ordinaire, et quelques-uns qui ne le sont pas.
KINDS = {"mutant": 9, "corrigé": 3, "variante": 3, "naïf": 2, "squelette": 2, "hostile": 2}
# Ceux-là ne valent pas deux fois la même chose : le premier mesure par strlen des octets que rien ne termine ; les threads
# des deux suivants se disputent un socket, une inscription ; le dernier perd ce qu'il gardait à afficher, quand un signal
# interrompt write.
UNSTEADY = {"E-strlen-of-received-bytes", "E-static-descriptor", "D40-thread-before-its-arrival", "E-line-not-flushed"}
SHAPES = {"dossier": 5, "projet": 2, "zip": 3, "tar": 2, "zip dans un dossier": 1}
FIRST = "Zoé Éva Noël Anaïs Hélène François Loïc Inès Chloé Jérôme Maëlle Joël".split()
LAST = "Lefèvre Müller D'Arc Nguyễn Garçon Ben-Ali Œdipe Le_Goff O'Neil Çelik".split()
NASTY = ("{} $(touch${{IFS}}x)", "={}|' C calc'!A0", "{}\n{}", "\"{}'", "-{}", "--{}", "{}\udcff\udcfe", " {} ", "<b>{}",
         "{};rm -rf x", "{} \x1b[2J", "@{}", "{} %s *", "{}_1234_assignsubmission_file_")


class Nowhere:
    """Un terrain sans pièges : les lieux que les rendus hostiles visent n'existent pas."""

    @staticmethod
    def fill(text):
        """Des lieux qui n'existent pas, et des ports où personne n'écoute."""
        for name in ("SECRET", "DEPOT", "SENTINELLE", "DOMICILE", "ABSTRAIT"):
            text = text.replace(f"@{name}@", "/nulle/part/" + name.lower())
        return text.replace("@TCP@", "9").replace("@UDP@", "9")


class Maker:
    """Tire les étudiants au hasard, d'après une graine."""

    def __init__(self, labs, seed):
        self.labs, self.chance = labs, random.Random(seed)
        self.hostile = [case for case in cases.every_case(lab_reader.every_lab())
                        if case.graded and case.lab.name in [lab.name for lab in labs] and not (case.folder / "make.py").is_file()]

    def draw(self, weights):
        """Une clef, selon son poids."""
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def student(self, number):
        """(nom, forme, nature, {chemin: octets}) d'un étudiant."""
        person = f"{self.chance.choice(LAST)} {self.chance.choice(FIRST)} {number:03}"
        name = self.chance.choice(NASTY).format(person, "bis") if self.chance.random() < 0.15 else person
        kind = self.draw(KINDS)
        files = {}
        for lab in self.labs:
            files.update(self.lab_files(lab, kind))
        return name, self.draw(SHAPES), kind, files

    def lab_files(self, lab, kind):
        """Ce que cet étudiant rend pour un lab ; parfois rien, parfois il manque un fichier."""
        if len(self.labs) > 1 and self.chance.random() < 0.1:
            return {}
        sources = self.sources(lab, kind)
        if kind != "hostile" and self.chance.random() < 0.04:
            sources.pop(self.chance.choice(sorted(sources)))
        return {f"{lab.name}/{name}": text.encode() for name, text in sources.items()}

    def sources(self, lab, kind):
        """Les sources d'un lab, selon la nature de l'étudiant."""
        if kind == "mutant":
            paths = sorted(pathlib.Path("tests", lab.name, "mutants").glob("*.patch"))
            kind = self.chance.choice([path.stem for path in paths if self.stands_alone(path, lab)])
        if kind == "variante":
            folders = sorted(path for path in pathlib.Path("tests", lab.name, "variants").iterdir() if path.is_dir())
            own = {path.name: path.read_text(encoding="utf-8") for path in sorted(self.chance.choice(folders).glob("*.c"))}
            return {**cases.base_sources("corrigé", lab), **own}
        if kind == "hostile":
            return self.hostile_sources(lab)
        return cases.base_sources(kind, lab)

    @staticmethod
    def stands_alone(path, lab):
        """Ce mutant ne change-t-il que des sources de ce lab, et vaut-il chaque fois la même chose ?"""
        lines = path.read_text(encoding="utf-8").splitlines()
        changed = [line[4:].split("\t")[0].rpartition("/")[2] for line in lines if line.startswith("+++ ")]
        # Des threads qui se disputent une donnée ne la perdent pas à chaque fois : c'est le programme qui hésite.
        racy = any(line.startswith("Tué par :") and line.endswith("_no_race") for line in lines)
        return not racy and path.stem not in UNSTEADY and all(name in lab.sources for name in changed)

    def hostile_sources(self, lab):
        """Les sources d'un rendu hostile de ce lab, ou son squelette s'il n'y en a pas."""
        choices = [case for case in self.hostile if case.lab.name == lab.name]
        if not choices:
            return cases.base_sources("squelette", lab)
        return self.chance.choice(choices).texts(Nowhere)


def put_folder(place, files):
    """Un dossier."""
    for path, data in files.items():
        where = os.path.join(place, path)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "wb") as file:
            file.write(data)
    os.makedirs(place, exist_ok=True)


def put_zip(path, files):
    """Une archive .zip, la même à chaque fois."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def put_tar(path, files):
    """Une archive .tar.gz."""
    with open(path, "wb") as out, gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed, \
            tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def put(place, shape, files):
    """Pose un étudiant sous sa forme."""
    if shape == "zip":
        put_zip(place + ".zip", files)
    elif shape == "tar":
        put_tar(place + ".tar.gz", files)
    elif shape == "zip dans un dossier":
        os.makedirs(place)
        put_zip(os.path.join(place, "mon travail.zip"), files)
    else:
        put_folder(os.path.join(place, "projet/labs") if shape == "projet" else place, files)


def build(folder, count, seed=SEED, labs=None, harmless=False):
    """Écrit la classe ; rend {nom: nature}. « harmless » : sans rendu hostile (pour ce qui la lance sans bac à sable)."""
    maker = Maker(labs or lab_reader.every_lab(), seed)
    kinds, number = {}, 0
    while len(kinds) < count:
        number += 1
        name, shape, kind, files = maker.student(number)
        if harmless and kind == "hostile":
            continue
        put(os.path.join(folder, name), shape, files)
        kinds[name] = kind
    return kinds


def main():
    labs = lab_reader.every_lab()
    chosen = [lab_reader.Lab(name) for name in lab_reader.chosen_names()]
    os.makedirs(sys.argv[1], exist_ok=True)
    kinds = build(sys.argv[1], *(int(word) for word in sys.argv[2:4]), labs=chosen)
    print(f"{len(kinds)} étudiants : " + ", ".join(f"{list(kinds.values()).count(kind)} {kind}" for kind in KINDS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
