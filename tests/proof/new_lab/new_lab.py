"""« make lab NEW=04-nom PROGRAMS="server client" » : écrit un lab déjà vert, à récrire.

template/ est un petit lab entier, « 00-modele » : un serveur, et un client. Le serveur est les étapes 0 et 1 ; chaque autre programme
reçoit les fichiers du client, à son nom, et une étape à lui. Réglages, par l'environnement : NEW= PROGRAMS= PORT=
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from tests.judge.command import lab_reader

TEMPLATE = pathlib.Path(__file__).resolve().parent / "template"
MODEL, CLIENT, MODEL_PORT = "00-modele", "client", "8000"
NAME, PROGRAM = re.compile(r"\d\d-[a-z][a-z0-9-]*"), re.compile(r"[a-z][a-z0-9]{0,15}")
# Les noms que make et le juge ont déjà pour autre chose.
TAKEN = set("all build clean demo deps help hint library programs progress reset skeleton strace test trace watch".split())
TOPS = ("labs", "solutions", "tests")
MOST_PROGRAMS = 10
TOTAL = 20
PER_PROGRAM = re.compile(r"<!-- client -->\n(.*?)<!-- fin -->\n", re.S)
TITLES = {"server": "Le serveur salue", CLIENT: "client montre le message"}


class Refused(Exception):
    """Ce lab ne peut pas être fait."""


def check_name(name):
    """Le nom du lab, ni mal formé, ni pris."""
    if not NAME.fullmatch(name):
        raise Refused(f"NEW={name} : un nom comme 04-nom est attendu : deux chiffres, un tiret, puis des minuscules, des "
                      "chiffres ou des tirets")
    for top in TOPS:
        for folder in sorted(pathlib.Path(top).glob(name[:2] + "-*")):
            raise Refused(f"NEW={name} : {folder} existe déjà ; le numéro {free_number():02d} est libre")


def free_number():
    """Le numéro qui suit ceux de tous les labs."""
    return 1 + max(int(path.name[:2]) for top in TOPS for path in pathlib.Path(top).glob("[0-9][0-9]-*"))


def check_programs(programs):
    """Le serveur, que lancent les scènes, strace et gdb, et les autres."""
    given = {path.stem for path in pathlib.Path("common").glob("*.c")}
    for program in programs:
        if not PROGRAM.fullmatch(program) or program in TAKEN | given:
            raise Refused(f"PROGRAMS : « {program} » ne peut pas être un programme ; un mot de minuscules et de chiffres est "
                          f"attendu, autre que {', '.join(sorted(TAKEN | given))}")
    if "server" not in programs or len(set(programs)) != len(programs) or len(programs) > MOST_PROGRAMS:
        raise Refused(f"PROGRAMS={' '.join(programs)} : « server », puis {MOST_PROGRAMS - 1} autres au plus, tous différents, "
                      "sont attendus")


def choose_port(wanted, name):
    """Le port demandé, ou un que n'a aucun autre lab ; les tests prennent aussi le suivant."""
    used = {lab.port: lab.name for lab in lab_reader.every_lab()}
    if not wanted:
        port = 8000 + 10 * int(name[:2])
        while port in used or port + 1 in used:
            port += 2
        return str(port)
    if not re.fullmatch(r"[1-9]\d{3,4}", wanted) or not 1024 <= int(wanted) < 65535:
        raise Refused(f"PORT={wanted} : un port de 1024 à 65534 est attendu")
    if int(wanted) in used:
        raise Refused(f"PORT={wanted} : c'est déjà celui de {used[int(wanted)]} (tests/{used[int(wanted)]}/lab.mk) ; un autre est "
                      "attendu")
    return wanted


