"""Cherche les corrigés dans un site à publier, tel qu'on le lit, dessins et index compris : published.py DOSSIER_HTML."""

import html
import pathlib
import re
import sys

from tests.handout import leaks

TAG = re.compile(r"<[^>]*>")


def members(folder):
    """{fichier: octets}, chacun sous ses deux formes : ce qui est écrit, et ce qu'un lecteur voit."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            # Dans un script, une fin de ligne et un guillemet sont écrits d'une autre façon.
            plain = html.unescape(TAG.sub("", text)) if path.suffix in (".html", ".svg") else re.sub(r"\\n", "\n", text).replace('\\"', '"')
            found[str(path)] = f"{text}\n{plain}".encode()
    return found


def main(folder):
    """Statut 1 si une ligne des corrigés s'y trouve, ou s'il n'y a rien à lire."""
    pages = members(folder)
    found = leaks.search(pages)
    for leak in found:
        print(f"docs : {leak}", file=sys.stderr)
    if found:
        print("docs : ce site ne se publie pas tant qu'une ligne des corrigés s'y trouve", file=sys.stderr)
    return 1 if found or not pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
