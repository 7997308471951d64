"""De quoi essayer de sortir du bac à sable : la sonde (probe.c), compilée une fois, lancée par les mêmes scripts et
le même juge que les programmes des étudiants.
"""

import contextlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]
# Un essai qui finit est jugé aussitôt : cette borne n'est que pour celui qui ne finirait pas, sur une machine chargée aussi.
PATIENCE_S = 300
LAST_LINE = re.compile(r"^@ isolated=(\d) status=(\d+) limit=(.*)$", re.M)
BWRAP_SAYS = re.compile(r"\bbwrap: (.+)$", re.M)


class Impossible(Exception):
    """L'essai n'a pas pu avoir lieu : rien n'est prouvé, donc rien n'est tenu."""


class Refused(Impossible):
    """bubblewrap n'a pas ouvert le bac à sable ; le texte est ce qu'il en dit."""


def heed(errors):
    """Lève Refused si bubblewrap se plaint : ce qu'il n'a pas ouvert n'a rien essayé."""
    said = BWRAP_SAYS.search(errors)
    if said:
        # L'adresse qui suit parfois n'arrive pas toujours entière, et le remède est dit plus loin.
        raise Refused(said[1].partition(". See <")[0].strip())


def registry():
    """Une liste d'essais (identifiant, titre, fonction), et de quoi y inscrire une fonction."""
    entries = []

    def protection(identifier, title):
        def register(function):
            entries.append((identifier, title, function))
            return function
        return register

    return entries, protection


class Outcome:
    """Ce qu'un essai a donné."""

    def __init__(self, text, errors, status, isolated=False, limit=""):
        self.lines = [line for line in text.splitlines() if line]
        self.text, self.errors, self.status = text, errors, status
        self.isolated, self.limit = isolated, limit

    @property
    def obtained(self):
        """Ce que la sonde a obtenu et n'aurait pas dû."""
        return [line.split(" ", 1)[1] for line in self.lines if line.startswith("OBTENU ")]

    @property
    def refused(self):
        """Ce qu'on lui a refusé."""
        return [line for line in self.lines if line.startswith("refusé ")]

    def number(self):
        """Le nombre que la sonde a écrit."""
        numbers = [int(line) for line in self.lines if line.isdigit()]
        if not numbers:
            raise Impossible(f"la sonde n'a rien compté {self.errors.strip()[:120]}")
        return numbers[0]


def read_limits():
    """Les limites qui doivent tenir : celles du dépôt, même si c'est une copie altérée qui est éprouvée."""
    text = (HERE / "limits.conf").read_text(encoding="utf-8")
    return {name: int(value) for name, value in re.findall(r"^(\w+)=(\d+)$", text, re.M)}


