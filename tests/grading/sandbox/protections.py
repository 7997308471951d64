"""Les protections tiennent-elles ? L'auto-test du bac à sable, avant de lancer le code d'inconnus.

protections.py [--sandbox DOSSIER] [--judge JUGE] [--quiet]     une ligne par protection ; statut 0 si toutes tiennent

Pour qui appelle :
    holding(sandbox=…)  la liste complète : [{"id", "title", "holds", "detail", "remedy"}]
    check(say)          fait l'essai, dit ce qui tient, et rend (les titres de ce qui manque, les réglages à donner à
                        judge.sh : JUDGE_WRAPPER si des programmes y tournent, COMPILE_WRAPPER s'il y compile)

Chaque protection est essayée pour de vrai, par une sonde (probe.c) lancée comme un programme d'étudiant : par le
juge, run.sh et compile.sh, et sous un utilisateur ordinaire si c'est root qui corrige. Un essai qui n'a pas pu avoir
lieu ne prouve rien : la protection est tenue pour absente, et l'on dit ce que bubblewrap en a dit.
"""

import argparse
import concurrent.futures
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

from tests.grading.sandbox import attempts
from tests.grading.sandbox import compiling
from tests.grading.sandbox import running

SETTINGS = {"JUDGE_WRAPPER": "sh tests/grading/sandbox/run.sh", "COMPILE_WRAPPER": "sh tests/grading/sandbox/compile.sh"}
WIDTH = 100

INSTALL = "installez bubblewrap : make deps GROUP=class"
APPARMOR = """cette machine (Ubuntu 24.04 et suivantes) interdit par AppArmor les espaces d'utilisateurs aux programmes
sans profil (kernel.apparmor_restrict_unprivileged_userns=1). Pour bwrap et pour le juge, écrivez /etc/apparmor.d/socket-lab :
    abi <abi/4.0>,
    include <tunables/global>
    profile socket-lab-bwrap /usr/bin/bwrap flags=(unconfined) { userns, }
    profile socket-lab-judge %s/build/tests/*/judge flags=(unconfined) { userns, }
puis : sudo apparmor_parser -r /etc/apparmor.d/socket-lab
(ou, pour toute la machine : sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0)"""
FORBIDDEN = "le noyau interdit les espaces d'utilisateurs (%s=0) : sudo sysctl %s=%s"
CONTAINER = """%s interdit les espaces d'utilisateurs, ou une part de ce qu'ils demandent. Lancez-le avec, pour Docker :
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
ou corrigez sur une machine, réelle ou virtuelle, hors de tout conteneur"""
UNKNOWN = """les espaces d'utilisateurs sont refusés, et rien ici ne dit par quoi : ni AppArmor, ni un réglage du noyau, ni un
filtre d'appels (seccomp). Un simple chroot les interdit aussi. """
ROOT = "root ne peut pas confier le jugement à un utilisateur ordinaire : sh tests/grading/sandbox/as_user.sh --check dit pourquoi"
ELSEWHERE = "notez la classe sur une machine x86-64 ou ARM 64 bits"
CHANGED = "run.sh, compile.sh ou limits.conf (tests/grading/sandbox) ont-ils été changés ? « git diff tests/grading/sandbox » le dit"
SIMPLEST = ["bwrap", "--unshare-user", "--unshare-pid", "--bind", "/", "/", "--proc", "/proc", "true"]
SHOW = "pour le voir, à la racine du dépôt : %s"
REFUSED = "%s ouvre un bac à sable ici, mais non celui que demande %s : a-t-il été changé ? Sinon, cette version n'accepte\npas tout ce qu'il demande : signalez-le ; " + SHOW


