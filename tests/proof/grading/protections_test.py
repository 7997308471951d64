"""L'auto-test du bac à sable voit-il une protection qui manque ?

Chaque protection est ôtée à son tour, dans une copie des scripts, et l'auto-test doit le voir : celle-là, et pas un
essai qui n'aurait pas pu avoir lieu. Puis les remèdes : ce que bubblewrap a dit, une commande qui le montre vraiment, et ce que dit un noyau imité.
"""

import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile


from tests.grading.sandbox import attempts
from tests.grading.sandbox import protections

# Ce que la machine a, et que rien de dedans ne doit voir : montré exprès.
SHOWN = "".join(f"    --ro-bind {shlex.quote(str(place))} {shlex.quote(str(place))} \\\n"
                for place in (attempts.TOP, tempfile.gettempdir(), "/var"))

# (ce qui est ôté, le fichier, ce qui s'y trouve, ce qui le remplace, les essais qui doivent le voir)
BREAKS = [
    ("l'interdiction de nouveaux espaces", "run.sh", "    --disable-userns \\\n", "", {"droits"}),
    ("l'espace des processus", "run.sh", "    --unshare-pid \\\n    --as-pid-1 \\\n", "",
     {"processus", "espaces", "survivre"}),
    ("l'espace IPC", "run.sh", "    --unshare-ipc \\\n", "", {"espaces"}),
    ("l'abandon des pouvoirs", "run.sh", "    --cap-drop ALL \\\n", "    --cap-add ALL \\\n", {"droits"}),
    ("l'environnement neuf", "run.sh", "    --clearenv \\\n", "", {"environnement"}),
    ("la mort avec le correcteur", "run.sh", "    --die-with-parent \\\n", "", {"correcteur"}),
    ("la lecture seule de la racine", "run.sh", "--remount-ro / ", "", {"ecriture"}),
    ("la lecture seule du programme", "run.sh", '--ro-bind "$program"', '--bind "$program"', {"ecriture"}),
    ("la lecture seule de /etc", "run.sh", '--ro-bind "$JUDGE_ETC"', '--bind "$JUDGE_ETC"', {"ecriture"}),
    ("les fichiers cachés", "run.sh", "    --symlink /box /tmp \\\n", SHOWN, {"tests", "autres", "systeme"}),
    ("la taille du dossier", "run.sh", '    --size "$RUN_DISK" \\\n', "", {"disque"}),
    ("le nombre de processus", "limits.conf", r"^RUN_TASKS=\d+", "RUN_TASKS=1900", {"fork", "threads", "relever"}),
    ("la taille d'un fichier", "run.sh", 'file="$RUN_FILE" ', "", {"fichier", "relever"}),
    ("le temps de calcul", "run.sh", 'cpu="$RUN_CPU" ', "", {"relever"}),
    ("les adresses", "run.sh", 'space="$space" ', "", {"memoire"}),
    ("la mémoire de tous ensemble", "limits.conf", r"^RUN_MEMORY=\d+", "RUN_MEMORY=5368709120", {"memoire", "memoire-8"}),
    ("le nombre de fichiers", "limits.conf", r"^RUN_INODES=\d+", "RUN_INODES=1000000", {"fichiers"}),
    ("la fermeture des descripteurs", "start.c", "    close_above(4);\n", "", {"descripteurs"}),
    ("le secret du premier processus", "start.c", "    prctl(PR_SET_DUMPABLE, 0);\n", "", {"traces"}),
    ("le filtre des appels", "start.c", "    refuse_calls();\n", "", {"memoire-cachee"}),
    ("l'utilisateur ordinaire", "as_user.sh", 'exec setpriv --reuid="$uid" --regid="$uid"', "exec setpriv --reuid=0 --regid=0",
     {"utilisateur"}),
    ("le réseau fermé, en compilant", "compile.sh", "    --unshare-net \\\n", "", {"compile-reseau"}),
    ("les périphériques cachés, en compilant", "compile.sh", "    --dev-bind /dev/null /dev/null \\\n",
     "    --dev-bind /dev /dev \\\n", {"sans-fin"}),
    ("les fichiers cachés, en compilant", "compile.sh", "    --dir /src \\\n", "    --dir /src \\\n" + SHOWN,
     {"include", "incbin", "compile-ecriture"}),
    ("la racine, en compilant", "compile.sh", "--remount-ro / ", "", {"compile-ecriture"}),
    ("l'interdiction de nouveaux espaces, en compilant", "compile.sh", "    --disable-userns \\\n", "", {"compile-droits"}),
    ("l'environnement neuf, en compilant", "compile.sh", "    --clearenv \\\n", "", {"compile-environnement"}),
    ("le nombre de processus, en compilant", "limits.conf", r"^COMPILE_TASKS=\d+", "COMPILE_TASKS=600", {"compile-processus"}),
    ("la taille du résultat", "compile.sh", 'file="$COMPILE_FILE" ', "", {"compile-taille"}),
    ("la mémoire qu'il faut au compilateur", "limits.conf", "COMPILE_ADDRESS_SPACE=", "COMPILE_ADDRESS_SPACE=1000000 # ",
     {"compiler"}),
]
# Ceux-là tiennent au juge, pas aux scripts : voir check_network.
OF_THE_JUDGE = {"reseau", "boucle"}

