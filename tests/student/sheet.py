"""Une page de terminal comme celle du rapport, à la largeur de l'écran, si étroit soit-il."""

import os
import re

from tests.judge.report import paint

MARKS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "broken": ("?", "yellow"),
         "not_run": ("–", "dim"), "skipped": ("○", "dim"), "pending": ("·", "dim")}


class Sheet(paint.Paper):
    """Une page large comme l'écran, entre 40 et 100 colonnes."""

    def __init__(self, stream):
        super().__init__(stream)
        self.fit()

    def fit(self):
        """Prend la largeur qu'a l'écran maintenant."""
        try:
            wanted = os.get_terminal_size(self.stream.fileno()).columns
        except OSError:
            wanted = int(os.environ.get("COLUMNS", "0") or 0) if os.environ.get("COLUMNS", "").isdigit() else 80
        self.width = max(paint.NARROW, min(paint.WIDE, wanted or 80))

    def prose(self, text, indent=2):
        """Écrit du Markdown simple : paragraphes, listes, `code` gardé tel qu'il est."""
        for block in re.split(r"\n\s*\n", text.strip()):
            self.blank()
            for item in re.split(r"\n(?=(?:-|\d+\.) )", block):
                lead = re.match(r"(?:-|\d+\.) ", item)
                hanging = indent + (len(lead.group()) if lead else 0)
                self.wrapped(self.tint(" ".join(item.split())), indent=indent, hanging=hanging)

    def tint(self, text):
        """Met en couleur les mots entre accents graves ; sans couleur, les laisse tels quels."""
        if not self.colored:
            return text
        # Mot par mot : une couleur ne passe pas d'une ligne à l'autre.
        def color(match):
            return " ".join(self.paint(word, "cyan") for word in match.group(1).split(" "))
        return re.sub(r"`([^`]+)`", color, text)
