"""Ce qu'un étudiant a écrit de lui-même, et ce qui s'en retrouve chez un autre.

sim_c lit des textes hostiles : il ne reçoit que des fichiers à nos noms, bornés, et ses ressources sont comptées.
"""

import os
import re
import resource
import subprocess

# Le plus court passage retenu, en mots du langage (un nom, un signe, un nombre) : une quinzaine de lignes. En
# dessous, deux programmes qui font la même chose se ressemblent toujours.
RUN = 64
# Au-delà, ce n'est pas un travail écrit à la main : les corrigés font le quart de cela.
LARGEST = 120_000
SECONDS = 120
MEMORY = 2 << 30
SIZE = re.compile(r"^File (\d+)\.c: (\d+) tokens", re.M)
MATCH = re.compile(r"^(\d+)\.c: line (\d+)-(\d+) *\|(\d+)\.c: line (\d+)-(\d+) *\[(\d+)\]$", re.M)


class Trouble(Exception):
    """La comparaison n'a pas pu être conduite."""


class Work:
    """La part propre d'un étudiant dans un lab : ses lignes, et d'où chacune vient."""

    def __init__(self, student):
        self.student = student
        self.texts = {}
        self.lines = []
        self.trouble = ""
        self.words = 0


class Pair:
    """Deux travaux, et leurs passages proches."""

    def __init__(self, lab, left, right):
        self.lab, self.left, self.right = lab, left, right
        self.passages = []

    @property
    def words(self):
        """Combien de mots du langage ils ont en commun."""
        return sum(words for _, _, words in self.passages)

    @property
    def share(self):
        """La part que cela fait du plus court des deux."""
        return min(1.0, self.words / max(1, min(self.left.words, self.right.words)))


def limit():
    """Ce à quoi un outil a droit."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(words, folder, accepted, seconds):
    """La sortie d'un outil, dans ses limites."""
    try:
        done = subprocess.run(words, cwd=folder, preexec_fn=limit, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=seconds, check=False,
                              env={"PATH": os.environ.get("PATH", "/usr/bin"), "LC_ALL": "C"})
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"{words[0]} n'a pas fini en {seconds} secondes") from error
    if done.returncode not in accepted:
        raise Trouble(f"{words[0]} s'est arrêté (statut {done.returncode})")
    return done.stdout.decode("utf-8", "replace")


def own_part(student, lab, scratch):
    """Les lignes de cet étudiant qui ne sont pas celles du squelette, toutes sources du lab à la suite."""
    work = Work(student)
    sources = student["sources"].get(lab.name, [])
    if sum(len(data) for _, data in sources) > LARGEST:
        work.trouble = f"plus de {LARGEST // 1000} Ko de sources, à voir à la main"
        return work
    try:
        for name, data in sources:
            # sim_c compte une ligne par « \n » : rien d'autre ne doit en faire une.
            data = data.replace(b"\r", b"").replace(b"\0", b" ")
            text = data.decode("utf-8", "backslashreplace").split("\n")
            work.texts[name] = text
            work.lines += [(name, number) for number in new_lines(data, lab.given(name) or b"", scratch)
                           if number <= len(text)]
    except Trouble as trouble:
        work.trouble = str(trouble)
    return work


def new_lines(data, skeleton, scratch):
    """Les numéros des lignes que le squelette n'a pas."""
    paths = [os.path.join(scratch, name) for name in ("squelette.c", "rendu.c")]
    for path, content in zip(paths, (skeleton, data)):
        with open(path, "wb") as file:
            file.write(content)
    said = run(["diff", "-a", "-w", "--unchanged-line-format=", "--old-line-format=", "--new-line-format=%dn\n", *paths],
               scratch, (0, 1), 20)
    return [int(number) for number in said.split()]


def find(lab, works, folder):
    """Les paires de ces travaux qui ont des passages proches."""
    os.mkdir(folder)
    for number, work in enumerate(works):
        with open(os.path.join(folder, f"{number}.c"), "w", encoding="utf-8", errors="replace") as file:
            file.write("".join(work.texts[name][line - 1] + "\n" for name, line in work.lines))
    if len(works) < 2:
        return []
    said = run(["sim_c", "-n", "-e", "-s", f"-r{RUN}", "-w", "200", *(f"{number}.c" for number in range(len(works)))],
               folder, (0,), SECONDS)
    for number, words in SIZE.findall(said):
        works[int(number)].words = int(words)
    return gather(lab, works, said)


def gather(lab, works, said):
    """Les passages que sim_c a trouvés, rangés par paire."""
    pairs = {}
    for left, left_start, left_end, right, right_start, right_end, words in MATCH.findall(said):
        left, right = int(left), int(right)
        spans = [(left, place(works[left], left_start, left_end)), (right, place(works[right], right_start, right_end))]
        spans.sort(key=lambda span: span[0])
        key = (spans[0][0], spans[1][0])
        pair = pairs.setdefault(key, Pair(lab, works[key[0]], works[key[1]]))
        pair.passages.append((spans[0][1], spans[1][1], int(words)))
    for pair in pairs.values():
        pair.passages.sort(key=lambda passage: -passage[2])
    return list(pairs.values())


def place(work, start, end):
    """[(fichier, première ligne, dernière ligne)] : où ce passage est dans les sources telles que rendues."""
    found = []
    for name, line in work.lines[int(start) - 1:int(end)]:
        if found and found[-1][0] == name:
            found[-1][2] = line
        else:
            found.append([name, line, line])
    return [tuple(span) for span in found]
