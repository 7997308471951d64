"""Finit la documentation que Doxygen vient d'écrire : finish.py DOSSIER_HTML."""
import glob
import importlib
import os
import re
import shutil
import sys

from docs.site import api
from docs.site import chapters
from docs.site import diagrams
from docs.site import exchanges
from docs.site import navigation
from docs.site import dressing
from docs.site import search_index
from docs.site import typography
from docs.site.dom import read, write

# Les étudiants n'ont ni les corrigés, ni de quoi les montrer.
corrected = importlib.import_module("docs.corrected.reading") if os.path.isdir("docs/corrected") else None

# Ce que Doxygen écrit toujours, et que rien ici n'appelle.
UNUSED = ("globals*", "functions*", "classes.html", "annotated.html", "pages.html", "graph_legend*", "*.js", "*.png", "*.md5",
          "doxygen.*", "doxygen_crawl.html", "tabs.css", "navtree.css", "dir_*",
          "doc.svg", "docd.svg", "folder*.svg", "minus*.svg", "plus*.svg")
OURS = ("page.js", "projector.js")


def remove_unused(folder):
    """Efface ce qui ne sert pas."""
    for pattern in UNUSED:
        for path in glob.glob(os.path.join(folder, pattern)):
            if os.path.isfile(path) and os.path.basename(path) not in OURS:
                os.remove(path)


def shape(path):
    """L'arbre d'une page, ce que Doxygen écrit y étant mis en forme."""
    root = read(path)
    if corrected:
        corrected.shape(root, os.path.basename(path))
    api.shape(root)
    dressing.shape(root)
    diagrams.inline(root, os.path.dirname(path))
    return root


def dress(root, site, name):
    """Finit une page : ses portes, ses menus."""
    if name == "index.html":
        navigation.make_doors(root, site)
    navigation.add(root, site, name)


def keep_whole(pages, folder):
    """Les livres prennent les pages d'avant leur coupe en chapitres."""
    whole = os.path.join(folder, "..", "whole")
    shutil.rmtree(whole, ignore_errors=True)
    os.makedirs(whole)
    for name, root in pages.items():
        if not re.search(r"_8[ch]\.html$|^struct|^corrige-|^files|^captures|^recherche", name):
            write(os.path.join(whole, name), root)


def main(folder):
    """Finit toutes les pages, puis écrit l'index de la recherche."""
    remove_unused(folder)
    pages = {os.path.basename(path): shape(path) for path in sorted(glob.glob(os.path.join(folder, "*.html")))}
    if corrected:
        corrected.link(pages, api.documented(pages))
    for root in pages.values():
        typography.set_type(root.find_all("body")[0])
    keep_whole(pages, folder)
    if corrected:
        corrected.link_pitfalls(pages)
    if "captures.html" in pages:
        exchanges.inline(pages["captures.html"], folder)
        if corrected:
            corrected.link_packets(pages["captures.html"])
    site = navigation.Site(pages, chapters.split(pages))
    entries, wrong = [], 0
    for name, root in pages.items():
        dress(root, site, name)
        for mark in dressing.unread(root):
            print("docs : %s : %s" % (name, mark), file=sys.stderr)
            wrong += 1
        if not name.startswith(("files", "recherche", "corrige-")):
            entries += search_index.sections(root, name)
        write(os.path.join(folder, name), root)
    search_index.write(os.path.join(folder, "recherche.js"), entries)
    for image in glob.glob(os.path.join(folder, "*msc*.svg")) + glob.glob(os.path.join(folder, "dot_*.svg")):
        os.remove(image)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
