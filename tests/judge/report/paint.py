"""Écrire dans un terminal : largeur, couleurs, et rien qui puisse le dérégler."""

import os
import re

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
NARROW, WIDE = 40, 100
# Ce qu'un terminal qui n'est pas en UTF-8 montre à la place, signe pour signe : rien ne se décale.
ASCII = str.maketrans("✓✗–○◐·█░→←▶◀│├┤●─┄┊↻⌨…«»—’−", "vx-o~.#.><><|||*-.:@>~\"\"-'-")


def visible(text):
    """Le texte sans caractère de contrôle : rien ne peut dérégler un terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02X}" for c in text)


def columns(text):
    """Largeur à l'écran : un idéogramme compte pour deux, un accent combinant pour rien."""
    if text.isascii() or max(text) < "\u0300":
        return len(text)
    import unicodedata
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


def is_plain(stream):
    """Ce terminal dit-il ne pas être en UTF-8 ? Le Makefile note ce que disait l'environnement, avant que nous y touchions."""
    told = os.environ.get("TERMINAL_LOCALE", "")
    return stream.isatty() and bool(told) and not re.search("utf-?8", told, re.I)


def plain(text):
    """Le texte en ASCII seul, de la même largeur : les dessins par d'autres signes, les lettres sans leurs accents."""
    if text.isascii():
        return text
    import unicodedata
    letters = unicodedata.normalize("NFD", text.translate(ASCII).replace("œ", "oe").replace("Œ", "OE"))
    return "".join(c if c.isascii() else "?" for c in letters if not unicodedata.combining(c))


def bare(text):
    """Le texte sans ses couleurs."""
    return re.sub("\x1b\\[[0-9;]*m", "", text) if "\x1b" in text else text


def pieces(text):
    """Les morceaux entre lesquels une ligne peut être coupée : la ponctuation double et les
    guillemets gardent leur espace, et ce qui la précède ou la suit."""
    found = []
    for word in text.split(" "):
        shown = bare(word)
        alone = re.fullmatch(r"[:;!?»][.,)]*", shown)
        opened = bool(found) and re.search(r"(^|[\s(])«$", bare(found[-1]))
        if found and (alone or opened):
            found[-1] += " " + word
        else:
            found.append(word)
    return found


class Paper:
    """Une page de terminal, écrite d'un coup à la fin : rien ne s'y mêle."""

    def __init__(self, stream):
        self.stream = stream
        self.lines = []
        terminal = stream.isatty()
        self.plain = is_plain(stream)
        self.colored = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.width = WIDE
        if terminal:
            try:
                self.width = max(NARROW, min(WIDE, os.get_terminal_size(stream.fileno()).columns or WIDE))
            except OSError:
                pass

    def paint(self, text, *styles):
        """Colore un texte, sur un terminal seulement."""
        if not self.colored:
            return text
        codes = ";".join(STYLES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def line(self, text):
        """Ajoute une ligne telle quelle."""
        self.lines.append(text)

    def blank(self):
        """Ajoute une ligne vide, jamais deux de suite."""
        if not self.lines or self.lines[-1]:
            self.lines.append("")

    def pad(self, text, width):
        """Complète ou coupe un texte à cette largeur ; là où il n'y a pas de place, il ne reste rien."""
        if width < 1:
            return ""
        while columns(text) > width:
            text = text[:-2].rstrip() + "…"
        return text + " " * (width - columns(text))

    def bar(self, share, length):
        """Une barre remplie à cette part ; pleine seulement quand tout y est."""
        filled = length if share >= 1 else min(length - 1, round(length * share)) if length else 0
        return self.paint("█" * filled, "green") + self.paint("░" * (length - filled), "dim")

    def wrapped(self, text, indent=0, hanging=None):
        """Ajoute un paragraphe, coupé aux espaces. Les mots trop longs restent entiers."""
        margin = " " * indent
        rest = " " * (indent if hanging is None else hanging)
        current, used = margin, indent
        for word in pieces(text):
            size = columns(bare(word))
            if used + size > self.width and current.strip():
                self.lines.append(current.rstrip())
                current, used = rest, len(rest)
            current += word + " "
            used += size + 1
        self.lines.append(current.rstrip())

    def flush(self):
        """Écrit la page. Un lecteur parti (« | head ») n'est pas une erreur."""
        try:
            text = "\n".join(self.lines) + "\n"
            self.stream.write(plain(text) if self.plain else text)
            self.stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
