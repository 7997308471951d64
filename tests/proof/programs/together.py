"""Plusieurs commandes à la fois, sur les mêmes dossiers et d'autres : chacune dit-elle ce qui était là quand elle a commencé ?

Dans une copie neuve du dépôt. D'abord deux premières fois ensemble : ce qui juge n'est compilé qu'une fois. Puis un juge
refait pendant qu'il juge. Puis N commandes tirées au sort, plusieurs de front, processeurs occupés, certaines tuées net :
aucun rapport faux, aucun statut 2, et rien ne reste. Un dossier, « vif », change de contenu dès qu'une commande en a copié les sources.
Réglages, par l'environnement : N= (200) SEED= (1).
"""

import concurrent.futures
import fcntl
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

from tests.judge.command.call import JUDGE
from tests.proof.programs.mutants import altered
from tests.proof.programs.variants import Load
from tests.student import stage

LAB = "01-tcp"
SOURCES = ("framing.c", "server.c", "client.c")
MUTANTS = ("D03-status-zero", "D18-raw-bytes-shown")
ABREAST = 6
STEPS = ("1", "3", "5")
TESTS = ("server_listens", "*_bad_*")
KILLED = 0.1
# Ne borne que l'échec : une attente finit dès que ce qu'elle attend est vu.
PATIENCE_S = 300.0
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "WORK", "LAB", "STEP", "TEST", "JUDGE_ROOM", "GOAL", "LABS")}


class Wrong(Exception):
    """Une commande a dit autre chose que ce qui était."""


class Depot:
    """La copie du dépôt où tout se passe."""

    def __init__(self, root):
        self.root = root / "depot"
        self.temporary = root / "tmp"
        self.temporary.mkdir()
        self.calls = root / "compilations"
        for name in ("Makefile", "common", "labs", "solutions", "tests"):
            source, target = pathlib.Path(name), self.root / name
            target.parent.mkdir(exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("build", "__pycache__"))
            else:
                shutil.copy2(source, target)
        self.environment = dict(ENVIRONMENT, TMPDIR=str(self.temporary), PATH=f"{self.count_calls(root)}:{os.environ['PATH']}",
                                COLUMNS="100", NO_COLOR="1")

    def count_calls(self, root):
        """Un compilateur qui note chacun de ses appels."""
        folder = root / "bin"
        folder.mkdir()
        (folder / "cc").write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{self.calls}"\nexec {shutil.which("cc")} "$@"\n')
        (folder / "cc").chmod(0o755)
        return folder

    def start(self, *words, output=subprocess.PIPE):
        """Lance une commande, comme d'un terminal à elle."""
        return subprocess.Popen(["make", *words], cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)

    def run(self, *words):
        """(statut, texte) d'une commande."""
        process = self.start(*words)
        text, _ = process.communicate(timeout=PATIENCE_S)
        return process.returncode, text

    def rooms(self):
        """Les chambres ouvertes."""
        return set((self.root / "build/rooms").glob("[0-9]*"))

    def left(self):
        """Tout ce que les commandes ont laissé : des chambres, ouvertes ou à moitié effacées, et leurs TMPDIR."""
        return [*(self.root / "build/rooms").iterdir(), *self.temporary.iterdir()]


def facts(text):
    """Ce qu'un rapport dit des programmes, sans ce qui change d'une fois sur l'autre : durées, ports, détails d'un échec."""
    kept = [line for line in text.splitlines() if re.search(r"^ +[✓✗–○?·◐] .*|^ +Étape |^(Note|Points) :|: error: |· étape \d", line)]
    return "\n".join(re.sub(r" +\(.*, en [\d,]+ s\)", "", line) for line in kept)


def dialogue(text):
    """Ce qu'une démonstration montre, dans un ordre quelconque : les deux programmes parlent en même temps."""
    return "\n".join(sorted(re.sub(r":\d{4,5}\b", ":…", line) for line in text.splitlines() if "│" in line))


