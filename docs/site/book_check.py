"""Tout le livre est dans son PDF : book_check.py LIVRE.html TEXTE (ce que pdftotext lit du PDF).

Chaque titre et chaque ligne de code du livre doit s'y retrouver, aux blancs et aux coupures de ligne près."""
import re
import sys

from docs.site.dom import read


def squeeze(text):
    """Le texte sans blancs ni traits d'union, que la mise en page déplace."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\u2010-]+", "", text.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff"))


def main(book, printed):
    """Statut 1 si quelque chose manque."""
    root = read(book)
    with open(printed, encoding="utf-8") as file:
        text = squeeze(file.read())
    wanted = [heading.text() for heading in root.find_all("h1", "h2", "h3")]
    for block in root.find_all("pre"):
        wanted += "".join(block.texts()).split("\n")
    missing = [line for line in wanted if squeeze(line) not in text]
    for line in missing:
        print("absent du PDF : %s" % line)
    print("livre : %d titres et lignes de code, %d absent(s)" % (len(wanted), len(missing)))
    return 1 if missing or not wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
