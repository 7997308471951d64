"""Nos enfants, et les leurs : ce qui a été lancé finit avec nous, même orphelin, même si l'on nous tue.

Tout orphelin de notre descendance nous revient (« subreaper ») : aucun processus n'est cherché par son nom.
"""

import contextlib
import ctypes
import os
import pathlib
import signal
import time

PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None, use_errno=True)


def adopt_orphans():
    """Les orphelins de notre descendance deviennent nos enfants."""
    if LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def parents():
    """{processus: son parent}, d'après /proc."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # Le nom du programme, entre parenthèses, peut contenir n'importe quoi.
                found[int(entry.name)] = int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
    return found


def descendants(root):
    """Tous les descendants d'un processus."""
    table = parents()
    found, frontier = [], [root]
    while frontier:
        parent = frontier.pop()
        children = [pid for pid, above in table.items() if above == parent]
        found += children
        frontier += children
    return found


def title(pid):
    """Ce qu'un processus dit être, ou rien s'il n'est plus."""
    try:
        return pathlib.Path("/proc", str(pid), "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def kill(pid):
    """Tue un processus, et le recueille s'il est notre enfant."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def kill_tree(root):
    """Tue un processus et tous ses descendants. Arrêté d'abord, aucun ne peut en faire naître d'autres."""
    family = [root]
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
        family += [child for child in descendants(pid) if child not in family]
    for pid in family:
        kill(pid)


def kill_all():
    """Tue toute notre descendance, et ne rend la main que lorsqu'il n'en reste rien."""
    while True:
        doomed = descendants(os.getpid())
        if not doomed:
            return
        for pid in doomed:
            kill(pid)


def wait_until(condition, seconds, what):
    """Attend qu'une condition soit vraie, en la regardant souvent ; lève TimeoutError si elle ne vient pas."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} : toujours pas après {seconds} s")
        time.sleep(0.05)