def versions():
    """{nom: {fichier: texte}} : des programmes dont on sait ce qu'ils valent."""
    def read(folder):
        return {name: (pathlib.Path(folder, LAB, name)).read_text(encoding="utf-8") for name in SOURCES}
    known = {"corrige": read("solutions"), "squelette": read("labs")}
    known["illisible"] = dict(known["corrige"], **{"server.c": "int main(void)\n{\n    return zero;\n}\n"})
    known.update({name: altered(known["corrige"], pathlib.Path("tests", LAB, "mutants", name + ".patch")) for name in MUTANTS})
    return known


def write(folder, sources):
    """Pose des sources, chacune d'un coup, comme le fait un éditeur."""
    place = folder / LAB
    place.mkdir(parents=True, exist_ok=True)
    for name, text in sources.items():
        (place / (name + ".new")).write_text(text, encoding="utf-8")
        os.replace(place / (name + ".new"), place / name)


class Mix:
    """Les commandes, et ce qui est attendu de chacune."""

    def __init__(self, depot, seed, count):
        self.depot, self.random, self.count = depot, random.Random(seed), count
        self.versions = versions()
        self.known, self.live = {}, threading.Lock()
        self.ended, self.wrong = 0, []

    def words(self, goal, folder, *more):
        return [goal, f"WORK=travaux/{folder}", f"LAB={LAB}", *more]

    def learn(self):
        """Ce que dit chaque commande quand elle est seule : la référence, que les notes connues confirment."""
        for name, sources in self.versions.items():
            write(self.depot.root / "travaux" / name, sources)
            for more in self.narrowings():
                self.known[name, "test", more] = self.test_alone(name, more)
            self.known[name, "progress"] = facts(self.depot.run(*self.words("progress", name))[1])
            self.known[name, "hint"] = facts(self.depot.run(*self.words("hint", name))[1])
        write(self.depot.root / "travaux/vif", self.versions["corrige"])
        self.slug = self.slug_of("vif")
        self.known["corrige", "demo"] = dialogue(self.depot.run(*self.words("demo", "corrige"))[1])
        for name, words in (("corrige", "Note : 20 /"), ("squelette", "Note : 0 /"), ("illisible", "zero")):
            if words not in self.known[name, "test", ()][1]:
                raise Wrong(f"seul, {name} ne donne pas « {words} » :\n{self.known[name, 'test', ()][1]}")
        if len({self.known[name, "test", ()] for name in self.versions}) != len(self.versions):
            raise Wrong("deux programmes différents ont le même rapport : ce mélange ne prouverait rien")

    def test_alone(self, name, more):
        status, text = self.depot.run(*self.words("test", name, "DETAIL=1", *more))
        return status, facts(text)

    def narrowings(self):
        return [(), *((f"STEP={step}",) for step in STEPS), *((f"TEST={test}",) for test in TESTS)]

    # --- Une commande

    def draw(self):
        """Une commande au hasard, tirée d'avance : (but, dossier, version, réduction, tuée après)."""
        goal = self.random.choices(("test", "live", "watch", "hint", "progress", "demo", "trace", "strace"),
                                   (8, 8, 3, 2, 2, 1, 1, 1))[0]
        name = self.random.choice(list(self.versions))
        folder = "vif" if goal == "live" else name
        more = self.random.choice(self.narrowings()) if goal in ("test", "live") else ()
        killed = self.random.uniform(0, 2) if goal in ("test", "live", "watch") and self.random.random() < KILLED else None
        return goal, folder, name, more, killed

    def play(self, drawn):
        """Joue une commande ; note ce qui est faux."""
        goal, folder, name, more, killed = drawn
        try:
            {"test": self.test, "live": self.test, "watch": self.watch, "demo": self.demo, "trace": self.trace,
             "strace": self.strace}.get(goal, self.ask)(goal, folder, name, more, killed)
        except (Wrong, subprocess.TimeoutExpired) as error:
            self.wrong.append(f"{goal} {folder} ({name}) {' '.join(more)} : {error}")

    def test(self, goal, folder, name, more, killed):
        words = self.words("test", folder, "DETAIL=1", *more)
        process = self.start_live(name, words) if goal == "live" else self.depot.start(*words)
        if killed is not None:
            kill_after(process, killed)
            return
        text, _ = process.communicate(timeout=PATIENCE_S)
        self.compare((process.returncode, facts(text)), self.known[name, "test", more], text)

    def start_live(self, name, words):
        """Change le contenu du dossier vif, commence, et ne le rend qu'une fois ses sources copiées par cette commande."""
        with self.live:
            write(self.depot.root / "travaux/vif", self.versions[name])
            before = self.depot.rooms()
            process = self.depot.start(*words)
            end = time.monotonic() + PATIENCE_S
            while process.poll() is None and not self.has_taken(name, before):
                if time.monotonic() > end:
                    raise Wrong("n'a pas copié les sources")
                threading.Event().wait(0.005)
            return process

    def has_taken(self, name, before):
        return any(self.holds(room / self.slug / LAB / "taken", name) for room in self.depot.rooms() - before)

    def slug_of(self, folder):
        """Le nom que le juge donne à ce dossier, dans une chambre comme dans build/work."""
        settings = dict(self.depot.environment, WORK=f"travaux/{folder}", LAB=LAB, LABS=LAB)
        told = subprocess.run([*JUDGE, "--where"], cwd=self.depot.root, env=settings, check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        return os.path.basename(told.split("\0")[1])

    def holds(self, taken, name):
        try:
            return all((taken / source).read_text(encoding="utf-8") == text for source, text in self.versions[name].items())
        except OSError:
            return False

    def ask(self, goal, folder, name, more, killed):
        status, text = self.depot.run(*self.words(goal, folder))
        self.compare((status, facts(text)), (0, self.known[name, goal]), text)

    def demo(self, goal, folder, name, more, killed):
        status, text = self.depot.run(*self.words("demo", "corrige"))
        self.compare((status, dialogue(text)), (0, self.known["corrige", "demo"]), text)

    def trace(self, goal, folder, name, more, killed):
        status, text = self.depot.run(*self.words("trace", "corrige"))
        page = self.depot.root / "build/trace" / LAB / "index.html"
        whole = page.is_file() and page.read_text(encoding="utf-8").rstrip().endswith("</html>")
        self.compare((status, whole, "server.c" in text), (0, True, True), text)

    def watch(self, goal, folder, name, more, killed):
        """Suit un premier jugement jusqu'au bout, puis finit par Ctrl-C."""
        process = self.depot.start(*self.words("watch", folder))
        if killed is not None:
            kill_after(process, killed)
            return
        text = read_until(process, "en attente d'un enregistrement")
        os.killpg(process.pid, signal.SIGINT)
        text += process.communicate(timeout=PATIENCE_S)[0]
        mark = re.search(r"^Note : (.*)$", self.known[name, "test", ()][1], re.M)[1]
        self.compare(f"{mark} au dernier jugement" in text, True, text)

    def strace(self, goal, folder, name, more, killed):
        """Lance le serveur sous strace jusqu'à ce qu'il écoute, puis Ctrl-C."""
        process = self.depot.start(*self.words("strace", "corrige"), f"ARGS=127.0.0.1 {stage.free_port('tcp')}")
        text = read_until(process, "listen(")
        os.killpg(process.pid, signal.SIGINT)
        text += process.communicate(timeout=PATIENCE_S)[0]
        self.compare("= 0" in text, True, text)

    def compare(self, seen, wanted, text):
        if seen != wanted:
            raise Wrong(f"vu {seen}\nattendu {wanted}\n{text[-3000:]}")

    def run_all(self):
        """Toutes les commandes, plusieurs de front."""
        drawn = [self.draw() for _ in range(self.count)]
        with concurrent.futures.ThreadPoolExecutor(ABREAST) as pool:
            for _ in pool.map(self.play, drawn):
                self.ended += 1
                if sys.stderr.isatty():
                    sys.stderr.write(f"\r{self.ended}/{self.count}" + ("\n" if self.ended == self.count else ""))


def read_until(process, words):
    """Lit jusqu'à ces mots ; rend ce qui a été lu."""
    text, alarm = "", threading.Timer(PATIENCE_S, os.killpg, (process.pid, signal.SIGKILL))
    alarm.start()
    try:
        for line in process.stdout:
            text += line
            if words in line:
                return text
    finally:
        alarm.cancel()
    raise Wrong(f"fini sans « {words} » :\n{text[-3000:]}")


def kill_after(process, seconds):
    """Tue tout le groupe, à un moment quelconque : rien de ce qu'il tenait ne doit gêner les autres."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)


def first_times(depot):
    """Deux premières fois ensemble : les mêmes points, une seule compilation de chaque fichier ; l'une a dit qu'elle attendait."""
    words = ("test", "WORK=solutions", f"LAB={LAB}")
    both = [depot.start(*words) for _ in range(2)]
    texts = [process.communicate(timeout=PATIENCE_S)[0] for process in both]
    told = []
    for process, text in zip(both, texts):
        if process.returncode != 0 or "Note : 20 / 20" not in text:
            told.append(f"première fois : statut {process.returncode}\n{text[-3000:]}")
    if not any("j'attends « make test" in text for text in texts):
        told.append("aucune des deux n'a dit qu'elle attendait l'autre :\n" + "\n".join(texts)[-2000:])
    made = re.findall(r"-c -o (\S+)", depot.calls.read_text(encoding="utf-8"))
    again = sorted({name for name in made if made.count(name) > 1})
    if again or not made:
        told.append(f"compilé deux fois : {again}" if again else "rien n'a été compilé")
    return told


def rebuilt_judge(depot):
    """Un juge refait, tant et plus, pendant qu'il juge : ce jugement finit avec celui qu'il avait en commençant."""
    judge = depot.root / "build/tests" / LAB / "judge"
    new = judge.with_suffix(".new")
    process = depot.start("test", "WORK=solutions", f"LAB={LAB}")
    while process.poll() is None:
        # Un octet de plus, et un autre fichier : ce que laisse l'éditeur de liens.
        new.write_bytes(judge.read_bytes() + b"\n")
        new.chmod(0o755)
        new.replace(judge)
        threading.Event().wait(0.1)
    text = process.stdout.read()
    right = process.returncode == 0 and "Note : 20 / 20" in text
    return [] if right else [f"juge refait pendant qu'il juge : statut {process.returncode}\n{text[-3000:]}"]


def remains(depot):
    """Ce qui reste une fois toutes les commandes finies ou tuées, et le temps d'effacer laissé aux dernières."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and (depot.left() or processes_in(depot)):
        threading.Event().wait(0.05)
    told = [f"reste : {path}" for path in depot.left()]
    told += [f"processus {number} encore là" for number in processes_in(depot)]
    with open(depot.root / "build/lock", "r+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told.append("le verrou est encore tenu")
    return told


def processes_in(depot):
    """Les processus dont le dossier est dans la copie."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "cwd").startswith(str(depot.root.resolve())):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def main():
    count, seed = int(os.environ.get("N") or 200), os.environ.get("SEED") or "1"
    root = pathlib.Path("build/check/together").resolve()
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    depot = Depot(root)
    told = first_times(depot) + rebuilt_judge(depot)
    mix = Mix(depot, seed, count)
    mix.learn()
    started = time.monotonic()
    with Load():
        mix.run_all()
    told += mix.wrong + remains(depot)
    for text in told:
        print("✗ " + text)
    print(f"{count} commandes (SEED={seed}), {ABREAST} de front, en {time.monotonic() - started:.0f} s")
    failed = len(told)
    print(f"{max(0, count + 2 - failed)} passed, {failed} failed")
    if not told:
        shutil.rmtree(root)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
