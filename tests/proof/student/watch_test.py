"""Éprouve « make watch » dans un vrai terminal : ce qu'il montre, quand, et dans quel état il laisse la machine.

watch_test.py [--measure]      --measure : dit aussi le temps de l'enregistrement au verdict, lab par lab
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

from tests.student import student_work
from tests.student import judging
from tests.proof.student import trial

TOP = os.path.join("build", "check", "watch")
WORK = os.path.join(TOP, "travail")
LABS = os.environ["LABS"].split()
LAB = LABS[0]
MARKER = "WATCH_TRIAL"
JUDGED = r"jugé en [\d,]+ s"


def save_by_renaming(path, text):
    """Enregistre à côté puis renomme, comme vim et bien d'autres."""
    trial.write(path + "~neuf", text)
    os.rename(path + "~neuf", path)


def start(lab=LAB, goal="watch", **options):
    """La commande, dans un terminal neuf."""
    settings = {"rows": 45, "width": 100}
    settings.update(options)
    return trial.Terminal("make", "-s", goal, f"WORK={WORK}", f"LAB={lab}", **settings, **{MARKER: str(os.getpid())})


def left_behind():
    """Ce qui tourne encore de ce que nous avons lancé."""
    return trial.descendants(f"{MARKER}={os.getpid()}")


def try_saves(it, folder):
    """Juste, puis faux, puis ne compilant pas, puis absent, puis juste : chaque enregistrement est jugé."""
    source = os.path.join(folder, "server.c")
    right = trial.read(source)
    terminal = start()
    it.check("watch juge d'abord ce qui est là", terminal.until(r"Note : 20 / 20"), terminal.shown())
    at = terminal.mark()
    trial.write(source, right.replace("Hey client", "Hey you"))
    it.check("un enregistrement en place est jugé, le premier échec montré",
             terminal.until(r"✗ Une ligne reçoit sa réponse", at) and terminal.until(JUDGED, at), terminal.shown(at))
    it.check("la note perdue est dite", "(−" in terminal.shown(at), terminal.shown(at))
    at = terminal.mark()
    save_by_renaming(source, right + "int x = zero;\n")
    it.check("un enregistrement par renommage l'est aussi ; l'erreur du compilateur est montrée",
             terminal.until(r"ne peut pas être construit", at) and terminal.until(r"server\.c:\d+:\d+: error", at),
             terminal.shown(at))
    it.check("ce jugement finit", terminal.until(JUDGED, at), terminal.shown(at))
    at = terminal.mark()
    os.unlink(source)
    it.check("un fichier effacé est dit", terminal.until(r"server\.c manque", at) and terminal.until(JUDGED, at),
             terminal.shown(at))
    at = terminal.mark()
    trial.write(source, right)
    it.check("un fichier revenu est jugé", terminal.until(r"Note : 20 / 20", at), terminal.shown(at))
    at = terminal.mark()
    terminal.type(b"\r")
    it.check("Entrée rejuge", terminal.until(r"compilation…", at) and terminal.until(JUDGED, at), terminal.shown(at))
    leave(it, terminal, b"\x03", "Ctrl-C")


def nothing_stays(it, what):
    """Aucun processus ; celui qui efface la chambre de la commande (room.sh) finit juste après elle."""
    it.check(what, trial.wait_for(lambda: not left_behind()), left_behind())


