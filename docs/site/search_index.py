"""L'index de la recherche : chaque section de chaque page, avec son adresse et son texte."""
import json
import re

from docs.site import api
from docs.site.dom import Node
from docs.site.navigation import ABOUT

HEADINGS = ("h1", "h2", "h3", "h4")
# Ce qui n'interrompt pas une phrase : « D24</a>, » reste « D24, ».
INLINE = ("a", "code", "em", "strong", "b", "i", "span", "sup", "sub", "kbd", "abbr", "tt", "wbr")


def sections(root, url):
    """[titre de la page, titre de la section, adresse, texte] pour chaque section d'une page."""
    main = root.find_all("main")[0]
    trail = root.find_class("trail")
    # Trois labs ont un « server.c » : un fichier se nomme avec son dossier.
    title = api.source_of(root) or ("" if trail is None else trail.text().partition(ABOUT)[0] + " › ") + next((node.text() for node in main.find_all("h1")), url)
    found = [[title, "", url, []]]
    _collect(main, title, url, found)
    return [[page, section, address, re.sub(r"\s+", " ", "".join(text)).strip()]
            for page, section, address, text in found]


def _collect(node, title, url, found):
    for child in node.children:
        if not isinstance(child, Node):
            found[-1][3].append(child)
        elif child.tag in HEADINGS and child.get("id"):
            found.append([title, child.text(), url + "#" + child.get("id"), []])
        # Les renvois de qui enseigne ne sont pas le texte de la section.
        elif child.tag not in ("nav", "script", "h1") and "facts" not in child.classes():
            _collect(child, title, url, found)
            if child.tag not in INLINE:
                found[-1][3].append(" ")


def write(path, entries):
    """Un script, et non un JSON : une page ouverte sans serveur n'a pas le droit d'en lire un."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("window.SEARCH_INDEX = ")
        json.dump(entries, file, ensure_ascii=False, separators=(",", ":"))
        file.write(";\n")
