"""Les protections tiennent-elles ? L'auto-test du bac à sable, avant de lancer le code d'inconnus.

protections.py [--sandbox DOSSIER] [--judge JUGE] [--quiet]     une ligne par protection ; statut 0 si toutes tiennent

Pour qui appelle :
    holding(sandbox=…)  la liste complète : [{"id", "title", "holds", "detail", "remedy"}]
    check(say)          fait l'essai, dit ce qui tient, et rend (les titres de ce qui manque, les réglages à donner à
                        judge.sh : JUDGE_WRAPPER et COMPILE_WRAPPER, vides si le bac à sable ne marche pas du tout)

Chaque protection est essayée pour de vrai, par une sonde (probe.c) lancée comme un programme d'étudiant : par le
juge, run.sh et compile.sh, et sous un utilisateur ordinaire si c'est root qui corrige. Un essai qui n'a pas pu avoir
lieu ne prouve rien : la protection est tenue pour absente.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE))

import attempts  # noqa: E402
import compiling  # noqa: E402
import running  # noqa: E402

SETTINGS = {"JUDGE_WRAPPER": "sh tests/grading/sandbox/run.sh", "COMPILE_WRAPPER": "sh tests/grading/sandbox/compile.sh"}
WIDTH = 100

INSTALL = "installez bubblewrap : make deps GROUP=class"
APPARMOR = """cette machine (Ubuntu 24.04 et suivantes) interdit par AppArmor les espaces d'utilisateurs aux programmes
sans profil. Pour bwrap et pour le juge, écrivez /etc/apparmor.d/socket-lab :
    abi <abi/4.0>,
    include <tunables/global>
    profile socket-lab-bwrap /usr/bin/bwrap flags=(unconfined) { userns, }
    profile socket-lab-judge %s/build/tests/*/judge flags=(unconfined) { userns, }
puis : sudo apparmor_parser -r /etc/apparmor.d/socket-lab
(ou, pour toute la machine : sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0)"""
FORBIDDEN = "le noyau interdit les espaces d'utilisateurs : sudo sysctl %s"
CONTAINER = """ce conteneur interdit les espaces d'utilisateurs. Lancez-le avec, pour Docker :
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
ou corrigez sur une machine, réelle ou virtuelle, hors de tout conteneur"""
ROOT = "root ne peut pas confier le jugement à un utilisateur ordinaire : sh tests/grading/sandbox/as_user.sh --check dit pourquoi"
ELSEWHERE = "notez la classe sur une machine x86-64 ou ARM 64 bits"
OTHER = "run.sh, compile.sh ou limits.conf (tests/grading/sandbox) ont-ils été changés ? run.sh /bin/true montre ce que dit bubblewrap"


def read_number(path):
    """Un réglage du noyau, ou None."""
    try:
        return int(pathlib.Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def in_container():
    """Sommes-nous dans un conteneur ?"""
    return any(os.path.exists(path) for path in ("/.dockerenv", "/run/.containerenv", "/run/systemd/container"))


def remedy_for(root="/proc/sys"):
    """Ce qui, sur cette machine, empêche le plus souvent les protections de tenir, et le remède."""
    if shutil.which("bwrap") is None:
        return INSTALL
    if read_number(f"{root}/kernel/apparmor_restrict_unprivileged_userns") == 1:
        return APPARMOR % attempts.TOP
    if read_number(f"{root}/kernel/unprivileged_userns_clone") == 0:
        return FORBIDDEN % "kernel.unprivileged_userns_clone=1"
    if read_number(f"{root}/user/max_user_namespaces") == 0:
        return FORBIDDEN % "user.max_user_namespaces=15000"
    return CONTAINER if in_container() else OTHER


def try_one(ground, known):
    """Un essai."""
    identifier, title, attempt = known
    remedy = ROOT if identifier == "utilisateur" else OTHER
    try:
        complaint = attempt(ground)
    except (attempts.Impossible, ValueError, OSError) as error:
        complaint = f"l'essai n'a pas pu avoir lieu : {error}"
        remedy = remedy_for()
    if identifier == "reseau":
        remedy = remedy_for()
    if complaint == running.NO_FILTER:
        remedy = ELSEWHERE
    remedy = "" if complaint is None else remedy
    return {"id": identifier, "title": title, "holds": complaint is None, "detail": complaint or "", "remedy": remedy}


def holding(sandbox=HERE, judge=None, only=None, environment=None):
    """Essaie chaque protection, de front. Rend la liste de ce qui tient et de ce qui manque."""
    known = [one for one in running.ALL + compiling.ALL if only is None or one[0] in only]
    try:
        with attempts.Ground(sandbox, judge, environment) as ground:
            # Le réseau, la mémoire et les disques ne se mesurent pas les uns contre les autres : tout va de front.
            with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 2)) as pool:
                return list(pool.map(lambda one: try_one(ground, one), known))
    except (attempts.Impossible, OSError) as error:
        return [{"id": identifier, "title": title, "holds": False, "detail": str(error), "remedy": remedy_for()}
                for identifier, title, _ in known]


def held_lines(found):
    """Ce qui tient, plusieurs par ligne."""
    line = "Hors de portée :"
    for one in found:
        if not one["holds"]:
            continue
        word = f" ✓ {one['title']}"
        if len(line) + len(word) > WIDTH:
            yield line
            line = " "
        line += word
    yield line


def tell(found, say, quiet=False):
    """Dit ce qui tient et ce qui manque ; chaque remède une seule fois."""
    if not quiet:
        for line in held_lines(found):
            say(line)
    remedies = []
    for one in found:
        if one["holds"]:
            continue
        say(f"✗ {one['title']} : {one['detail']}")
        if one["remedy"] not in remedies:
            remedies.append(one["remedy"])
    for remedy in remedies:
        say(f"Remède : {remedy}")


def check(say):
    """L'essai, pour la correction d'une classe."""
    found = holding()
    tell(found, say)
    works = any(one["holds"] for one in found if one["id"] in ("processus", "compiler"))
    return [one["title"] for one in found if not one["holds"]], dict(SETTINGS) if works else {}


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
