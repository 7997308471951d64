"""Joue la scène d'un lab avec les programmes de l'étudiant, et dessine ce qui est passé.

trace.py [--quiet] [--figure FICHIER.svg] LAB PROGRAMMES SORTIE

--figure écrit, à la place du reste, le seul dessin, sans les instants : le même d'une fois sur l'autre, à peu près.
"""

import argparse
import os
import re
import subprocess
import sys

from tests.judge.command import lab_reader
from tests.judge.command.call import PYTHON
from tests.judge.report import paint
from tests.student.trace.draw import draw_msc
from tests.student.trace.draw import draw_page
from tests.student.trace.draw import draw_text
from tests.student.trace import isolation
from tests.student.trace import publish
from tests.student.trace import scene

RECORD_S = 60
# Ce qu'une trace laisse dans son dossier, outre les journaux de strace.
WRITTEN = ("record.json", "capture.pcap", "index.html", "echange.svg", "echange.msc", "echange.txt", "figure.msc")
STEADY_GAP_S = 0.4
MOST_PLAYS = 5
INTRO = """<p>{count}, tels qu'ils ont circulé entre vos programmes, et les appels système qui les ont fait partir. Flèche
pleine : une ligne de votre programme a fait partir ce paquet. Flèche en tirets : le noyau l'envoie de lui-même.
Les numéros sont ceux de Wireshark ; les instants sont comptés depuis le premier événement.</p>
<p>Pour voir les appels, <code>strace</code> arrête le programme à chacun d'eux : les délais sont plus longs qu'en vrai{repeats}.</p>"""
# TCP seul répète : un datagramme perdu l'est pour toujours, sauf si le programme le renvoie.
REPEATS = ", et\nle noyau répète parfois un paquet qu'il croit perdu"
OUTRO = """<h2>Dans Wireshark</h2>
<p>Les mêmes paquets sont dans <a href="capture.pcap">capture.pcap</a> : <code>wireshark capture.pcap</code> les ouvre, avec
les mêmes numéros. Dans le filtre, <code>{filter}</code> ne garde que le serveur ; un clic droit sur un paquet, puis
« Suivre », montre toute une conversation. Dans un terminal : <code>tcpdump -n -X -r capture.pcap</code>.</p>
<p>Pour un compte rendu : <a href="echange.svg">le dessin seul</a>, <a href="echange.msc">son source</a> pour
<code>mscgen</code>, et <a href="echange.txt">le dessin en texte</a>.</p>"""


class Failure(Exception):
    """Rien ne peut être dessiné ; le texte dit pourquoi."""


def write(folder, name, content):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(content)


def is_ours(name):
    """Un fichier d'une trace : celle d'avant ne se mêle pas à celle-ci, même si celle-ci échoue."""
    return re.search(r"\.strace\.\d+$", name) or name in WRITTEN


def record(lab, programs, folder):
    """Joue la scène dans un monde à part."""
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    for program in lab_reader.Lab(lab).programs:
        if not os.path.exists(os.path.join(programs, program)):
            raise Failure(f"{lab} : {program} n'a pas pu être construit ; « make test » dit pourquoi.")
    command = [*isolation.prefix(), *PYTHON, "tests/student/trace/record.py", programs, lab, folder]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=RECORD_S)
    except subprocess.TimeoutExpired:
        raise Failure(f"{lab} : la scène n'a pas fini en {RECORD_S} secondes.") from None
    if done.returncode != 0:
        raise Failure(f"{lab} : la scène n'a pas pu être jouée.")


def check_alive(ladder, recorded, lab):
    """Un squelette n'a rien à montrer : une ligne le dit."""
    if not any(row.kind == "call" for row in ladder.rows):
        status = recorded["actors"][0]["status"]
        raise Failure(f"{lab} : le serveur s'est arrêté (statut {status}) sans ouvrir de socket ; il reste à l'écrire : "
                      "commencez par l'étape 1 des notes, puis « make test ».")


def draw(ladder, folder, protocol, port):
    """Écrit le texte, le dessin et la page."""
    write(folder, "echange.txt", draw_text.draw(ladder))
    write(folder, "echange.msc", draw_msc.source(ladder))
    drawing = draw_msc.svg(os.path.join(folder, "echange.msc"), ladder.title)
    write(folder, "echange.svg", draw_msc.standalone(drawing))
    count = ladder.count()
    intro = INTRO.format(count=f"{count} paquet{'s' if count > 1 else ''}", repeats=REPEATS if protocol == "tcp" else "")
    outro = OUTRO.format(filter=f"{protocol}.port == {port}")
    write(folder, "index.html", draw_page.page(ladder, drawing, intro, outro))


