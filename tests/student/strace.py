"""« make strace » : le serveur de l'étudiant sous strace, chacun de ses appels au réseau montré en direct."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from tests.judge.report import paint
from tests.student import build
from tests.student import foreground
from tests.student import student_work

LOOK_FOR = """\
Chaque ligne est un appel au système : son nom, ses arguments, puis « = » et ce qu'il a rendu.
  - le dernier appel, sans « = » : c'est là que votre serveur attend
  - « = -1 » : un appel a échoué, et le mot en majuscules dit pourquoi
  - le premier nombre entre parenthèses est le descripteur : est-ce celui que vous vouliez ?
  - « close » : un descripteur est rendu ; en TCP, celui de chaque client doit l'être
  - « --- SIG… --- » : un signal est arrivé
  - un numéro en tête de ligne : le thread, ou le processus, qui parle
Dans un autre terminal, parlez à {address}. Ctrl-C arrête le serveur.
"""

# Le chargement du programme lit et ferme des fichiers avant sa première ligne : rien de lui ne s'y voit.
FILTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "after_loading.py")


@contextlib.contextmanager
def filtered():
    """Où strace doit écrire. Le filtre a sa propre session : Ctrl-C, qui est pour le serveur, ne l'atteint jamais."""
    with tempfile.TemporaryDirectory(prefix="strace-", dir="build") as folder:
        pipe = os.path.join(folder, "appels")
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        # Tenue jusqu'à la fin de strace : tant qu'il n'a pas ouvert le tube, le filtre n'y voit pas de fin.
        writer = os.open(pipe, os.O_WRONLY)
        os.set_blocking(reader, True)
        with subprocess.Popen([sys.executable, "-SEs", FILTER], stdin=reader, start_new_session=True):
            os.close(reader)
            try:
                yield pipe
            finally:
                os.close(writer)


def tell(text):
    """Écrit ce texte à la largeur du terminal."""
    paper = paint.Paper(sys.stderr)
    for line in text.split("\n"):
        paper.wrapped(line.lstrip(), indent=len(line) - len(line.lstrip()), hanging=4 if line.startswith(" ") else 0)
    paper.flush()


def ending(status):
    """Comment le serveur a fini, d'après le statut que dirait un shell."""
    if status > 128:
        return f"votre serveur a été tué par le signal {status - 128} ({signal.Signals(status - 128).name}) : il ne s'arrête pas lui-même."
    return f"votre serveur a fini avec le code {status}."


def main():
    lab = student_work.the_lab("strace")
    words = build.arguments(lab, "strace")
    if not shutil.which("strace"):
        student_work.die("strace", "strace n'est pas installé. Pour l'avoir : make deps GROUP=debug")
    target = build.program("strace", lab, lab.described.server)
    udp = "-u " if lab.described.protocol == "udp" else ""
    tell(LOOK_FOR.format(address=f"votre serveur : nc {udp}{' '.join(words)}"))
    # read et poll ne sont pas du réseau, mais c'est souvent là qu'un serveur attend. -I 3 : Ctrl-C est pour le
    # serveur ; strace montre son arrêt.
    with filtered() as pipe:
        status = foreground.run(["strace", "-f", "-I", "3", "-e", "trace=network,read,close,?poll,?ppoll", "-o", pipe, target, *words])
    # Un serveur arrêté, ou qui n'a pas pu démarrer, s'est montré : ce n'est pas cette commande qui a échoué.
    tell(f"strace : {ending(status)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
