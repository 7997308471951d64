"""L'atelier : construire des programmes à partir de la solution d'un lab, et les faire juger.

Sert aux mutants, aux variantes et aux programmes hostiles. Les règles de compilation et le juge sont
ceux des étudiants (work.mk, build/tests/NN/judge) ; rien n'y est imité.
"""

import concurrent.futures
import contextlib
import fcntl
import fnmatch
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

from tests.judge.command import lab_reader

BUILD = pathlib.Path("build")
JOBS = os.cpu_count() or 2


class Trouble(Exception):
    """L'atelier ou le juge n'a pas pu faire son travail."""


def labs():
    """Les labs qui ont un juge, réduits par LAB= (nom entier, ou son numéro)."""
    found = lab_reader.chosen_names()
    if not found:
        raise Trouble(f"LAB={os.environ['LAB']} : ce lab n'existe pas (il y a : {' '.join(lab_reader.names())})")
    return found


def naive_work():
    """Le dossier d'un travail naïf : le premier jet d'un étudiant, tel que chaque lab l'a dans tests/NN/naive/NN."""
    work = BUILD / "naive"
    work.mkdir(parents=True, exist_ok=True)
    for folder in pathlib.Path("tests").glob("*/naive/*"):
        with contextlib.suppress(FileExistsError):
            (work / folder.name).symlink_to(folder.resolve())
    return work


class Lab:
    """Un lab, et sa solution compilée une fois pour toutes."""

    def __init__(self, name):
        self.name = name
        lab = lab_reader.Lab(name)
        self.programs, self.libraries = lab.programs, list(lab.library)
        self.drivers = lab.settings.get("DRIVERS", "").split()
        self.sanitizers = sorted({twin.split(":")[1] for twin in lab.settings.get("SANITIZED", "").split()})
        origin = {file: pathlib.Path("solutions", name, file) for file in lab.sources}
        self.lent = lab.lent
        for file in self.lent:
            origin[file] = pathlib.Path("solutions", lab.lender, file)
            self.libraries.append(file)
        self.solution = {file: path.read_text(encoding="utf-8") for file, path in origin.items()}
        # Une copie : le juge peut être reconstruit pendant que l'on travaille. Il cherche sa bibliothèque
        # d'injection dans ../../judge.
        self.judge = BUILD / "workshop" / name / "judge"
        self.judge.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(BUILD / "tests" / name / "judge", self.judge)
        listing = subprocess.run([self.judge, "--list"], check=True, capture_output=True).stdout
        self.tests = {test["name"]: test for test in json.loads(listing)["tests"] if not test.get("private")}
        self.base = Bench(self, BUILD / "workshop" / "solution", None)
        self.base.build(self.solution)

    def programs_for(self, name):
        """Les programmes que demandent un test et ceux dont il a besoin."""
        test = self.tests[name]
        twins = {f"{program}_{kind}" for program in test["programs"] for kind in test["sanitizers"]}
        return twins.union(test["programs"], *map(self.programs_for, test["needs"]))


