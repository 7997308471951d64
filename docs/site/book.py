"""Assemble des pages de la documentation en un livre : book.py DOSSIER_HTML PORTE SORTIE.html [--screen].

Les pages sont celles d'avant leur coupe en chapitres (../whole), les dessins ceux de DOSSIER_HTML. PORTE est le numéro d'une porte de l'accueil : le livre en suit le menu, sommaires mis à part. Chaque lien
vers une page du livre y devient un renvoi à sa page ; les autres ne gardent que leur texte."""
import os
import re
import sys

from docs.site import navigation
from docs.site.dom import Node, parents, read, write

SHEET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "theme", "print.css")


def chapters(doors, pages):
    """Les adresses des pages du livre, dans l'ordre."""
    found = []
    for url, _, children in doors:
        found += [child for child, _, _ in children] or [url]
    return [url for url in found if url in pages]


def anchor(url, fragment=""):
    """Le nom, dans le livre, d'une ancre d'une page."""
    return re.sub(r"\W+", "-", url[:-len(".html")]) + ("--" + fragment if fragment else "")


def chapter(folder, root, url, urls, screen):
    """Une page, dont les ancres et les liens sont ceux du livre ; un dessin de plusieurs pages reste au site, qui le montre."""
    contents, title = root.find_class("contents"), root.find_class("title")
    section = Node("section", {"class": "chapter", "id": anchor(url)}, [title, contents])
    for node in section.walk():
        if node is not section and node.get("id"):
            node.attrs["id"] = anchor(url, node.get("id"))
        node.attrs.pop("tabindex", None)
        if node.tag == "a" and node.get("href"):
            _redirect(node, url, urls)
    above = parents(section)
    for figure in section.find_all("figure"):
        if figure.find_class("tall"):
            above[id(figure)].replace(figure)
    return _flat(section, title, folder) if screen else section


def _flat(section, title, folder):
    """Un chapitre sans cadres : pandoc ne coupe un livre qu'aux titres qui n'en ont pas autour d'eux. Un dessin y est un fichier :
    de ceux qui sont dans la page, il perd les majuscules de « viewBox »."""
    title.attrs = {"id": section.get("id")}
    above = parents(section)
    for rank, drawing in enumerate(section.find_all("svg")):
        drawing.attrs.update({"xmlns": "http://www.w3.org/2000/svg", "viewBox": drawing.attrs.pop("viewbox", None)})
        name = "%s-%d.print.svg" % (title.get("id"), rank)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(drawing.html())
        above[id(drawing)].replace(drawing, Node("img", {"src": name, "alt": drawing.get("aria-label")}))
    section.children = [title] + section.find_class("textblock").children
    return section


def _redirect(link, url, urls):
    href = link.get("href")
    page, _, fragment = href.partition("#")
    if re.match(r"https?:", href):
        return
    if (page or url) in urls:
        link.attrs = {"href": "#" + anchor(page or url, fragment), "class": "inside"}
    else:
        link.tag, link.attrs = "span", {}


def contents_of(sections):
    """Le sommaire : les titres des pages et de leurs sections ; print.css y met les numéros de page."""
    items = []
    for section in sections:
        for heading in section.find_all("h1", "h2"):
            target = section.get("id") if heading.tag == "h1" else heading.get("id")
            items.append(Node("li", {"class": heading.tag}, [Node("a", {"href": "#" + target}, [heading.text()])]))
    return Node("nav", {"class": "contents-list"}, [Node("h1", {}, ["Sommaire"]), Node("ul", {}, items)])


def book(folder, door, screen=False):
    """Le livre entier ; pour une liseuse, sans couverture ni sommaire : elle a les siens."""
    whole = os.path.join(folder, "..", "whole")
    pages = {name: read(os.path.join(whole, name)) for name in os.listdir(whole)}
    name, (title, _, listed) = pages["index.html"].find_class("site-name").text(), navigation.Site(pages).doors[door]
    urls = chapters(listed, pages)
    sections = [chapter(folder, pages[url], url, urls, screen) for url in urls]
    cover = Node("section", {"class": "cover"}, [Node("p", {"class": "cover-title"}, [name]), Node("p", {"class": "cover-door"}, [title])])
    head = Node("head", {}, [Node("meta", {"charset": "utf-8"}), Node("title", {}, [name + " — " + title]),
                             Node("link", {"rel": "stylesheet", "href": os.path.relpath(SHEET, folder)})])
    return Node("#document", {}, [Node("html", {"lang": "fr"}, [
        head, Node("body", {}, [child for section in sections for child in section.children] if screen
                   else [cover, contents_of(sections)] + sections)])])


if __name__ == "__main__":
    write(sys.argv[3], book(sys.argv[1], int(sys.argv[2]), "--screen" in sys.argv[4:]))
