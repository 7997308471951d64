"""Ce qu'un programme jugé ne doit pas pouvoir faire. Chaque fonction essaie pour de bon, et rend une plainte ou None."""

import contextlib
import fcntl
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

from tests.grading.sandbox.attempts import PATIENCE_S, TOP, heed, registry

NO_FILTER = "le filtre des appels n'est pas connu pour cette machine, seulement pour x86-64 et ARM 64 bits (start.c)"
ALL, protection = registry()


def complain(obtained):
    """Ce qui a été obtenu, en une plainte."""
    return "obtenu : " + ", ".join(obtained) if obtained else None


def expect_refusals(outcome):
    """Tout a été refusé, et quelque chose a bien été essayé."""
    if outcome.obtained:
        return complain(outcome.obtained)
    return None if outcome.refused else "la sonde n'a rien pu essayer " + outcome.errors.strip()[:120]


@protection("utilisateur", "un utilisateur ordinaire, et non root")
def ordinary_user(ground):
    done = ground.run([*ground.prefix, "id", "-u"])
    return None if done.lines and done.lines[0] != "0" else "le jugement serait fait par root"


@protection("reseau", "le réseau du dehors")
def outside_network(ground):
    outcome = ground.judged("connect", "192.0.2.1", "80", "8.8.8.8", "53")
    if not outcome.isolated:
        return "le juge n'a pas pu donner à chaque test son propre réseau"
    return expect_refusals(outcome)


@protection("boucle", "les services de cette machine (boucle locale)")
def host_loopback(ground):
    with socket.socket() as service, socket.socket(socket.AF_UNIX) as local:
        service.bind(("127.0.0.1", 0))
        service.listen()
        name = "sonde-" + ground.folder.name
        local.bind("\0" + name)
        local.listen()
        return (expect_refusals(ground.judged("connect", "127.0.0.1", str(service.getsockname()[1])))
                or expect_refusals(ground.judged("abstract", name)))


@protection("tests", "les tests et les corrigés")
def tests_and_solutions(ground):
    paths = [TOP / name for name in ("Makefile", "tests/judge/command/judge.sh", "solutions", "labs", "build/tests", "docs")]
    paths += sorted(TOP.glob("solutions/*/*.c"))[:2] + [ground.sandbox / "run.sh", ground.judge]
    return expect_refusals(ground.judged("read", *paths))


@protection("autres", "les autres étudiants")
def other_students(ground):
    return expect_refusals(ground.judged("read", ground.other, ground.folder, "/tmp/" + ground.folder.name, TOP / "build" / "work"))


@protection("systeme", "les fichiers de cette machine")
def system_files(ground):
    return expect_refusals(ground.judged("read", "/etc/passwd", "/etc/shadow", "/root", "/home", "/var", "/sys", "/run", "/opt",
                                         "/dev/mem", "/dev/kmsg", "/dev/tty", "/proc/1/root/etc/passwd", "/proc/kcore"))


@protection("ecriture", "écrire hors de son dossier")
def writing_outside(ground):
    outcome = ground.judged("write", "/", "/usr", "/usr/bin", "/etc", "/app", "/dev", "/proc", "/lib", TOP, ground.folder)
    if (ground.folder / "sonde").exists():
        return "un fichier a été créé sur la machine"
    return expect_refusals(outcome)


@protection("processus", "voir ou tuer d'autres processus")
def other_processes(ground):
    with subprocess.Popen([*ground.prefix, "sleep", str(PATIENCE_S)], cwd=TOP, stdout=subprocess.DEVNULL) as victim:
        try:
            seen = ground.judged("processes")
            if len(seen.lines) > 2:
                return f"{len(seen.lines)} processus se voient"
            return (expect_refusals(ground.judged("kill", str(victim.pid)))
                    or ("un processus de la machine a été tué" if victim.poll() is not None else None))
        finally:
            victim.kill()


@protection("traces", "lire ou suivre un autre processus (ptrace)")
def tracing(ground):
    return expect_refusals(ground.judged("trace"))


@protection("droits", "gagner des droits, ouvrir un espace à soi")
def privileges(ground):
    return expect_refusals(ground.judged("privileges"))


@protection("espaces", "partager un espace de la machine")
def namespaces(ground):
    outcome = ground.judged("namespaces")
    inside = dict(line.split(" ", 1) for line in outcome.lines)
    shared = [name for name, value in inside.items() if value == os.readlink(f"/proc/self/ns/{name}")]
    return complain(shared) if inside else "la sonde n'a rien dit"


@protection("relever", "relever ses limites")
def raising_limits(ground):
    outcome = ground.judged("limits")
    wanted = {"processus": "RUN_TASKS", "temps": "RUN_CPU", "fichier": "RUN_FILE", "descripteurs": "RUN_DESCRIPTORS"}
    for line in outcome.lines:
        name, _, value = line.partition(" ")
        if name in wanted and int(value) != ground.limits[wanted[name]]:
            return f"la limite « {name} » est {value}, et non {ground.limits[wanted[name]]}"
    return expect_refusals(outcome)


def expect_few(ground, outcome, what):
    """Pas plus que permis ; le juge a pu l'arrêter avant qu'il ait fini de compter."""
    stopped = re.search(r"(\d+) processus et threads", outcome.limit) if outcome.status == signal.SIGKILL else None
    count = int(stopped[1]) if stopped else outcome.number()
    return None if count <= ground.limits["RUN_TASKS"] else f"{count} {what} à la fois"


