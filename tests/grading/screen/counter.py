"""L'avancement, sur une seule ligne calme : combien sont jugés, et le temps qu'il reste."""

import sys
import time

SHARES = 10
REFRESH = 0.2


def spell(seconds):
    """Un temps restant, arrondi à ce qui se lit."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{int(seconds // 3600)} h {round(seconds % 3600 / 60):02d}"


class Progress:
    """Compte ceux qui finissent. Hors d'un terminal : une ligne par dixième, et rien d'autre."""

    def __init__(self, total, stream=sys.stderr):
        self.total, self.stream, self.done = total, stream, 0
        self.terminal = stream.isatty()
        self.started = time.monotonic()
        self.shown_at, self.shown_share = 0.0, 0
        self.finished = set()

    def report(self, identifier):
        """Un étudiant de plus est passé, qu'il ait pu être noté ou non."""
        if identifier in self.finished:
            return
        self.finished.add(identifier)
        self.done += 1
        self.show()

    def text(self):
        """« 37 sur 200, encore 4 min »."""
        said = f"Traités : {self.done} sur {self.total}"
        if 0 < self.done < self.total:
            left = (time.monotonic() - self.started) / self.done * (self.total - self.done)
            said += f", encore {spell(left)} environ"
        return said

    def show(self):
        """Écrit l'avancement, s'il vaut la peine d'être dit."""
        now, share = time.monotonic(), SHARES * self.done // max(self.total, 1)
        if self.terminal and (now - self.shown_at >= REFRESH or self.done == self.total):
            self.stream.write(f"\r\x1b[K{self.text()}")
            self.stream.flush()
            self.shown_at = now
        elif not self.terminal and share > self.shown_share:
            self.stream.write(self.text() + "\n")
            self.stream.flush()
            self.shown_share = share

    def clear(self):
        """Efface la ligne : ce qui suit commence proprement."""
        if self.terminal:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
