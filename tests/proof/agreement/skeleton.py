"""Le squelette jugé : zéro point exactement, chaque test dit pourquoi, et chaque source guide.

skeleton.py RÉSULTATS DOSSIER
"""

import json
import pathlib
import sys


def complaints(run, folder):
    """Ce qui ne va pas dans ce squelette."""
    if run["problems"]:
        yield f"le juge a eu des ennuis : {run['problems']}"
    for test in run["tests"]:
        if test["status"] == "passed":
            yield f"{test['name']} est réussi par un squelette vide"
    for build in run["build"]:
        if not build["ok"]:
            yield f"{build['program']} ne se construit pas : {build['message']}"
    for source in sorted(folder.glob("*.c")):
        if "TODO" not in source.read_text(encoding="utf-8"):
            yield f"{source} : rien n'y dit ce qu'il y a à faire ; « // TODO (étape N) : … » est attendu dans chaque fonction à écrire"


def main():
    run = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = list(complaints(run, pathlib.Path(sys.argv[2])))
    for complaint in found:
        print(f"{run['lab']} : {complaint}")
    print(f"{run['lab']} : {run['points']} point, jugé en {run['duration_ms']} ms")
    return 1 if found or run["points"] != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
