"""Les indices d'une étape : tests/NN/hints/step-N.md, trois niveaux, du plus vague au plus précis."""

import hashlib
import json
import os
import re

LEVELS = ("L'idée", "À lire", "Le plan")


class Malformed(Exception):
    """Un fichier d'indices n'a pas la forme voulue, à cette ligne."""

    def __init__(self, line, text):
        super().__init__(text)
        self.line = line


def path_of(lab, step):
    """Le fichier des indices de cette étape."""
    return os.path.join("tests", lab, "hints", f"step-{step}.md")


def parse(text):
    """(titre, [les trois textes]) ; refuse toute autre forme."""
    title, *rest = re.split(r"^## (.+)$\n", text, flags=re.M)
    heading = re.fullmatch(r"# (.+)\n\s*", title)
    if not heading:
        raise Malformed(1, "la première ligne doit être le titre, « # Étape N — titre », et elle seule avant « ## L'idée »")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if re.match("## .", line)]
    for place, level in enumerate(LEVELS):
        read = rest[2 * place] if 2 * place < len(rest) else None
        if read != level:
            raise Malformed(lines[place] if read else text.count("\n"),
                            f"est attendu « ## {level} », et on lit {f'« ## {read} »' if read else 'la fin du fichier'} ; les titres "
                            f"sont, dans l'ordre, {', '.join(f'« ## {name} »' for name in LEVELS)}")
    if len(rest) > 2 * len(LEVELS):
        raise Malformed(lines[len(LEVELS)], f"« ## {rest[2 * len(LEVELS)]} » est de trop : « ## {LEVELS[-1]} » est le dernier titre")
    levels = [level.strip() for level in rest[1::2]]
    for line, level in zip(lines, levels):
        if not level:
            raise Malformed(line, "ce titre n'est suivi d'aucun texte")
    return heading.group(1), levels


def load(lab, step):
    """Les indices d'une étape : ([textes], empreinte du fichier) ; OSError ou Malformed sinon."""
    with open(path_of(lab, step), encoding="utf-8") as file:
        text = file.read()
    return parse(text)[1], hashlib.sha256(text.encode()).hexdigest()


class Memory:
    """Jusqu'où l'étudiant a demandé, étape par étape ; oublié quand l'étape est réussie ou ses indices récrits."""

    def __init__(self, base):
        self.path = os.path.join(base, "hints.json")
        try:
            with open(self.path, encoding="utf-8") as file:
                self.asked = dict(json.load(file))
        except (OSError, ValueError, TypeError):
            self.asked = {}

    def level(self, step, print_):
        """Le nombre d'indices déjà donnés pour cette étape."""
        known = self.asked.get(str(step))
        fresh = isinstance(known, dict) and known.get("file") == print_ and known.get("level") in range(1, len(LEVELS) + 1)
        return known["level"] if fresh else 0

    def note(self, step, print_, level):
        """Retient le niveau donné."""
        self.asked[str(step)] = {"file": print_, "level": level}

    def forget(self, step):
        """L'étape est réussie : qui y revient repart de l'idée."""
        self.asked.pop(str(step), None)

    def save(self):
        """Écrit d'un coup, ou rien."""
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        part = f"{self.path}.{os.getpid()}"
        with open(part, "w", encoding="utf-8") as file:
            json.dump(self.asked, file)
        os.replace(part, self.path)
