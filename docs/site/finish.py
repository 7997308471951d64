"""Finit la documentation que Doxygen vient d'écrire : finish.py DOSSIER_HTML."""
import glob
import os
import sys

from docs.site import api
from docs.site import diagrams
from docs.site import navigation
from docs.site import dressing
from docs.site import search_index
from docs.site import typography
from docs.site.dom import read, write

# Ce que Doxygen écrit toujours, et que rien ici n'appelle.
UNUSED = ("globals*", "functions*", "classes.html", "pages.html", "graph_legend*", "*.js", "*.png", "*.md5",
          "doxygen.*", "doxygen_crawl.html", "tabs.css", "navtree.css", "dir_*",
          "doc.svg", "docd.svg", "folder*.svg", "minus*.svg", "plus*.svg")
OURS = ("page.js",)


def remove_unused(folder):
    """Efface ce qui ne sert pas."""
    for pattern in UNUSED:
        for path in glob.glob(os.path.join(folder, pattern)):
            if os.path.isfile(path) and os.path.basename(path) not in OURS:
                os.remove(path)


def finish_page(path, site):
    """Transforme une page, et rend son arbre."""
    root, name = read(path), os.path.basename(path)
    api.shape(root)
    dressing.shape(root)
    diagrams.inline(root, os.path.dirname(path))
    if name == "index.html":
        navigation.make_doors(root)
    typography.set_type(root.find_all("body")[0])
    navigation.add(root, site, name)
    return root


def main(folder):
    """Finit toutes les pages, puis écrit l'index de la recherche."""
    remove_unused(folder)
    site = navigation.Site(folder)
    entries, wrong = [], 0
    for path in sorted(glob.glob(os.path.join(folder, "*.html"))):
        root = finish_page(path, site)
        for mark in dressing.unread(root):
            print("docs : %s : %s" % (os.path.basename(path), mark), file=sys.stderr)
            wrong += 1
        if not os.path.basename(path).startswith(("files", "annotated", "recherche")):
            entries += search_index.sections(root, os.path.basename(path))
        write(path, root)
    search_index.write(os.path.join(folder, "recherche.js"), entries)
    for image in glob.glob(os.path.join(folder, "*msc*.svg")) + glob.glob(os.path.join(folder, "dot_*.svg")):
        os.remove(image)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
