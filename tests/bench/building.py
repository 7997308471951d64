"""Compile ce qui est mesuré, dans build/bench/bin : les générateurs, et les serveurs écrits en C.

Tous avec les mêmes options. Rien n'est recompilé tant que ce dont un programme est fait n'a pas changé.
"""

import hashlib
import os
import pathlib
import subprocess

from tests.judge.command.lab_reader import Lab, settings

HERE = pathlib.Path("tests", "bench")
BIN = pathlib.Path("build", "bench", "bin")
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-g", "-Wall", "-Wextra", "-Icommon", "-pthread"]


class Trouble(Exception):
    """Ce qui empêche de mesurer, en une phrase."""


def library(lab):
    """{fichier: chemin} des sources de la bibliothèque d'un lab, et de celle qu'il emprunte."""
    owners = filter(None, (lab, settings(lab).get("BORROW")))
    return {name: f"solutions/{owner}/{name}" for owner in owners for name in settings(owner).get("LIBRARY", "").split()
            if name.endswith(".c")}


def compile_program(name, sources, options=()):
    """Compile ce programme, s'il le faut ; rend son chemin."""
    target = BIN / name
    headers = [f"-I{folder}" for folder in sorted(map(str, pathlib.Path("labs").iterdir())) if os.path.isdir(folder)]
    command = [os.environ.get("CC") or "cc", *FLAGS, *headers, "-o", str(target), *map(str, sources), *options]
    digest, stamp = fingerprint(command, sources), BIN / (name + ".digest")
    if target.is_file() and stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
        return str(target)
    BIN.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", errors="replace")
    if done.returncode != 0:
        raise Trouble(f"{name} ne compile pas :\n{done.stdout.strip()}")
    stamp.write_text(digest, encoding="ascii")
    return str(target)


def fingerprint(command, sources):
    """Tout ce dont le programme dépend, en un mot."""
    digest = hashlib.sha256("\0".join(command).encode())
    headers = [*pathlib.Path("common").glob("*.h"), *pathlib.Path("labs").glob("*/*.h"), *HERE.glob("load/*.h")]
    for path in [*map(pathlib.Path, sources), *sorted(headers)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def generator(name):
    """Le générateur de ce nom."""
    return compile_program("charge-" + name, [HERE / "load" / (name + ".c"), HERE / "load" / "load.c"])


def server_program(lab, name, server):
    """Le programme de ce serveur, ou None pour une commande du système."""
    if "source" in server:
        return compile_program(f"{lab}-{name}", [server["source"]], server.get("libraries", []))
    if "command" in server:
        return None
    main = Lab(lab).server + ".c"
    files = {main: f"solutions/{lab}/{main}", **library(lab)}
    files.update((file, HERE / "partners" / other) for file, other in server.get("replace", {}).items())
    sources = [*files.values(), *sorted(pathlib.Path("common").glob("*.c"))]
    sources += [HERE / "partners" / other for other in server.get("with", [])]
    return compile_program(f"{lab}-{name}", sources, [f"-Wl,--wrap={call}" for call in server.get("wrap", [])])


def build(rows):
    """Compile tout ce dont ces mesures ont besoin."""
    for row in rows:
        generator(row.values["generator"])
        for name, server in row.servers.items():
            server_program(row.lab, name, server)