class Writer:
    """Écrit les fichiers d'un lab d'après ceux du modèle."""

    def __init__(self, name, programs, port):
        self.name, self.port = name, port
        self.programs = ["server"] + [program for program in programs if program != "server"]
        # Chaque programme a deux tests ; le serveur prend ce qui ne se partage pas.
        self.others = TOTAL // 2 // len(self.programs)
        self.server = TOTAL // 2 - self.others * (len(self.programs) - 1)

    def points(self, program):
        """Ce que vaut chacun des deux tests de ce programme."""
        return self.server if program == "server" else self.others

    def step(self, program):
        """L'étape de ce programme."""
        return self.programs.index(program) + 1

    def title(self, program):
        """Le titre de son étape."""
        return TITLES["server"] if program == "server" else TITLES[CLIENT].replace(CLIENT, program)

    def common(self, text):
        """Ce qui change dans tous les fichiers."""
        text = text.replace(MODEL, self.name).replace(MODEL_PORT, self.port)
        return re.sub(r"\b(lab|Lab) 00\b", rf"\1 {self.name[:2]}", text)

    def of_program(self, text, program):
        """Ce qui est d'un programme : ses points, et pour un autre que le serveur son nom et son étape."""
        text = text.replace(".points = 5", f".points = {self.points(program)}")
        text = text.replace("(10 points)", f"({2 * self.points(program)} points)")
        if program == "server":
            return text
        text = re.sub(rf"\b{CLIENT}(?=\b|_)", program, text)
        return re.sub(r"(\.step = |[ÉéEe]tape[ -]|step-?)2\b", rf"\g<1>{self.step(program)}", text)

    def page(self, text):
        """Une page de notes : ce qui est d'un programme y est entre deux repères."""
        steps = PER_PROGRAM.sub(lambda block: "".join(self.of_program(block[1], program) for program in self.programs[1:]), text)
        return self.of_program(steps, "server")

    def file(self, path):
        """[(nom, texte)] que donne un fichier du modèle."""
        text = self.common(path.read_text(encoding="utf-8"))
        if path.name == "NOTES.fr.md":
            return [(path.name, self.page(text))]
        if re.match(rf"{CLIENT}\.|step2_|step-2|E-{CLIENT}-", path.name):
            return [(re.sub("(?<=step)2", str(self.step(program)), self.of_program(path.name, program)).replace(CLIENT, program),
                     self.of_program(text, program)) for program in self.programs[1:]]
        return [(path.name, self.of_program(text, "server"))]

    def description(self):
        """Le lab.mk."""
        steps = "".join(f"STEP_{self.step(program)} := {self.title(program)}\n" for program in self.programs)
        return ("# Tout ce qu'il faut savoir de ce lab : une affectation simple (:=) par ligne.\n"
                f"TITLE := Un serveur qui salue\nSTEP_0 := Un premier bonjour\n{steps}PROGRAMS := {' '.join(self.programs)}\n"
                f"PORT := {self.port}\n"
                "# Ce que le contrat énumère pour la sortie standard du serveur ; « … » : la suite est libre.\n"
                "LINE_1 := waiting for clients\n")

    def scene(self):
        """La scène : chacun vient écouter le serveur ; d'un lab qui n'a que lui, nous jouons le client."""
        return ("# La scène de « make demo » et de « make trace » : une action par ligne (voir tests/student/scenario.py).\n"
                + "".join(f"{program} 1 arrive\n{program} 1 finit\n" for program in self.programs[1:] or [CLIENT]))

    def files(self):
        """Tout le lab : {chemin: texte}."""
        tests = pathlib.Path("tests", self.name)
        found = {tests / "lab.mk": self.description(), tests / "scene.txt": self.scene()}
        for path in sorted(TEMPLATE.rglob("*")):
            if path.is_file():
                place = path.relative_to(TEMPLATE)
                for name, text in self.file(path):
                    found[pathlib.Path(place.parts[0], self.name, *place.parts[1:-1], name)] = text
        return found

    def write(self):
        """L'écrit ; rend les fichiers."""
        found = self.files()
        for path, text in found.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return sorted(found)


def lay_out(paths):
    """Met en forme ce que la longueur d'un nom a déplacé, quand l'outil est là : la vérification du format le demande."""
    if shutil.which("clang-format"):
        subprocess.run(["clang-format", "-i", *(path for path in paths if path.suffix == ".c")], check=True)


def main():
    name = os.environ.get("NEW", "")
    programs = os.environ.get("PROGRAMS", "").split() or ["server", CLIENT]
    try:
        check_name(name)
        check_programs(programs)
        port = choose_port(os.environ.get("PORT", ""), name)
    except Refused as refusal:
        print(f"lab : {refusal}", file=sys.stderr)
        return 2
    written = Writer(name, programs, port).write()
    lay_out(written)
    print(f"labs/{name}, solutions/{name}, tests/{name} : {len(written)} fichiers, port {port}.")
    print(f"Tout y est vert (make test LAB={name}) et tout est à récrire, à commencer par labs/{name}/NOTES.fr.md :")
    print("docs/carte.md, « Ajouter un lab », dit la forme de chaque fichier. README.fr.md, README.md et")
    print("tests/handout/root/README.fr.md ont un tableau des labs : une ligne y est la bienvenue, rien ne l'exige.")
    print("« make handout » ne le remettra qu'une fois dans git : git add labs solutions tests docs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
