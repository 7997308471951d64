"""Tout le livre est dans son EPUB : epub_check.py LIVRE.html NOTES.epub. Chaque titre, chaque ligne de code, chaque dessin ; le
reste (liens, dessins bien écrits), epubcheck le dit."""
import sys
import zipfile

from docs.site.book_check import wanted_of, squeeze
from docs.site.dom import parse, read


def main(book, printed):
    """Statut 1 si quelque chose manque."""
    root = read(book)
    with zipfile.ZipFile(printed) as archive:
        pages = [parse(archive.read(name).decode("utf-8")) for name in archive.namelist() if name.endswith(".xhtml")]
    text = squeeze("".join(part for page in pages for part in page.texts()))
    wanted = wanted_of(root)
    missing = [line for line in wanted if squeeze(line) not in text]
    # pandoc ne coupe qu'aux titres sans cadre autour d'eux : tout le livre serait sinon un seul fichier, long à ouvrir.
    if len(pages) <= len(root.find_all("h2")):
        missing.append("un fichier par étape : %d fichiers, %d étapes et chapitres" % (len(pages), len(root.find_all("h2"))))
    drawings = [sum(len(page.find_all("img")) for page in tree) for tree in ([root], pages)]
    if drawings[1] < drawings[0]:
        missing.append("%d dessins sur %d" % (drawings[0] - drawings[1], drawings[0]))
    for line in missing:
        print("absent de l'EPUB : %s" % line)
    print("livre : %d titres et lignes de code, %d dessins, %d absent(s)" % (len(wanted), drawings[0], len(missing)))
    return 1 if missing or not wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