def read_number(path):
    """Un réglage du noyau, ou None."""
    try:
        return int(pathlib.Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def in_container(root):
    """Sommes-nous dans un conteneur ?"""
    return any(os.path.exists(f"{root}/{path}") for path in (".dockerenv", "run/.containerenv", "run/systemd/container"))


def is_filtered(root):
    """Un filtre d'appels (seccomp), celui d'un conteneur le plus souvent, tient-il ce qui tourne ici ?"""
    status = pathlib.Path(f"{root}/proc/self/status").read_text(encoding="utf-8", errors="replace")
    return re.search(r"^Seccomp:\s*2$", status, re.M) is not None


def forbidding(ground, root=""):
    """Ce qui, vu sur cette machine, interdit les espaces d'utilisateurs, et le remède de chacun."""
    found = []
    if in_container(root):
        found.append(CONTAINER % "ce conteneur")
    if read_number(f"{root}/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1:
        found.append(APPARMOR % attempts.TOP)
    for name, usual in (("kernel.unprivileged_userns_clone", "1"), ("user.max_user_namespaces", "15000")):
        if read_number(f"{root}/proc/sys/{name.replace('.', '/')}") == 0:
            found.append(FORBIDDEN % (name, name, usual))
    if not found and is_filtered(root):
        found.append(CONTAINER % "un filtre d'appels (seccomp), comme en ont les conteneurs,")
    return "\n".join(found) or UNKNOWN + SHOW % ground.typed(*SIMPLEST)


@functools.cache
def version():
    """Ce que bubblewrap dit de lui-même : « bubblewrap 0.12.0 »."""
    return subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False).stdout.strip() or "bubblewrap"


@functools.cache
def opens_simplest(*prefix):
    """Le plus simple des bacs à sable s'ouvre-t-il ici, pour qui jugera ?"""
    return subprocess.run([*prefix, *SIMPLEST], cwd=attempts.TOP, capture_output=True, check=False).returncode == 0


def opens():
    """Le plus simple des bacs à sable s'ouvre-t-il ici ? Sans cela, rien ne sert d'essayer les autres."""
    return shutil.which("bwrap") is not None and opens_simplest()


def remedy_for(ground, script, command):
    """Le remède, quand bubblewrap n'a pas ouvert le bac à sable que demande ce script."""
    if not opens_simplest(*ground.prefix):
        return forbidding(ground)
    return REFUSED % (version(), script, command)


def showing(ground, known):
    """Le script qui a fait cet essai, et de quoi le voir à nu."""
    if known in compiling.ALL:
        return "compile.sh", ground.typed(*ground.compile_command("/tmp/essai.o", ground.place("probe.c")))
    return "run.sh", ground.typed(*ground.judge_command("/bin/true"))


def try_one(ground, known):
    """Un essai."""
    identifier, title, attempt = known
    remedy = ROOT if identifier == "utilisateur" else CHANGED
    try:
        complaint = attempt(ground)
        if identifier == "reseau":
            remedy = forbidding(ground)
    except attempts.Refused as refusal:
        complaint = f"l'essai n'a pas pu avoir lieu : {version()} dit « {refusal} »"
        remedy = remedy_for(ground, *showing(ground, known))
    except (attempts.Impossible, ValueError, OSError) as error:
        complaint = f"l'essai n'a pas pu avoir lieu : {error}"
        remedy = SHOW % showing(ground, known)[1]
    if complaint == running.NO_FILTER:
        remedy = ELSEWHERE
    remedy = "" if complaint is None else remedy
    return {"id": identifier, "title": title, "holds": complaint is None, "detail": complaint or "", "remedy": remedy}


def holding(sandbox=HERE, judge=None, only=None, environment=None):
    """Essaie chaque protection, de front. Rend la liste de ce qui tient et de ce qui manque."""
    known = [one for one in running.ALL + compiling.ALL if only is None or one[0] in only]
    if shutil.which("bwrap") is None:
        return none_holds(known, "bubblewrap (bwrap) n'est pas installé", INSTALL)
    try:
        with attempts.Ground(sandbox, judge, environment) as ground:
            # Le réseau, la mémoire et les disques ne se mesurent pas les uns contre les autres : tout va de front.
            with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 2)) as pool:
                return list(pool.map(lambda one: try_one(ground, one), known))
    except (attempts.Impossible, OSError) as error:
        return none_holds(known, str(error), "")


def none_holds(known, detail, remedy):
    """Rien n'a pu être essayé."""
    return [{"id": identifier, "title": title, "holds": False, "detail": detail, "remedy": remedy} for identifier, title, _ in known]


def lines_of(line, mark, found):
    """Plusieurs protections par ligne, après ces premiers mots."""
    for one in found:
        word = f" {mark} {one['title']}"
        if len(line) + len(word) > WIDTH:
            yield line
            line = " "
        line += word
    yield line


def tell(found, say, quiet=False):
    """Dit ce qui tient et ce qui manque ; chaque cause et chaque remède une seule fois."""
    if not quiet:
        for line in lines_of("Hors de portée :", "✓", [one for one in found if one["holds"]]):
            say(line)
    missing = [one for one in found if not one["holds"]]
    for detail in dict.fromkeys(one["detail"] for one in missing):
        same = [one for one in missing if one["detail"] == detail]
        if len(same) == 1:
            say(f"✗ {same[0]['title']} : {detail}")
            continue
        say(f"✗ {detail}")
        for line in lines_of(" ", "✗", same):
            say(line)
    for remedy in dict.fromkeys(one["remedy"] for one in missing if one["remedy"]):
        say(f"Remède : {remedy}")


def check(say):
    """L'essai, pour la correction d'une classe."""
    found = holding()
    tell(found, say)
    return [one["title"] for one in found if not one["holds"]], working(found)


def working(found):
    """Les réglages du bac à sable qui marche : lancer des programmes, compiler ; l'un peut marcher sans l'autre."""
    held = {one["id"] for one in found if one["holds"]}
    runs = held & {identifier for identifier, _, _ in running.ALL} - {"utilisateur"}
    return {name: value for name, value in SETTINGS.items() if ("compiler" in held if name == "COMPILE_WRAPPER" else runs)}


def main():
    """La ligne de commande."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sandbox", default=HERE)
    parser.add_argument("--judge")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    found = holding(options.sandbox, options.judge)
    tell(found, print, options.quiet)
    missing = sum(not one["holds"] for one in found)
    print(f"{len(found) - missing} protections tiennent, {missing} manquent")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
