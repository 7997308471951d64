"""« make watch » : à chaque enregistrement, le lab est recompilé et rejugé ; le premier échec d'abord.

Un enregistrement pendant un jugement l'arrête et le recommence. Ctrl-C ou q : fin, statut 0 (130 par le signal SIGINT,
143 par SIGTERM). Sans terminal, ou avec EDITOR_LINKS=1, chaque jugement est écrit à la suite du précédent.
"""

import os
import select
import signal
import sys
import time

from tests.judge.report import ahead
from tests.student import student_work
from tests.student import folding
from tests.judge.report import editor_lines
from tests.judge.report import options
from tests.judge.report import results
from tests.judge.report import scale
from tests.judge.report import story
from tests.student.file_events import Alarm, snapshot
from tests.student.judging import Judging
from tests.judge.report.paint import visible
from tests.student.progress import bar_length, draw_step
from tests.student.screen import Screen
from tests.student.sheet import Sheet

# inotify réveille aussitôt ; ceci est pour les disques qui ne le savent pas.
GLANCE_S = 1.0
# Un éditeur enregistre en plusieurs gestes (créer, écrire, renommer) : on attend qu'il se taise.
QUIET_S, QUIET_LIMIT_S = 0.03, 0.3
# Assez pour suivre, trop peu pour scintiller.
FRAME_S = 0.1
FOOTER = "Ctrl-C ou q : finir · Entrée : rejuger"


class Stopped(Exception):
    """Un signal demande de finir."""


