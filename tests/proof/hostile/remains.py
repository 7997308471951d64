"""Ce qu'une notation laisserait derrière elle : processus, montages, objets partagés, fichiers passagers."""

import contextlib
import os
import pathlib
import time

from tests.proof.hostile import ground

PATIENCE = 5


def mounts():
    """Les montages que nous voyons, espaces de noms gardés en vie compris."""
    return {line.split(" ", 2)[2] for line in pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()}


def shared(uids):
    """Les objets System V de ces utilisateurs."""
    found = set()
    for kind in ("shm", "sem", "msg"):
        path = pathlib.Path("/proc/sysvipc", kind)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else [""]
        columns = lines[0].split()
        for line in lines[1:]:
            values = dict(zip(columns, line.split()))
            if {int(values["uid"]), int(values["cuid"])} & uids:
                found.add(f"{kind} {line.strip()}")
    return found


def files(uids):
    """Les fichiers de ces utilisateurs, là où tout le monde peut écrire."""
    found = set()
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock"):
        for entry in os.scandir(folder) if os.path.isdir(folder) else ():
            try:
                if entry.stat(follow_symlinks=False).st_uid in uids:
                    found.add(entry.path)
            except OSError:
                continue
    return found


def processes(uids):
    """Les processus de ces utilisateurs, et nos orphelins."""
    found = {pid for pid, uid in ground.owners() if uid in uids}
    for pid in pathlib.Path("/proc").iterdir():
        try:
            if pid.name.isdigit() and int((pid / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]) == os.getpid():
                found.add(int(pid.name))
        except (OSError, ValueError):
            continue
    return {f"processus {pid} {command(pid)}" for pid in found}


def command(pid):
    """Ce qu'un processus dit être."""
    try:
        return pathlib.Path("/proc", str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:80]
    except OSError:
        return "?"


def bury():
    """Recueille nos orphelins déjà morts : ils ne tiennent plus rien."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def lasting(uids, before):
    """Ce qui reste de plus qu'avant. Un processus tué met un instant à partir : on regarde jusqu'à ce qu'il le soit."""
    end = time.monotonic() + PATIENCE
    while True:
        found = look(uids) - before
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.1)


def look(uids):
    """Tout ce qui est là maintenant."""
    bury()
    uids = set(uids) - {0}
    return processes(uids) | mounts() | shared(uids) | files(uids - {os.getuid()})
