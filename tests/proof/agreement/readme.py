"""Exécute chaque commande des README, dans une copie du dépôt, comme quelqu'un qui les taperait.

readme.py FICHIER…

Les commandes sont les lignes des blocs « sh », prises telles quelles : aucune liste n'est tenue à la main.
« make check » n'est pas relancé : c'est lui qui nous appelle.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

COPY = pathlib.Path("build/check/readme")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)
# Juger un squelette rend 1 : des points manquent. C'est la bonne réponse.
MAY_LACK_POINTS = re.compile(r"make test\b")
PERFECT = "make test"


def commands(text):
    """Les blocs de commandes d'un README, chacun avec son dossier de départ."""
    for block in BLOCK.findall(text):
        folder = COPY
        for line in block.splitlines():
            command = line.split("#")[0].strip()
            if command.startswith("cd "):
                folder = folder / command[3:]
            elif command:
                yield folder, command


def copy_repository():
    """Le dépôt tel qu'il est, avec ce qui est déjà compilé : les dates sont gardées."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for entry in pathlib.Path(".").iterdir():
        if entry.name in ("build", ".git"):
            continue
        copy = shutil.copytree if entry.is_dir() else shutil.copy2
        copy(entry, COPY / entry.name)
    for entry in ("judge", "tests", "packages"):
        if pathlib.Path("build", entry).is_dir():
            shutil.copytree(pathlib.Path("build", entry), COPY / "build" / entry, symlinks=True)


def expected(folder, command):
    """Les statuts admis : les corrigés ont tous les points, un squelette aucun."""
    if not MAY_LACK_POINTS.match(command):
        return (0,)
    return (0,) if folder == COPY and command == PERFECT else (0, 1)


def run(folder, command):
    """Exécute une commande ; rend vrai si tout va bien."""
    # Une machine d'intégration n'a pas toujours de quoi faire un bac à sable : ce n'est pas ce que l'on essaie ici.
    done = subprocess.run(command, shell=True, cwd=folder, env={**os.environ, "INSECURE": "1"}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    good = done.returncode in expected(folder, command)
    print(f"{'✓' if good else '✗'} [{done.returncode}] {command}", flush=True)
    if not good:
        print(done.stdout.decode("utf-8", "replace"))
    return good


def main():
    copy_repository()
    results = {}
    for name in sys.argv[1:]:
        for step in commands(pathlib.Path(name).read_text(encoding="utf-8")):
            if step[1] != "make check" and step not in results:
                results[step] = run(*step)
    shutil.rmtree(COPY)
    failed = list(results.values()).count(False)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