class Watch:
    """La surveillance d'un lab."""

    def __init__(self, lab):
        self.lab, self.alarm, self.screen = lab, Alarm(), Screen()
        self.plain = not sys.stdout.isatty() or os.environ.get("TERM") == "dumb" or bool(editor_lines.wanted())
        self.sheet = Sheet(sys.stdout)
        self.judging, self.shown, self.mark, self.previous = None, None, None, None
        self.seen, self.drawn_at = snapshot(lab.files()), 0.0
        self.pipe = os.pipe()
        self.request = options.Request()
        self.request.work = os.environ["WORK"]

    # --- Le déroulement

    def listen_to_signals(self):
        """Chaque signal réveille la boucle, qui décide."""
        for end in self.pipe:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.pipe[1], warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGWINCH, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)

    def read_signals(self):
        """Les signaux arrivés ; ceux qui demandent la fin l'obtiennent."""
        try:
            numbers = os.read(self.pipe[0], 256)
        except BlockingIOError:
            return
        for number in numbers:
            if number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                raise Stopped(number)
            if number == signal.SIGWINCH:
                self.screen.forget()

    def wait(self, seconds):
        """Attend un événement, quel qu'il soit ; rend la touche tapée."""
        watched = [fd for fd in (self.pipe[0], self.alarm.fd, self.screen.keys) if fd >= 0]
        ready, _, _ = select.select(watched, [], [], seconds)
        self.read_signals()
        if self.alarm.fd in ready:
            self.alarm.drain()
        return self.screen.pressed() if self.screen.keys in ready else ""

    def settle(self):
        """Laisse l'éditeur finir ; rend l'état des fichiers."""
        end = time.monotonic() + QUIET_LIMIT_S
        while time.monotonic() < end:
            ready, _, _ = select.select([self.alarm.fd] if self.alarm.fd >= 0 else [], [], [], QUIET_S)
            if not ready:
                break
            self.alarm.drain()
        return snapshot(self.lab.files())

    def begin(self):
        """Commence un jugement, en arrêtant celui qui court."""
        if self.judging:
            self.judging.stop()
        # Surveiller avant de regarder : rien ne peut changer entre les deux sans être vu.
        self.keep_watching()
        self.seen = self.settle()
        self.judging = Judging(self.lab)
        self.previous = self.mark

    def keep_watching(self):
        """Un dossier effacé puis recréé n'est plus surveillé : le redire ne coûte rien."""
        folders = [os.path.dirname(path) for path in self.lab.files()]
        self.alarm.watch(folders + (self.judging.folders() if self.judging else []))

    def turn(self):
        """Un tour de boucle ; rend faux pour finir."""
        running = self.judging.ended is None
        key = self.wait(FRAME_S if running and self.due() else GLANCE_S)
        if key == "quit":
            return False
        self.keep_watching()
        if key == "again" or snapshot(self.lab.files()) != self.seen:
            self.begin()
            self.draw()
        elif running and self.judging.look():
            if self.judging.ended is not None:
                self.finish()
            self.draw(late=self.judging.ended is None)
        elif self.due() or not running:
            self.draw()
        return True

    def finish(self):
        """Un jugement est fini : sa note devient la dernière connue."""
        if not self.judging.trouble():
            self.mark = results.mark(self.judging.run)

    def main(self):
        """La boucle ; rend le statut."""
        self.listen_to_signals()
        if not self.plain:
            self.screen.enter()
        try:
            self.begin()
            self.draw()
            while self.turn():
                pass
            status = 0
        except Stopped as stopped:
            status = 128 + stopped.args[0]
        finally:
            if self.judging:
                self.judging.stop()
            if not self.plain:
                self.screen.leave()
        self.farewell()
        return status

    def farewell(self):
        """Une ligne, sur l'écran rendu."""
        if self.mark is not None:
            self.screen.write(f"watch : {self.lab.name}, {results.format_number(self.mark)} / {results.out_of(self.judging.run)} au dernier jugement.\n")

    # --- La page

    def due(self):
        """Une page attend-elle d'être redessinée ?"""
        return self.judging.ended is None and self.judging.known() != self.drawn_known() and self.worth_showing()

    def drawn_known(self):
        return self.shown[1] if self.shown and self.shown[0] is self.judging else -1

    def worth_showing(self):
        """Tant que rien n'est à dire, l'écran garde le jugement précédent : il reste calme."""
        return self.judging.first_failure() is not None or self.judging.broken_build() or self.mark is None

    def draw(self, late=False):
        """Dessine la page ; « late » accepte d'attendre un peu, pour ne pas scintiller."""
        first = self.shown is None or self.shown[0] is not self.judging
        if late and not first and time.monotonic() - self.drawn_at < FRAME_S:
            return
        self.drawn_at = time.monotonic()
        if self.plain:
            self.write_plainly()
            return
        if self.judging.ended is not None or self.worth_showing():
            self.shown = (self.judging, self.judging.known(), self.fitted())
        body = self.shown[2] if self.shown else []
        self.screen.draw([self.headline(), *body], self.sheet.paint("  " + FOOTER, "dim"))

    def write_plainly(self):
        """Sans écran à tenir : le début, puis le verdict, à la suite."""
        known = (self.judging, self.judging.ended is not None)
        if self.shown == known:
            return
        self.shown = known
        print(self.headline(), *(self.body() if known[1] else []), sep="\n", flush=True)
        if known[1]:
            for line in editor_lines.lines(self.judging.run, self.lab.folder):
                print(line)
            print("watch : en attente d'un enregistrement", flush=True)

    def state(self):
        """Où en est ce jugement."""
        judging = self.judging
        if judging.ended is not None:
            at = time.strftime("%H:%M:%S", time.localtime(judging.ended))
            return f"jugé en {results.format_number(round(judging.ended - judging.started, 1))} s, à {at}"
        if not judging.built:
            return judging.waiting or "compilation…"
        return f"jugement… {judging.known()} / {len(judging.run['tests'])}"

    def headline(self):
        """La première ligne : le lab, et l'état du jugement."""
        self.sheet.fit()
        # La dernière colonne reste vide : y écrire, puis effacer la fin de la ligne, l'effacerait.
        self.sheet.width = min(self.sheet.width, self.screen.size()[0] - 1)
        state = self.state()
        title = self.sheet.pad(f"{self.lab.name} · {self.lab.title}", max(10, self.sheet.width - len(state) - 2))
        return self.sheet.paint(title, "bold") + "  " + self.sheet.paint(state, "dim" if self.judging.ended else "cyan")

    def fitted(self):
        """La page, abrégée si elle ne tient pas dans la fenêtre : ce qu'il faut lire à la fin d'un échec n'en sort pas."""
        room = self.screen.room() - 1
        lines = self.body()
        return lines if len(lines) <= room else self.body(room)

    def body(self, room=None):
        """Le reste de la page : les étapes, la note, le premier échec ; en « room » lignes, si c'est possible."""
        sheet, run = self.sheet, self.judging.run
        sheet.lines = []
        trouble = self.judging.trouble()
        if trouble:
            sheet.blank()
            sheet.wrapped(sheet.paint("Le juge n'a pas pu travailler · ", "yellow") + visible(trouble), indent=2)
            return sheet.lines
        if room is None:
            for step, tests in ahead.steps(run):
                draw_step(sheet, step, tests, bar_length(sheet))
            self.draw_mark(run)
        else:
            sheet.line(folding.steps_line(sheet, run, self.mark_text(run)))
        failure = self.judging.first_failure()
        if self.judging.broken_build():
            story.tell_build(sheet, run)
        elif failure:
            self.draw_failure(run, failure, room)
        elif self.judging.ended is not None:
            self.draw_success(run, room is not None)
        if self.judging.ended is not None:
            story.tell_reserved(sheet, run)
        return sheet.lines

    def draw_failure(self, run, failure, room):
        """Le premier échec, et ce qui vient après lui."""
        if room is None:
            story.tell(self.sheet, run, failure, self.request)
            self.draw_rest(run, failure)
            return
        before = len(self.sheet.lines)
        self.draw_rest(run, failure)
        rest, self.sheet.lines = self.sheet.lines[before:], self.sheet.lines[:before]
        folding.tell(self.sheet, run, failure, self.request, room - before - len(rest))
        self.sheet.lines += rest

    def mark_text(self, run):
        """La note, et ce qu'elle a gagné ou perdu ; rien tant que le jugement court."""
        if self.judging.ended is None:
            return ""
        text = f"Note : {results.format_number(results.mark(run))} / {results.out_of(run)}"
        if self.previous is not None and abs(results.mark(run) - self.previous) > 1e-9:
            change = results.mark(run) - self.previous
            text += f"   ({'+' if change > 0 else '−'}{results.format_number(abs(change))})"
        return text

    def draw_mark(self, run):
        """La note, sur une ligne à elle."""
        text = self.mark_text(run)
        if text:
            self.sheet.blank()
            self.sheet.line("  " + self.sheet.paint(text, "bold", "green" if results.is_full(run) else "yellow"))
            if run.get("scale"):
                self.sheet.wrapped(scale.sentence(run), indent=2)
            self.draw_next(run)

    def draw_next(self, run):
        """Ce qui vient après la dernière étape faite."""
        following = ahead.sentence(run)[0]
        if following:
            self.sheet.wrapped(following, indent=2)

    def draw_rest(self, run, failure):
        """Ce qui vient après le premier échec, en une phrase."""
        public = [test for test in run["tests"] if not story.is_masked(test)]
        failed = sum(test["status"] in ("failed", "broken") for test in public) - 1
        waiting = sum(test["status"] == "not_run" for test in public)
        parts = [f"{failed} autre{'s' if failed > 1 else ''} échec{'s' if failed > 1 else ''}"] if failed else []
        parts += [f"{waiting} test{'s' if waiting > 1 else ''} pas encore essayé{'s' if waiting > 1 else ''}"] if waiting else []
        self.sheet.blank()
        if parts:
            self.sheet.wrapped("Ensuite : " + ", ".join(parts) + ".", indent=2)
        self.sheet.wrapped(f"Un indice : {student_work.command(self.lab, 'hint', 'STEP=' + str(failure['step']))}", indent=2)

    def draw_success(self, run, folded):
        """Aucun échec que l'on puisse raconter."""
        self.sheet.blank()
        left = next((test for test in run["tests"] if test["status"] == "not_run" and not story.is_masked(test)), None)
        if left:
            reason = left.get("reason") or "ce qu'il demande manque"
            self.sheet.wrapped(f"« {left['title']} » n'a pas pu être essayé : {reason}.", indent=2)
        elif folded:
            self.draw_next(run)


def main():
    return Watch(student_work.the_lab("watch")).main()


if __name__ == "__main__":
    sys.exit(main())