class Bench:
    """Un dossier où un travail est construit, puis jugé. Ce qui ne change pas vient de la solution."""

    def __init__(self, lab, folder, base):
        self.lab, self.root, self.base = lab, folder, base
        self.folder = folder / lab.name
        self.programs = self.folder / "bin"

    def build(self, sources, programs=()):
        """Construit ce travail, ou ces programmes seulement ; rend {programme: erreur} pour ce qui n'a pas pu l'être."""
        digest = self.digest(sources) + "".join(f" {program}" for program in sorted(programs))
        stamp = self.folder / "digest"
        if not stamp.is_file() or stamp.read_text() != digest:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.lay_out(sources)
            self.make(programs)
            stamp.write_text(digest)
        return {path.stem: path.read_text(encoding="utf-8", errors="replace").strip()
                for path in sorted(self.programs.glob("*.error"))}

    def digest(self, sources):
        """Tout ce dont le résultat dépend, en un mot."""
        command = pathlib.Path("tests/judge/command")
        used = [command / "work.mk", command / "compile.sh", *sorted(command.glob("*.c"))]
        used += [pathlib.Path("tests", self.lab.name, driver + ".c") for driver in self.lab.drivers]
        used += sorted(pathlib.Path("common").glob("*.[ch]")) + sorted(pathlib.Path("labs").glob("*/*.h"))
        used += [pathlib.Path("common", "lender.mk"), pathlib.Path("tests", self.lab.name, "lab.mk")]
        digest = hashlib.sha256()
        for path in used:
            digest.update(path.read_bytes())
        digest.update(json.dumps([sources, self.lab.solution, os.environ.get("CC", "")],
                                 sort_keys=True).encode())
        return digest.hexdigest()

    def lay_out(self, sources):
        """Pose les sources ; ce qu'un fichier inchangé a déjà donné est repris de la solution."""
        (self.folder / "src" / "lent").mkdir(parents=True)
        changed = {name for name in sources.keys() | self.lab.solution if sources.get(name) != self.lab.solution.get(name)}
        for name, text in sources.items():
            place = "src/lent" if name in self.lab.lent else "src"
            if self.base is None or name in changed:
                (self.folder / place / name).write_text(text, encoding="utf-8")
            else:
                self.take(self.base.folder / place / name, place)
        # Un en-tête change tout ce qui l'inclut.
        if self.base is None or any(name.endswith(".h") for name in changed):
            return
        library_changed = bool(changed - {program + ".c" for program in self.lab.programs})
        # Les jumeaux (server_thread) ont leurs objets dans un dossier par assainisseur.
        twins = [place for kind in self.lab.sanitizers for place in (kind, kind + "/lib")]
        for place in ["obj", "lib", "bin"] + twins:
            for path in sorted((self.base.folder / place).iterdir()):
                source = path.stem.partition("_")[0] + ".c" if place == "bin" else path.stem + ".c"
                stale = source in changed or (library_changed and place == "bin")
                if path.suffix in (".o", "") and path.is_file() and not stale:
                    self.take(path, place)
                if path.suffix == ".a" and not library_changed:
                    self.take(path, place)

    def take(self, path, place):
        """Reprend un fichier de la solution ; le lien garde sa date, donc make ne le refait pas."""
        (self.folder / place).mkdir(parents=True, exist_ok=True)
        os.link(path, self.folder / place / path.name)

    def make(self, programs):
        """Compile par les règles du juge ; un jumeau (server_thread) est essayé avec la sonde de son assainisseur."""
        probes = {"probe_" + kind for kind in self.lab.sanitizers if any(name.endswith("_" + kind) for name in programs)}
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "WORK", "SANITIZE")}
        result = subprocess.run(["make", "-s", "-k", "-f", "tests/judge/command/work.mk", f"BASE={self.root}",
                                 f"LABS={self.lab.name}", *(f"{self.programs}/{name}" for name in sorted(probes.union(programs)))], env=environment, capture_output=True,
                                text=True, errors="replace", stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            raise Trouble(f"{self.root} : la compilation n'a pas pu être conduite : {result.stderr}")

    def judge(self, test=None, **environment):
        """Juge ce travail, en entier ou pour un test ; rend les résultats."""
        results = self.folder / "results.json"
        results.unlink(missing_ok=True)
        command = [self.lab.judge, "--programs", self.programs, "--results", results]
        command += ["--test", test] if test else []
        done = subprocess.run(command, env=os.environ | environment, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, errors="replace")
        if not results.is_file():
            raise Trouble(f"{self.root} : le juge n'a rien écrit (statut {done.returncode}) : {done.stderr}")
        run = json.loads(results.read_text(encoding="utf-8"))
        if run["problems"] or done.returncode != 0:
            raise Trouble(f"{self.root} : ennui du juge : {run['problems'] or done.returncode}")
        return run


def mark(run):
    """La note sur 20 : un test que la machine ne permet pas ne compte pas."""
    counted = [test for test in run["tests"] if test["status"] != "skipped"]
    total = sum(test["points"] for test in counted)
    return 20 * sum(test["points"] for test in counted if test["status"] == "passed") / total


def selected(name):
    """TEST= choisit parmi des noms ; * y remplace une suite de lettres."""
    pattern = os.environ.get("TEST", "")
    return not pattern or fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(name, f"*{pattern}*")


def in_brief(items, share):
    """BRIEF=1 : un élément sur « share », toujours les mêmes ; sinon tous."""
    items = list(items)
    return items[::share] if os.environ.get("BRIEF") else items


def in_parallel(function, items):
    """Applique une fonction à chaque élément, sur tous les processeurs, et montre l'avancement."""
    items = list(items)
    results = []
    with concurrent.futures.ThreadPoolExecutor(3 * JOBS) as pool:
        for done, result in enumerate(pool.map(function, items), 1):
            results.append(result)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{done}/{len(items)}" + ("\n" if done == len(items) else ""))
                sys.stderr.flush()
    return results


def conclude(passed, failed):
    """La dernière ligne, et le statut."""
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def run_main(main):
    """Lance un outil ; un ennui est une ligne et le statut 2."""
    try:
        BUILD.mkdir(exist_ok=True)
        with open(BUILD / "workshop.lock", "w", encoding="utf-8") as lock:
            # Deux ateliers à la fois se prendraient les mêmes dossiers.
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("un autre atelier travaille ici : j'attends qu'il ait fini", file=sys.stderr)
                fcntl.flock(lock, fcntl.LOCK_EX)
            sys.exit(main())
    except (Trouble, lab_reader.Malformed) as trouble:
        print(f"atelier : {trouble}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    print(naive_work())
