"""Tout le livre est dans son EPUB : epub_check.py LIVRE.html NOTES.epub. Chaque titre, chaque ligne de code, chaque dessin."""
import re
import sys
import zipfile

from docs.site.book_check import wanted_of, squeeze
from docs.site.dom import parse, read


def main(book, printed):
    """Statut 1 si quelque chose manque, ou si un lien ne mène nulle part."""
    root = read(book)
    with zipfile.ZipFile(printed) as archive:
        names = archive.namelist()
        blank = [name for name in names if name.endswith(".svg") and b'xmlns="http://www.w3.org/2000/svg"' not in archive.read(name)]
        pages = {name: parse(archive.read(name).decode("utf-8")) for name in names if name.endswith(".xhtml")}
    text = squeeze("".join(part for page in pages.values() for part in page.texts()))
    wanted = wanted_of(root)
    missing = [line for line in wanted if squeeze(line) not in text] + ["le dessin " + name + ", qui ne se dit pas du SVG" for name in blank]
    # pandoc ne coupe qu'aux titres sans cadre autour d'eux : tout le livre serait sinon un seul fichier, long à ouvrir.
    if len(pages) <= len(root.find_all("h2")):
        missing.append("un fichier par étape : %d fichiers, %d étapes et chapitres" % (len(pages), len(root.find_all("h2"))))
    drawings = [sum(len(page.find_all("svg", "img")) for page in tree) for tree in ([root], pages.values())]
    anchors = {name.rsplit("/", 1)[-1] + "#" + node.get("id") for name, page in pages.items() for node in page.walk() if node.get("id")}
    for name, page in pages.items():
        here = name.rsplit("/", 1)[-1]
        for link in page.find_all("a"):
            target = link.get("href").rsplit("/", 1)[-1]
            if "#" in target and not re.match(r"https?:", link.get("href")) and (here if target[0] == "#" else "") + target not in anchors:
                missing.append("le lien %s de %s" % (link.get("href"), here))
    for line in missing:
        print("absent de l'EPUB : %s" % line)
    if drawings[1] < drawings[0]:
        print("absents de l'EPUB : %d dessins sur %d" % (drawings[0] - drawings[1], drawings[0]))
    print("livre : %d titres et lignes de code, %d dessins, %d absent(s)" % (len(wanted), drawings[0], len(missing)))
    return 1 if missing or not wanted or drawings[1] < drawings[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