class Ground:
    """Un terrain d'essai : un dossier jetable, la sonde, et les scripts à éprouver."""

    def __init__(self, sandbox=HERE, judge=None, environment=None):
        self.sandbox = pathlib.Path(sandbox).resolve()
        self.limits = read_limits()
        judges = sorted((TOP / "build" / "tests").glob("*/judge"))
        self.judge = pathlib.Path(judge) if judge else (judges[0] if judges else None)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sonde-"))
        self.probe = self.folder / "probe"
        # Ce que personne, dedans, ne doit voir : le travail d'un autre, un secret de l'environnement.
        self.other = self.folder / "autre-etudiant.c"
        self.secret = "secret-" + self.folder.name
        self.environment = {name: os.environ[name] for name in ("PATH", "LANG", "CC") if name in os.environ}
        self.environment.update(environment or {})
        self.prefix = []

    def __enter__(self):
        try:
            self.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def ordinary_user(self):
        """Ce qui fait juger par un utilisateur ordinaire, quand c'est root qui note."""
        return ["sh", str(self.sandbox / "as_user.sh")] if os.getuid() == 0 else []

    def prepare(self):
        """Compile la sonde, et pose ce qu'il ne faut pas voir."""
        os.chmod(self.folder, 0o755)
        self.other.write_text(f"// {self.secret}\n", encoding="utf-8")
        os.chmod(self.other, 0o644)
        self.prefix = self.ordinary_user()
        if self.judge is None:
            raise Impossible("le juge n'est pas construit : make test le construit")
        done = subprocess.run([os.environ.get("CC") or "cc", "-std=c11", "-D_GNU_SOURCE", "-O1", "-pthread", "-o", self.probe,
                               HERE / "probe.c"], capture_output=True, check=False)
        if done.returncode != 0:
            raise Impossible("la sonde ne se compile pas : " + done.stderr.decode("utf-8", "replace")[:200])
        # Elle est à celui qui la lance, comme le programme d'un étudiant : seule la lecture seule la protège.
        if self.prefix:
            user = self.run([*self.prefix, "id", "-u"]).number()
            os.chown(self.probe, user, user)

    def run(self, command, **options):
        """Lance une commande à la racine du dépôt, et attend sa fin."""
        options = {"cwd": TOP, "env": self.environment, "stdin": subprocess.DEVNULL, **options}
        try:
            process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        except OSError as error:
            raise Impossible(str(error)) from error
        with process:
            try:
                text, errors = process.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired as error:
                # Le juge, à qui on le demande, ne laisse rien derrière lui.
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=2)
                process.kill()
                raise Impossible(f"l'essai n'a pas fini en {PATIENCE_S} s") from error
        outcome = Outcome(text.decode("utf-8", "replace"), errors.decode("utf-8", "replace"), process.returncode)
        heed(outcome.errors)
        return outcome

    def place(self, script):
        """Un script du bac à sable, depuis la racine du dépôt, d'où part le juge : JUDGE_WRAPPER se découpe aux espaces."""
        return os.path.join(os.path.relpath(self.sandbox, TOP), script)

    def judge_command(self, program, *words):
        """Ce qui lance un programme comme un test le lance."""
        return ["env", f"JUDGE_WRAPPER=sh {self.place('run.sh')}", os.path.relpath(self.judge, TOP), "--probe", program, *words]

    def compile_command(self, result, source):
        """Ce qui compile une source comme celles des étudiants le sont."""
        return ["sh", self.place("compile.sh"), os.environ.get("CC") or "cc", "-c", "-o", result, source]

    def typed(self, *command):
        """Cette commande, telle qu'elle se tape à la racine du dépôt."""
        return shlex.join(map(str, [*(["sh", self.place("as_user.sh")] if self.prefix else []), *command]))

    def judged(self, *words):
        """La sonde, lancée comme un test lance un programme."""
        outcome = self.run([*self.prefix, *self.judge_command(self.probe, *words)])
        last = None
        for last in LAST_LINE.finditer(outcome.text):
            pass
        if last is None:
            raise Impossible(outcome.errors.strip()[:300] or f"statut {outcome.status}")
        return Outcome(outcome.text[:last.start()], outcome.errors, int(last[2]), last[1] == "1", last[3])

    def alone(self, *words, **options):
        """La sonde, lancée par run.sh sans le juge."""
        outcome = self.run(self.alone_command(*words), **options)
        if outcome.status == 125:
            raise Impossible(outcome.errors.strip()[:300])
        return outcome

    def alone_command(self, *words):
        """La commande de alone()."""
        return [*map(str, [*self.prefix, "sh", self.sandbox / "run.sh", self.probe, *words])]

    def compiled(self, source, name="essai"):
        """Compile un texte par compile.sh. Rend ce qui est sorti, et la taille du résultat, -1 s'il n'y en a pas."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=self.folder))
        os.chmod(folder, 0o777)
        (folder / "essai.c").write_text(source, encoding="utf-8")
        outcome = self.run([*self.prefix, "sh", "-c", 'cd "$1" && shift && exec "$@"', "-", folder,
                            "sh", self.sandbox / "compile.sh", os.environ.get("CC") or "cc", "-c", "-o", "essai.o", "essai.c"])
        if outcome.status == 125:
            raise Impossible(outcome.errors.strip()[:300])
        result = folder / "essai.o"
        return outcome, result.stat().st_size if result.exists() else -1

    def while_compiling(self, *words):
        """La sonde, à la place du compilateur. Ce qu'elle écrit est le résultat."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="compile-", dir=self.folder))
        os.chmod(folder, 0o777)
        shutil.copy(self.probe, folder / "probe")
        script = shlex.join(["./probe", *words]) + " >/out/result; exit 0"
        outcome = self.run([*self.prefix, "sh", "-c", 'cd "$1" && shift && exec "$@"', "-", folder, "sh",
                            self.sandbox / "compile.sh", "sh", "-c", script, "sh", "-o", "resultat", "probe"])
        result = folder / "resultat"
        if not result.exists():
            raise Impossible(outcome.errors.strip()[:300] or f"statut {outcome.status}")
        return Outcome(result.read_text(encoding="utf-8", errors="replace"), outcome.errors, outcome.status)