def repeats(ladder):
    """Le noyau a-t-il répété un paquet ? C'est la machine qui était lente, pas l'échange qui le voulait."""
    return any(row.repeated for row in ladder.rows)


def steady(row, port):
    """Cette rangée dans un dessin qui ne change pas d'une fois sur l'autre ; None si elle n'y est pas."""
    if row.kind == "gap":
        row.text = f"{row.seconds:.1f} s plus tard".replace(".", ",")
        return row if row.seconds >= STEADY_GAP_S else None
    # Les ports des clients sont tirés au sort.
    row.text = re.sub(r":(\d{4,5})\b", lambda found: found[0] if int(found[1]) == port else ":…", row.text)
    return row if row.kind != "note" or row.text.startswith("⌨") else None


def draw_figure(ladder, folder, path, port):
    """Le dessin seul, sans les instants ni ce qui est affiché ; à côté, ce que porte chacun de ses paquets."""
    ladder.rows = [row for row in ladder.rows if steady(row, port)]
    write(folder, "figure.msc", draw_msc.source(ladder, timed=False))
    drawing = draw_msc.standalone(draw_msc.svg(os.path.join(folder, "figure.msc"), ladder.title))
    for name, content in ((path + ".packets", draw_page.packets(ladder)), (path, drawing)):
        with open(name + ".new", "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(name + ".new", name)


def seen_from(folder):
    """Ce dossier, vu d'où l'on a tapé la commande : la racine, ou le dossier d'un lab."""
    return os.path.join("..", "..", folder) if os.environ.get("FROM_LAB") and not os.path.isabs(folder) else folder


def show(ladder):
    """Le dessin dans le terminal, à sa largeur ; ou le conseil d'ouvrir la page."""
    paper = paint.Paper(sys.stdout)
    if draw_text.fits(ladder, paper.width):
        drawing = "\n" + draw_text.draw(ladder, paper.colored, paper.width)
        print(paint.plain(drawing) if paper.plain else drawing)
        if "…" in drawing and paper.width < draw_text.WIDTH:
            paper.wrapped("« … » : la fenêtre est trop étroite pour tout ce qui s'écrit là ; la page l'a en entier.")
            paper.flush()
    else:
        paper.blank()
        paper.wrapped(f"Cette fenêtre est trop étroite pour le dessin ({paper.width} colonnes) : ouvrez la page, qui l'a en entier.")
        paper.flush()


def tell(ladder, recorded, folder):
    """Ce que le terminal montre."""
    show(ladder)
    if not recorded["stacks"]:
        print("! ce strace ne sait pas suivre la pile (-k) : les lignes du source manquent.")
    folder = seen_from(folder)
    print(f"Page : {folder}/index.html\nDessin : {folder}/echange.svg\nPaquets : wireshark {folder}/capture.pcap")


def play(lab, programs, folder):
    """Joue la scène, et rend son dessin avec ce qui a été enregistré."""
    record(lab, programs, folder)
    ladder, recorded = scene.load(folder, f"{lab} · {lab_reader.Lab(lab).title}")
    check_alive(ladder, recorded, lab)
    if recorded["lost_by_capture"]:
        ladder.remarks.append(f"La capture a perdu {recorded['lost_by_capture']} paquets : ce dessin n'est pas complet.")
    return ladder, recorded


def play_calmly(lab, programs, folder):
    """Pour un dessin que l'on publie : rejoue tant que le noyau y répète un paquet, sans s'entêter."""
    for _ in range(MOST_PLAYS):
        ladder, recorded = play(lab, programs, folder)
        if not repeats(ladder):
            break
    return ladder, recorded


def run(arguments):
    with publish.workshop(arguments.out, is_ours) as folder:
        ladder, recorded = (play_calmly if arguments.figure else play)(arguments.lab, arguments.programs, folder)
        if arguments.figure:
            draw_figure(ladder, folder, arguments.figure, recorded["port"])
            return
        draw(ladder, folder, recorded["protocol"], recorded["port"])
    if not arguments.quiet:
        tell(ladder, recorded, arguments.out)


def main():
    parser = argparse.ArgumentParser(prog="trace", description="Dessine l'échange d'un serveur et de ses clients.")
    parser.add_argument("lab")
    parser.add_argument("programs")
    parser.add_argument("out")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--figure", metavar="FICHIER.svg")
    arguments = parser.parse_args()
    if not isolation.available():
        print(isolation.MISSING, file=sys.stderr)
        return 2
    try:
        run(arguments)
    except Failure as reason:
        print(f"trace : {reason}", file=sys.stderr)
        return 1
    except RuntimeError as reason:
        print(f"trace : {reason}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