# Ce que bubblewrap refuse à tout coup, mis dans un script ; ce qu'il en dit ; ce qui marche encore.
NOWHERE = "--ro-bind /nulle-part /nulle-part"
REFUSALS = [("run.sh", "    --ro-bind /usr /usr", {"compiler", "processus"}, {"COMPILE_WRAPPER"}),
            ("compile.sh", "    --ro-bind /usr /usr", {"compiler", "processus"}, {"JUDGE_WRAPPER"})]
# Sans espaces d'utilisateurs, pour de vrai : l'auto-test, dans un espace qui n'en permet plus d'autres.
FORBID = ["unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c",
          'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"', "sh"]

MACHINES = [("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "apparmor_parser"),
            ("proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
            ("proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=15000"),
            (".dockerenv", "", "ce conteneur interdit"),
            ("proc/self/status", "Name:\tsh\nSeccomp:\t2\n", "un filtre d'appels (seccomp)"),
            ("proc/self/status", "Name:\tsh\nSeccomp:\t0\n", "rien ici ne dit par quoi")]


def copy_with(folder, name, before, after):
    """Une copie des scripts, où une chose est changée. Rend son dossier."""
    sandbox = folder / "tests" / "grading" / "sandbox"
    shutil.copytree(attempts.HERE, sandbox, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "build" / "sandbox").mkdir(parents=True)
    shutil.copy(attempts.TOP / "build" / "sandbox" / "start", folder / "build" / "sandbox")
    path = sandbox / name
    text = path.read_text(encoding="utf-8")
    # Une limite se change sans que son essai ait à la suivre.
    pattern = before if name == "limits.conf" else re.escape(before)
    changed = re.sub(pattern, lambda _: after, text, flags=re.M)
    if changed == text:
        raise LookupError(f"{name} ne contient plus « {before.strip()} »")
    path.write_text(changed, encoding="utf-8")
    if name == "start.c":
        subprocess.run([os.environ.get("CC") or "cc", "-std=c11", "-D_GNU_SOURCE", "-I", attempts.TOP / "tests" / "judge" / "library" / "launch",
                        "-o", folder / "build" / "sandbox" / "start", path, sandbox / "closing.c"], check=True)
    return sandbox


def complaints_about(case):
    """Ce que l'auto-test n'a pas vu de ce qui est ôté."""
    title, name, before, after, expected = case
    if name == "as_user.sh" and os.getuid() != 0:
        return None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="protections-"))
    os.chmod(folder, 0o755)
    try:
        found = protections.holding(copy_with(folder, name, before, after), only=expected)
    except LookupError as error:
        return [str(error)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [f"« {one['title']} » n'a rien vu" if one["holds"] else f"« {one['title']} » : {one['detail']}"
            for one in found if one["holds"] or "pas pu avoir lieu" in one["detail"]]


def check_breaks():
    """Chaque protection ôtée est vue."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for case, complaints in zip(BREAKS, pool.map(complaints_about, BREAKS)):
            if complaints is not None:
                yield f"sans {case[0]}", complaints


def check_whole():
    """Rien n'est ôté : tout tient."""
    yield "toutes les protections", [f"{one['title']} : {one['detail']}" for one in protections.holding() if not one["holds"]]


def check_coverage():
    """Chaque essai a sa protection à ôter : un essai que rien ne fait échouer ne prouve rien."""
    broken = set().union(*(case[4] for case in BREAKS)) | OF_THE_JUDGE
    known = {one[0] for one in protections.running.ALL + protections.compiling.ALL}
    yield "chaque essai a de quoi échouer", [f"{name} : rien ne le fait échouer" for name in sorted(known - broken)]


def check_network():
    """Sur un réseau partagé, l'auto-test doit refuser."""
    found = protections.holding(only=OF_THE_JUDGE, environment={"JUDGE_NETWORK": "shared"})
    yield "sans réseau à part", [f"« {one['title']} » n'a rien vu" for one in found if one["holds"]]


def shown_by(remedy):
    """Ce que montre la commande d'un remède, tapée à la racine du dépôt."""
    command = remedy.rpartition("à la racine du dépôt : ")[2]
    done = subprocess.run(["sh", "-c", command], cwd=attempts.TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout


def check_refusals():
    """Quand bubblewrap refuse, on lit ce qu'il dit et sa version ; ce qui marche encore sert encore."""
    for name, line, tried, kept in REFUSALS:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="protections-"))
        os.chmod(folder, 0o755)
        found = protections.holding(copy_with(folder, name, line, f"    {NOWHERE} \\\n{line}"), only=tried)
        refused = next(one for one in found if not one["holds"])
        said = "bwrap: " + refused["detail"].rpartition("« ")[2].rstrip(" »")
        complaints = [] if set(protections.working(found)) == kept else [str(protections.working(found))]
        complaints += [] if "/nulle-part" in said and protections.version() in refused["detail"] else [refused["detail"]]
        shown = shown_by(refused["remedy"])
        complaints += [] if said in shown else [f"{refused['remedy']}\nmontre :\n{shown}"]
        yield f"bubblewrap refuse ce que demande {name}", complaints
        shutil.rmtree(folder)