@protection("fork", "se multiplier sans fin (processus)")
def forks(ground):
    return expect_few(ground, ground.judged("forks"), "processus")


@protection("threads", "se multiplier sans fin (threads)")
def threads(ground):
    return expect_few(ground, ground.judged("threads"), "threads")


def expect_killed(outcome, words):
    """Le juge a arrêté le programme, et dit pourquoi."""
    if outcome.status != signal.SIGKILL:
        return f"le programme n'a pas été arrêté (statut {outcome.status})"
    return None if words in outcome.limit else f"la limite n'est pas nommée (« {outcome.limit} »)"


@protection("memoire", "prendre toute la mémoire, seul")
def memory(ground):
    allowed = ground.limits["RUN_MEMORY"] >> 20
    return (expect_killed(ground.judged("memory", str(2 * allowed), "1"), "mémoire")
            or expect_refusals(ground.judged("addresses", str(2 * ground.limits["RUN_ADDRESS_SPACE"] >> 30))))


@protection("memoire-8", "prendre toute la mémoire, à huit processus")
def shared_memory(ground):
    return expect_killed(ground.judged("memory", str((ground.limits["RUN_MEMORY"] >> 20) // 4), "8"), "mémoire")


def has_filter():
    """start.c n'a de filtre que pour x86-64 (62) et ARM 64 bits (183) : un programme porte le numéro de sa machine."""
    header = (TOP / "build" / "sandbox" / "start").read_bytes()[:20]
    return int.from_bytes(header[18:20], sys.byteorder) in (62, 183)


@protection("memoire-cachee", "cacher de la mémoire dans le noyau")
def hidden_memory(ground):
    if not has_filter():
        return NO_FILTER
    return expect_refusals(ground.judged("hidden"))


@protection("disque", "remplir le disque")
def disk(ground):
    allowed = ground.limits["RUN_DISK"] >> 20
    outcome = ground.judged("disk", str(4 * allowed))
    # Tué pendant qu'il écrivait encore, il n'a rien compté.
    if any(line.isdigit() and int(line) > allowed for line in outcome.lines):
        return f"{outcome.number()} Mio ont été écrits"
    return None if "disque" in outcome.limit else f"la limite n'est pas nommée (« {outcome.limit} »)"


@protection("fichiers", "créer des fichiers sans fin")
def inodes(ground):
    return expect_killed(ground.judged("inodes"), "fichiers")


@protection("fichier", "écrire un fichier trop grand")
def large_file(ground):
    outcome = ground.judged("file", str((ground.limits["RUN_FILE"] >> 20) + 2))
    return None if outcome.status == signal.SIGXFSZ else f"le programme n'a pas été arrêté (statut {outcome.status})"


@protection("descripteurs", "des descripteurs hérités")
def descriptors(ground):
    given = os.open(ground.other, os.O_RDONLY)
    inherited = fcntl.fcntl(given, fcntl.F_DUPFD, 50)
    os.close(given)
    # setpriv et sh les laissent passer : c'est au bac à sable de les fermer.
    outcome = ground.alone("descriptors", pass_fds=[inherited])
    os.close(inherited)
    extra = [line for line in outcome.lines if line not in ("0", "1", "2")]
    return complain(extra) if outcome.lines else "la sonde n'a rien dit " + outcome.errors[:120]


@protection("environnement", "lire l'environnement de qui corrige")
def environment(ground):
    command = ground.alone_command("environment")
    # Après as_user.sh, qui en refait un : la fuite cherchée est celle du bac à sable.
    command[len(ground.prefix):len(ground.prefix)] = ["env", f"CORRECTEUR={ground.secret}"]
    outcome = ground.run(command)
    if not any(line.startswith("PATH=") for line in outcome.lines):
        return "la sonde n'a rien dit " + outcome.errors[:120]
    return "une variable du correcteur se lit" if ground.secret in outcome.text else None


def running_probes(ground, word):
    """Les processus qui exécutent encore la sonde, pour cet essai : les autres vont de front."""
    probe = ground.probe.stat()
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            status = os.stat(entry / "exe")
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if (status.st_dev, status.st_ino) == (probe.st_dev, probe.st_ino) and word.encode() in words:
                found.append(entry.name)
    return found


@protection("survivre", "survivre à sa fin (démon)")
def survival(ground):
    ground.judged("daemon")
    ground.alone("daemon")
    return bury(running_probes_after(ground, "daemon"))


def bury(left):
    """Ce qui a survécu ne doit pas rester pour autant."""
    for number in left:
        with contextlib.suppress(OSError):
            os.kill(int(number), signal.SIGKILL)
    return f"{len(left)} processus restent" if left else None


def running_probes_after(ground, word):
    """Un processus tué met un instant à disparaître."""
    deadline = time.monotonic() + 2
    left = running_probes(ground, word)
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        left = running_probes(ground, word)
    return left


@protection("correcteur", "survivre à la mort de qui corrige")
def orphans(ground):
    with subprocess.Popen(ground.alone_command("wait"), cwd=TOP, env=ground.environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            ready = process.stdout.readline()
        finally:
            process.kill()
        # Ce qui lui survivrait tiendrait encore stderr : on ne le lit que si rien n'a démarré.
        errors = "" if ready else process.stderr.read().decode("utf-8", "replace")
    if ready != "prêt\n".encode():
        heed(errors)
        return "la sonde n'a pas démarré " + errors[:120]
    return bury(running_probes_after(ground, "wait"))
