"""Le juge attend ce que le réseau doit encore, quand plus aucun programme ne bouge.

La solution du lab 03 accueille ici ses clients sur une connexion que le noyau ralentit (SO_MAX_PACING_RATE) : tout a été
remis à TCP, le serveur dort, et la fin de l'accueil n'arrive que trois secondes plus tard. Ce n'est pas la faute du
programme. Sous une forte charge, le noyau fait attendre de même : une fenêtre refermée ne se rouvre qu'à la prochaine sonde.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

from tests.judge.command.call import JUDGE

LAB, TEST = "03-multithread", "server_welcomes"
USUAL = """    if (send_all(fd, WELCOME, strlen(WELCOME)) < 0)
        return -1;
"""
# Les dix premiers segments partent aussitôt ; le dixième, long de trois octets à un octet par seconde, retarde le suivant.
SLOWED = """    const unsigned bytes_per_second = 1;
    const int enabled = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);
    setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &bytes_per_second, sizeof bytes_per_second);
    for (size_t i = 0; i < 9; i++)
        send_all(fd, &WELCOME[i], 1);
    send_all(fd, &WELCOME[9], 3);
    if (send_all(fd, &WELCOME[12], strlen(WELCOME) - 12) < 0)
        return -1;
"""
LONG_MS = 2000
PLACE = pathlib.Path("build", "check", "patience")


def lay_out():
    """Le travail à juger : la solution, et son serveur ralenti."""
    shutil.rmtree(PLACE, ignore_errors=True)
    work = PLACE / "travail" / LAB
    shutil.copytree(pathlib.Path("solutions", LAB), work)
    text = (work / "server.c").read_text(encoding="utf-8")
    if text.count(USUAL) != 1:
        sys.exit("la solution n'accueille plus ses clients ainsi : patience.py est à revoir")
    (work / "server.c").write_text(text.replace(USUAL, SLOWED), encoding="utf-8")


def judge():
    """Les résultats de ce travail, et le test."""
    settings = dict(os.environ, WORK=str(PLACE / "travail"), JUDGE_BASE=str(PLACE / "base"), LAB=LAB, TEST=TEST)
    subprocess.run([*JUDGE, "--results"], env=settings, stdin=subprocess.DEVNULL, check=True)
    run = json.loads((PLACE / "base" / LAB / "results.json").read_text(encoding="utf-8"))
    return run, next(test for test in run["tests"] if test["name"] == TEST)


def main():
    lay_out()
    run, test = judge()
    if not run["network"]["isolated"]:
        print("pas de réseau à part : le juge n'y voit pas ce qui est en route, et rien n'est essayé")
        return 0
    if test["status"] != "passed":
        print(f"accusé à tort, après {test['duration_ms']:.0f} ms : {test['failure']['summary']}\n{test['failure']['cause']}")
        return 1
    if test["duration_ms"] < LONG_MS:
        print(f"l'accueil est arrivé en {test['duration_ms']:.0f} ms : rien n'a été éprouvé")
        return 1
    print(f"attendu {test['duration_ms']:.0f} ms, puis jugé juste")
    return 0


if __name__ == "__main__":
    sys.exit(main())