def check_forbidden():
    """Sans espaces d'utilisateurs, le refus nomme ce qui les interdit."""
    prefix = ["sh", attempts.HERE / "as_user.sh"] if os.getuid() == 0 else []
    done = subprocess.run([*prefix, *FORBID, "python3", "-m", "tests.grading.sandbox.protections"], cwd=attempts.TOP, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    wanted = ("bubblewrap", "(user.max_user_namespaces=0) : sudo sysctl user.max_user_namespaces=")
    yield "sans espaces d'utilisateurs", [] if done.returncode == 1 and all(words in done.stdout for words in wanted) else [done.stdout]


def check_remedies():
    """Le remède dit est celui de la machine."""
    for name, value, words in MACHINES:
        with tempfile.TemporaryDirectory() as folder, attempts.Ground() as ground:
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(value + "\n", encoding="ascii")
            remedy = protections.forbidding(ground, folder)
            yield f"le remède quand {name} vaut {value.strip()!r}", [] if words in remedy else [remedy]
    path, os.environ["PATH"] = os.environ["PATH"], "/nonexistent"
    remedy = protections.holding(only={"compiler"})[0]["remedy"]
    os.environ["PATH"] = path
    yield "le remède quand bubblewrap manque", [] if "make deps GROUP=class" in remedy else [remedy]


def main():
    """Tout, dans l'ordre."""
    passed = failed = 0
    for check in (check_whole, check_coverage, check_breaks, check_network, check_refusals, check_forbidden, check_remedies):
        for title, complaints in check():
            print(f"{'✗' if complaints else '✓'} {title}", flush=True)
            for complaint in complaints:
                print(f"    {complaint}")
            passed, failed = passed + (not complaints), failed + bool(complaints)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
