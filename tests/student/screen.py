"""L'écran de « make watch » : redessiné sur place, d'un coup, et rendu tel qu'il était."""

import os
import re
import sys
import termios

from tests.judge.report.paint import columns, is_plain, plain

# L'écran de rechange, sans curseur ni retour à la ligne ; puis l'inverse.
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[?7l", "\x1b[?7h\x1b[?25h\x1b[?1049l"
# Mode 2026 : le terminal qui le connaît montre la page entière en une fois ; les autres l'ignorent.
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
CLEAR_LINE, CLEAR_ALL = "\x1b[K", "\x1b[2J"
QUIT = (b"\x03", b"\x04", b"q", b"Q")
AGAIN = (b"\r", b"\n", b" ", b"r")


def cut(text, width):
    """Le texte coupé à cette largeur, ses couleurs fermées."""
    out, used = [], 0
    for piece in re.split("(\x1b\\[[0-9;]*m)", text):
        if piece.startswith("\x1b"):
            out.append(piece)
            continue
        for character in piece:
            size = columns(character)
            if used + size > width:
                return "".join(out) + "\x1b[0m"
            out.append(character)
            used += size
    return "".join(out)


class Screen:
    """Le terminal, le temps de la surveillance."""

    def __init__(self):
        self.keys, self.saved, self.last = -1, None, None

    def enter(self):
        """Prend l'écran et le clavier. Ctrl-C arrive comme une touche : make ne le voit pas, et finit sans erreur."""
        try:
            self.keys = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
            self.saved = termios.tcgetattr(self.keys)
        except (OSError, termios.error):
            self.saved = None
        if self.saved:
            quiet = termios.tcgetattr(self.keys)
            quiet[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
            quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 0, 0
            termios.tcsetattr(self.keys, termios.TCSADRAIN, quiet)
        self.write(ENTER)

    def leave(self):
        """Rend l'écran et le clavier comme ils étaient."""
        self.write(LEAVE)
        if self.saved:
            try:
                termios.tcsetattr(self.keys, termios.TCSADRAIN, self.saved)
            except termios.error:
                pass  # le terminal n'est plus là
            self.saved = None

    def size(self):
        """(colonnes, lignes) ; un terminal qui ne sait pas sa taille dit 0."""
        try:
            width, height = os.get_terminal_size(sys.stdout.fileno())
        except OSError:
            width = height = 0
        return width or 80, height or 24

    def room(self):
        """Combien de lignes la page peut avoir : le pied, et une ligne vide au-dessus, n'en sont pas."""
        return max(1, self.size()[1] - 2)

    def draw(self, lines, footer):
        """Dessine la page : seules les lignes qui ont changé sont récrites, sans rien effacer d'abord."""
        width, height = self.size()
        room = self.room()
        if len(lines) > room:
            lines = lines[:room - 1] + ["  …"]
        page = [cut(line, width - 1) for line in lines] + [""] * (height - 1 - len(lines)) + [cut(footer, width - 1)]
        page = page[:height]
        last = self.last or [None] * len(page)
        changed = [f"\x1b[{row};1H{line}{CLEAR_LINE}" for row, (line, before) in enumerate(zip(page, last), 1)
                   if line != before]
        if changed:
            self.write(BEGIN + ("" if self.last else CLEAR_ALL) + "".join(changed) + END)
        self.last = page

    def forget(self):
        """La taille a changé : tout est à redessiner."""
        self.last = None

    def pressed(self):
        """« quit », « again » ou rien, selon ce qui vient d'être tapé. À n'appeler que si le clavier est prêt."""
        try:
            typed = os.read(self.keys, 64)
        except OSError:
            typed = b""
        # Prêt, et pourtant rien à lire : le terminal a été fermé.
        if not typed:
            return "quit"
        found = [bytes((key,)) for key in typed]
        if any(key in QUIT for key in found):
            return "quit"
        return "again" if any(key in AGAIN for key in found) else ""

    @staticmethod
    def write(text):
        """Écrit d'un seul envoi."""
        try:
            sys.stdout.write(plain(text) if is_plain(sys.stdout) else text)
            sys.stdout.flush()
        except (BrokenPipeError, OSError):
            pass