def leave(it, terminal, key, name):
    """La fin : statut 0, le terminal rendu, aucun processus."""
    terminal.type(key)
    status = terminal.finish()
    it.check(f"{name} finit avec le statut 0, sans un mot de make", status == 0 and "***" not in terminal.text,
             f"statut {status}\n{terminal.shown()[-500:]}")
    it.check(f"{name} rend l'écran et le curseur", terminal.text.rindex("\x1b[?1049l") > terminal.text.rindex("\x1b[?1049h")
             and terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l"), repr(terminal.text[-200:]))
    it.check(f"{name} rend le clavier", terminal.restored())
    nothing_stays(it, f"{name} ne laisse aucun processus")


def try_restart(it, folder):
    """Plusieurs enregistrements pendant un jugement : un seul verdict, celui du dernier."""
    source = os.path.join(folder, "server.c")
    right = trial.read(source)
    terminal = start()
    it.check("un jugement commence", terminal.until(r"jugement…"), terminal.shown())
    at = terminal.mark()
    for number in range(5):
        trial.write(source, right.replace("Hey client", f"Hey {number}"))
        time.sleep(0.15)  # quelqu'un qui enregistre souvent : ce rythme est l'objet du test
    trial.write(source, right)
    it.check("le dernier enregistrement est celui qui est jugé", terminal.until(r"Note : 20 / 20", at), terminal.shown(at))
    verdicts = re.findall(JUDGED, terminal.shown(at))
    it.check("les jugements interrompus n'ont pas de verdict, ni de file d'attente", len(set(verdicts)) <= 2, verdicts)
    it.check("un jugement interrompu ne laisse pas de processus", len([pid for pid in left_behind() if is_judge(pid)]) == 0)
    # Interrompu au milieu d'un jugement.
    at = terminal.mark()
    trial.write(source, right + "\n")
    terminal.until(r"jugement…", at)
    leave(it, terminal, b"q", "q")


def is_judge(pid):
    """Ce processus est-il un programme juge ?"""
    return b"/judge" in (student_work.read_bytes(f"/proc/{pid}/cmdline") or b"").split(b"\0")[0]


def try_calm(it):
    """Redessiné sur place : l'écran n'est effacé qu'une fois, et la page tient dans la fenêtre."""
    terminal = start(rows=12, width=60)
    it.check("une petite fenêtre suffit", terminal.until(JUDGED), terminal.shown())
    it.check("l'écran n'est effacé qu'à l'entrée", terminal.text.count("\x1b[2J") == 1, terminal.text.count("\x1b[2J"))
    frames = terminal.text.split("\x1b[?2026h")[1:]
    it.check("chaque page est envoyée d'un coup", frames and all(frame.count("\x1b[?2026l") == 1 for frame in frames))
    pages = [frame.split("\x1b[?2026l")[0] for frame in frames]
    rows = [re.findall("\x1b\\[(\\d+);1H([^\n]*?)\x1b\\[K", page) for page in pages]
    it.check("une page ne dépasse pas la fenêtre",
             all(1 <= int(row) <= 12 and trial.widest(trial.ESCAPE.sub("", line) or " ") < 60
                 for page in rows for row, line in page), rows)
    it.check("une page ne récrit que ce qui a changé", all(1 <= len(page) for page in rows)
             and min(len(page) for page in rows) < 12, [len(page) for page in rows])
    at = terminal.mark()
    terminal.resize(30, 90)
    os.kill(watcher(), signal.SIGWINCH)
    it.check("une fenêtre agrandie est redessinée", terminal.until(r"finir · Entrée", at), terminal.shown(at))
    leave(it, terminal, b"\x04", "Ctrl-D")


def try_narrow(it):
    """Une fenêtre trop étroite pour la page : elle est coupée, rien ne tourne à vide, et q finit."""
    for width, rows, shown in ((20, 24, r"1\. \d"), (12, 24, r"1\. \d"), (1, 1, ""), (0, 0, r"1\. \w+ \w+")):
        terminal = start(rows=rows, width=width)
        it.check(f"{width} colonnes : une page est dessinée", trial.wait_for(lambda it=terminal: drawn(it)), terminal.shown())
        it.check(f"{width} colonnes : les étapes y sont", terminal.until(shown), terminal.shown())
        leave(it, terminal, b"q", f"q, à {width} colonnes,")


def try_short(it, folder):
    """Dans la fenêtre la plus commune, 24 lignes, un échec montre ce que l'on cherchait et ce qu'il faut en conclure."""
    source = os.path.join(folder, "server.c")
    right = trial.read(source)
    trial.write(source, right.replace("Hey client", "Hey you"))
    terminal = start(rows=24, width=80)
    terminal.until(JUDGED)
    it.check("24 lignes : l'indice, dernière ligne, est à l'écran", terminal.until(r"Un indice : "), terminal.shown())
    page = terminal.screen()
    whole = "\n".join(page)
    for wanted in ("✗ Une ligne reçoit sa réponse", "Cause probable : ", "À relire : ", "Ensuite : ", "Un indice : ", "Ctrl-C"):
        it.check(f"24 lignes : « {wanted.strip()} » est à l'écran", wanted in whole, whole)
    it.check("24 lignes : les étapes et la note tiennent sur une ligne",
             any(re.search(r"Note : [\d,]+ / 20 .*étapes : 0 [✓✗]", line) for line in page), whole)
    it.check("24 lignes : la page n'est pas coupée en bas", not any(line.strip() == "…" for line in page), whole)
    leave(it, terminal, b"q", "q, dans 24 lignes,")
    trial.write(source, right)


def drawn(terminal):
    """Une page entière est-elle venue ?"""
    terminal.read(0)
    return "\x1b[?2026l" in terminal.text


def watcher():
    """Le numéro du processus de watch.py."""
    return next(pid for pid in left_behind() if b"student.watch" in (student_work.read_bytes(f"/proc/{pid}/cmdline") or b"")
                and b"python" in (student_work.read_bytes(f"/proc/{pid}/cmdline") or b"").split(b"\0")[0])


def try_signals(it):
    """kill, pendant un jugement : tout s'arrête, et le terminal est rendu."""
    terminal = start()
    terminal.until(r"jugement…")
    os.kill(watcher(), signal.SIGTERM)
    terminal.finish()
    it.check("SIGTERM rend l'écran", terminal.text.count("\x1b[?1049l") == 1, repr(terminal.text[-200:]))
    it.check("SIGTERM rend le clavier", terminal.restored())
    nothing_stays(it, "SIGTERM ne laisse aucun processus")


def try_closed_window(it):
    """La fenêtre fermée, rien ne continue à tourner derrière elle."""
    terminal = start()
    terminal.until(r"jugement…")
    terminal.close()
    nothing_stays(it, "une fenêtre fermée ne laisse aucun processus")


def try_plain(it):
    """Pour un éditeur : à la suite, sans commande d'écran, avec un lien pour chaque échec."""
    terminal = start(EDITOR_LINKS="1")
    it.check("sans écran à tenir, le verdict est écrit à la suite", terminal.until(r"watch : en attente"), terminal.shown())
    it.check("l'écran n'est pas pris", "\x1b[?1049h" not in terminal.text)
    os.kill(watcher(), signal.SIGINT)
    terminal.finish()
    nothing_stays(it, "SIGINT ne laisse aucun processus")


def slow_lab():
    """Le lab dont un test dure plusieurs secondes, d'après le jugement des solutions."""
    os.environ["WORK"] = "solutions"
    runs = {lab: student_work.last_run(lab) or student_work.judge(lab) for lab in student_work.locate()}
    del os.environ["WORK"]
    return next((lab.name for lab, run in runs.items() if any(test["duration_ms"] >= 3000 for test in run["tests"])), None)


def try_early_failure(it):
    """Là où un test dure par contrat, le premier échec se montre bien avant la fin."""
    lab = slow_lab()
    if lab is None:
        it.skip("aucun lab n'a de test qui dure")
        return
    source = os.path.join(trial.copy_work("solutions", WORK, lab), "server.c")
    # Un serveur qui finit aussitôt : ses tests échouent d'emblée, pendant que le client patiente encore.
    trial.write(source, re.sub(r"^int main\(", "int main(void)\n{\n    return 1;\n}\n\nint unused(", trial.read(source), flags=re.M))
    terminal = start(lab)
    shown = terminal.until(r"✗ ")
    finished = bool(re.search(JUDGED, terminal.shown()))
    it.check("le premier échec est montré pendant que le reste attend encore", shown and not finished, terminal.shown())
    at, before = terminal.mark(), time.monotonic()
    trial.write(source, trial.read(source) + "\n")
    again = terminal.until(r"compilation…", at)
    it.check("un enregistrement n'attend pas la fin d'un long test", again
             and time.monotonic() - before < judging.PATIENCE_S, f"{time.monotonic() - before:.1f} s\n{terminal.shown(at)}")
    leave(it, terminal, b"q", "q, pendant un long test,")


def try_strace(it):
    """Ctrl-C s'adresse au serveur : strace montre son arrêt, et make finit sans erreur."""
    if not shutil.which("strace"):
        it.skip("strace est absent")
        return
    trial.copy_work("solutions", WORK, LAB)
    terminal = start(goal="strace", ARGS="127.0.0.1 0")
    terminal.finish()
    it.check("un port refusé est dit par le serveur", "0" in terminal.shown(), terminal.shown())
    terminal = start(goal="strace")
    if not terminal.until(r"bind\("):
        it.skip("cette machine interdit ptrace, ou le port de l'énoncé est pris")
        return
    terminal.until(r"server waiting|accept")
    terminal.type(b"\x03")
    status = terminal.finish()
    good = status == 0 and "exited with 0" in terminal.text and "***" not in terminal.text
    if "Address already in use" in terminal.text:
        it.skip("le port de l'énoncé est pris sur cette machine")
    else:
        it.check("Ctrl-C arrête le serveur tracé, statut 0", good, f"statut {status}\n{terminal.shown()}")


def try_strace_alone(it):
    """Sans terminal (un autre programme a lancé make) : l'interruption arrête le serveur, et rien d'autre n'est dit."""
    if not shutil.which("strace"):
        return
    process = subprocess.Popen(["make", "-s", "strace", f"WORK={WORK}", f"LAB={LAB}"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                               env=trial.environment(**{MARKER: str(os.getpid())}))
    told = ""
    for line in process.stdout:
        told += line.decode("utf-8", "replace")
        if "server waiting" in told:
            break
    os.killpg(process.pid, signal.SIGINT)
    told += process.stdout.read().decode("utf-8", "replace")
    process.wait()
    if "Address already in use" in told or "ptrace" in told:
        it.skip("cette machine interdit ptrace, ou le port de l'énoncé est pris")
        return
    it.check("sans terminal, une interruption arrête le serveur tracé, sans trace de Python",
             "exited with 0" in told and "Traceback" not in told, told)
    nothing_stays(it, "sans terminal, strace ne laisse aucun processus")


def measure(lab):
    """Le temps de l'enregistrement au premier échec, et à la note entière."""
    folder = trial.copy_work("solutions", WORK, lab)
    source = os.path.join(folder, "server.c")
    right = trial.read(source)
    terminal = start(lab)
    terminal.until(JUDGED)
    for what, text, pattern in (("juste", right + "\n", JUDGED), ("faux", right.replace("Hello I", "Hallo I")
                                                                   .replace("Hey client", "Hey you"), r"✗ ")):
        at, before = terminal.mark(), time.monotonic()
        trial.write(source, text)
        terminal.until(r"compilation…", at)
        seen = time.monotonic()
        terminal.until(pattern, at)
        now = time.monotonic()
        print(f"{lab}, {what} : enregistré → vu {seen - before:.2f} s → verdict {now - before:.2f} s")
    terminal.type(b"q")
    terminal.finish()


def main():
    shutil.rmtree(TOP, ignore_errors=True)
    os.makedirs(TOP)
    it = trial.Trial()
    if "--measure" in sys.argv:
        for lab in LABS:
            measure(lab)
        return 0
    folder = trial.copy_work("solutions", WORK, LAB)
    try_saves(it, folder)
    try_restart(it, folder)
    try_calm(it)
    try_narrow(it)
    try_short(it, folder)
    try_signals(it)
    try_closed_window(it)
    try_plain(it)
    try_early_failure(it)
    try_strace(it)
    try_strace_alone(it)
    shutil.rmtree(TOP)
    return it.conclude()


if __name__ == "__main__":
    sys.exit(main())
