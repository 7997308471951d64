"""« make debug-server », « make debug-client »… : le programme de l'étudiant sous gdb, la session déjà préparée.

debug.py PROGRAMME      LAB= WORK= ARGS=
"""

import os
import re
import shlex
import shutil
import sys

from tests.student import build
from tests.student import foreground
from tests.student import student_work

FUNCTION = re.compile(r"^(?:static )?[a-z][\w \t*]*?\b(\w+)\([^;{}]*\)\s*\{", re.M)

SESSION = """\
# Écrit par « make debug-{name} » : relisez-le, copiez-en ce qui vous sert.
set confirm off
set print pretty on
set print array-indexes on
set breakpoint pending on
# Un programme qui se dédouble (fork) : gdb garde le père, et laisse le fils aller.
set follow-fork-mode parent
set detach-on-fork on
# Le signal d'une connexion fermée arrête le programme ici, au lieu de le tuer sans un mot.
handle SIGPIPE stop print pass
# Ceux de l'arrêt vont au programme, comme d'habitude.
handle SIGTERM nostop print pass
{threads}set args {args}
break main
{at_main}{stops}\
echo \\n
echo {title}\\n
echo \\n
echo   run            démarrer ; le programme s'arrête à main\\n
echo   next, step     la ligne suivante ; step entre dans la fonction appelée\\n
echo   print x        la valeur de x ; print errno ; print *structure\\n
echo   continue       repartir : chaque fonction du lab arrête une fois, la première\\n
echo   bt             par où l'on est passé pour arriver ici\\n
{advice}\
echo   Ctrl-C         reprendre la main pendant que le programme attend\\n
echo   quit           finir\\n
echo \\n
"""
THREADS = "set print thread-events off\n"
# gdb n'accepte ce réglage qu'une fois le programme lancé.
AT_MAIN = "# Avancer d'un pas ne fait pas avancer les autres threads.\ncommands\nset scheduler-locking step\nend\n"
THREADS_ADVICE = ("echo   info threads   où est chaque thread ; thread 3 : passer au troisième\\n\n"
                  "echo   thread apply all bt   les piles de tous\\n\n")
SERVER_ADVICE = "echo   Dans un autre terminal, parlez-lui avec nc, ou avec ./client.\\n\necho \\n\n"
CLIENT_ADVICE = "echo   Un serveur doit tourner dans un autre terminal : ./server, ou nc -l.\\n\necho \\n\n"


def functions(path):
    """Les fonctions que l'étudiant a écrites dans ce fichier, main à part."""
    with open(path, encoding="utf-8", errors="replace") as file:
        names = FUNCTION.findall(file.read())
    return [name for name in dict.fromkeys(names) if name not in ("main", "if", "for", "while", "switch")]


def session(lab, name, source):
    """Les commandes de gdb pour ce programme."""
    threaded = "-pthread" in lab.settings.get("LAB_CFLAGS", "")
    stops = "".join(f"tbreak {function}\n" for function in functions(source))
    advice = (THREADS_ADVICE if threaded else "") + (SERVER_ADVICE if name == lab.described.server else CLIENT_ADVICE)
    args = " ".join(shlex.quote(word) for word in build.arguments(lab, f"debug-{name}"))
    return SESSION.format(name=name, args=args, stops=stops, advice=advice, threads=THREADS if threaded else "",
                          at_main=AT_MAIN if threaded else "",
                          title=f"gdb : {os.path.basename(source)} de {lab.name}, arguments {args}")


def main():
    name = sys.argv[1]
    command = f"debug-{name}"
    lab = student_work.the_lab(command)
    build.arguments(lab, command)
    if not shutil.which("gdb"):
        student_work.die(command, "gdb n'est pas installé. Pour l'avoir : make deps GROUP=debug")
    target = build.program(command, lab, name)
    script = target + ".gdb"
    with open(script, "w", encoding="utf-8") as file:
        file.write(session(lab, name, os.path.join(lab.folder, name + ".c")))
    # « debuginfod » poserait une question avant la première commande, et une page pleine attendrait Entrée : « run » y serait avalé.
    return foreground.run(["gdb", "-q", "-iex", "set debuginfod enabled off", "-iex", "set pagination off", "-x", script, target])


if __name__ == "__main__":
    sys.exit(main())
