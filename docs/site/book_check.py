"""Tout le livre est dans son PDF : book_check.py LIVRE.html TEXTE (ce que pdftotext lit du PDF).

Chaque titre et chaque ligne de code du livre doit s'y retrouver, aux blancs et aux coupures de ligne près ; et chaque signe avoir
une police : il serait imprimé, sinon, par un carré."""
import re
import shutil
import subprocess
import sys
import unicodedata

from docs.site.dom import read


def squeeze(text):
    """Le texte sans blancs ni traits d'union, que la mise en page déplace."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\u2010-]+", "", text.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff"))


def wanted_of(root):
    """Ce qui doit se retrouver dans le livre fini."""
    wanted = [heading.text() for heading in root.find_all("h1", "h2", "h3")]
    for block in root.find_all("pre"):
        wanted += "".join(block.texts()).split("\n")
    return wanted


def signs(root):
    """Les signes du livre qu'une police peut ne pas avoir ; ni espaces, ni signes sans dessin."""
    return sorted({sign for text in root.find_all("body")[0].texts() for sign in text if ord(sign) > 126 and unicodedata.category(sign)[0] in "LNPS"})


def has_font(sign):
    """Une police installée a-t-elle ce signe ? Sans `fc-list`, on ne sait pas le dire."""
    if not shutil.which("fc-list"):
        return True
    return bool(subprocess.run(["fc-list", ":charset=%x" % ord(sign), "file"], capture_output=True, check=True).stdout.strip())


def main(book, printed):
    """Statut 1 si quelque chose manque."""
    root = read(book)
    with open(printed, encoding="utf-8") as file:
        text = squeeze(file.read())
    wanted = wanted_of(root)
    missing = [line for line in wanted if squeeze(line) not in text]
    missing += ["le signe %s (U+%04X), dans aucune police" % (sign, ord(sign)) for sign in signs(root) if not has_font(sign)]
    for line in missing:
        print("absent du PDF : %s" % line)
    print("livre : %d titres et lignes de code, %d absent(s)" % (len(wanted), len(missing)))
    return 1 if missing or not wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
