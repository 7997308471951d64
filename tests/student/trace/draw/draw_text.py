"""Le dessin pour un terminal : une échelle en UTF-8, à sa largeur ; dans un fichier, de cent colonnes."""

import textwrap

from tests.judge.report.paint import columns as width_of

WIDTH, MARGIN = 100, 11
# Ce qu'il faut à un acteur pour que ses flèches portent encore leur texte.
LEAST = 14
TINTS = {0: "", 1: "34", 2: "33", 3: "32", 4: "35", 5: "36"}


class Canvas:
    """Une ligne faite de cases : les traits des acteurs, puis ce qui s'écrit par-dessus."""

    def __init__(self, places, width):
        self.cells = [" "] * width
        for place in places:
            self.cells[place] = "│"

    def write(self, at, text):
        """Écrit un texte ; un caractère large prend deux cases."""
        for character in text:
            size = width_of(character)
            if size == 0:
                if at > 0:
                    self.cells[at - 1] += character
                continue
            if at + size > len(self.cells):
                return
            self.cells[at] = character
            if size == 2:
                self.cells[at + 1] = ""
            at += size

    def text(self):
        return "".join(self.cells).rstrip()


def fit(text, width):
    """Coupe un texte trop long."""
    while width_of(text) > max(width, 1):
        text = text[:-2] + "…"
    return text


class Drawing:
    """Un dessin en cours."""

    def __init__(self, ladder, colored, width):
        self.ladder, self.colored, self.lines = ladder, colored, []
        count = len(ladder.columns)
        room = max(width - MARGIN - 2, LEAST * count)
        step = room / max(count - 1, 1)
        self.places = {column: MARGIN + round(index * step) for index, column in enumerate(ladder.columns)}
        self.width = MARGIN + room + 2

    def add(self, canvas, tint, time=None):
        text = canvas.text()
        if time is not None:
            stamp = f"{(time - self.ladder.start) * 1000:.1f}".replace(".", ",")
            text = f"{stamp:>9} " + text[MARGIN - 1:]
        if self.colored and TINTS.get(tint):
            text = f"{text[:MARGIN]}\x1b[{TINTS[tint]}m{text[MARGIN:]}\x1b[0m"
        self.lines.append(text)

    def canvas(self):
        return Canvas(self.places.values(), self.width)

    def head(self):
        """Le nom de chaque acteur, au-dessus de son trait."""
        for name in ("name", "subtitle"):
            line = Canvas([], self.width)
            for column, place in self.places.items():
                text = fit(getattr(column, name), self.width)
                start = min(max(place - width_of(text) // 2, 0), self.width - width_of(text))
                line.write(start, text)
            if line.text():
                self.lines.append(line.text())

    def packet(self, row):
        """Une flèche, son texte au milieu ; en pointillés quand c'est le noyau qui l'envoie."""
        canvas = self.canvas()
        left, right = sorted((self.places[row.source], self.places[row.target]))
        if left == right:
            self.beside(canvas, row.source, f"↻ {row.number or ''} {row.text}")
            self.add(canvas, row.tint, row.time)
            return
        rightward = self.places[row.target] == right
        dash = "┄" if row.kernel else "─"
        canvas.write(left + 1, dash * (right - left - 1))
        # Une flèche trop courte pour son texte : la ligne qui suit le porte.
        tag = f" {row.number} {row.text} " if row.number else f" {row.text} "
        whole = width_of(tag) <= right - left - 5
        tag = tag if whole else f" {row.number} " if row.number else ""
        canvas.write(left + 1 + (right - left - 1 - width_of(tag)) // 2, tag)
        tip = ("✗" if row.lost else "▶") if rightward else ("✗" if row.lost else "◀")
        canvas.write(right - 1 if rightward else left + 1, tip)
        self.add(canvas, row.tint, row.time)
        if not whole:
            canvas = self.canvas()
            self.beside(canvas, row.source, row.text)
            self.add(canvas, row.tint)

    def beside(self, canvas, column, text):
        """Écrit un texte à côté du trait d'un acteur, du côté où il y a de la place."""
        place = self.places[column]
        after, before = self.width - place - 2, place - MARGIN - 1
        if after >= width_of(text) or after >= before:
            canvas.write(place + 1, " " + fit(text, after))
        else:
            text = fit(text, before)
            canvas.write(place - 2 - width_of(text), f" {text} ")

    def call(self, row):
        """Un appel et sa ligne : sur une rangée s'ils y tiennent, sinon sur deux."""
        place = self.places[row.column]
        first = f"[{row.thread}] {row.text}" if row.thread else row.text
        both = f"{first} · {row.where}" if row.where else first
        room = max(self.width - place - 4, place - MARGIN - 3)
        parts = [both] if width_of(both) <= room else [first, row.where]
        leftward = self.width - place - 4 < min(width_of(parts[0]), place - MARGIN - 3)
        for index, part in enumerate(parts):
            canvas = self.canvas()
            self.dotted(canvas, place, part, leftward, first=not index)
            self.add(canvas, row.tint, None if index else row.time)

    def dotted(self, canvas, place, text, leftward, first):
        """Un texte attaché au trait d'un acteur par un point, qui le suit ou le précède."""
        dot = "●" if first else " "
        if leftward:
            text = fit(text, place - MARGIN - 3)
            canvas.write(place - 4 - width_of(text), f" {text} {dot} ")
        else:
            canvas.write(place + 1, f" {dot} {fit(text, self.width - place - 4)}")
        if first:
            canvas.write(place, "┤" if leftward else "├")

    def note(self, row):
        canvas = self.canvas()
        self.beside(canvas, row.column, row.text)
        self.add(canvas, row.tint)

    def gap(self, row):
        canvas = Canvas([], self.width)
        for place in self.places.values():
            canvas.write(place, "┊")
        middle = (MARGIN + self.width - width_of(row.text)) // 2
        canvas.write(middle - 1, f" {row.text} ")
        self.add(canvas, 0)


def fits(ladder, width):
    """Ce dessin se lit-il dans une fenêtre de cette largeur ?"""
    return width >= MARGIN + 2 + LEAST * len(ladder.columns)


def draw(ladder, colored=False, width=WIDTH):
    """Le dessin entier, en lignes d'autant de colonnes au plus."""
    drawing = Drawing(ladder, colored, width)
    drawing.lines += [ladder.title, ""]
    drawing.head()
    for row in ladder.rows:
        getattr(drawing, row.kind)(row)
    drawing.lines.append("")
    for remark in ladder.remarks:
        drawing.lines += textwrap.wrap("! " + remark, width, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(drawing.lines) + "\n"
