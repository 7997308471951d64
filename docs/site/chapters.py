"""Une longue page devient un sommaire et ses chapitres : les notes d'un lab, une page par étape ; le catalogue, une par défaut."""
import copy
import re

from docs.site.dom import Node

# Où couper : au titre de ce rang, dans les pages de ce nom ; une ancre de cette forme, ou toute autre.
CUTS = ((re.compile(r"(lab-[\w-]+|captures)\.html"), "h2", re.compile(r"")), (re.compile(r"defauts\.html"), "h3", re.compile(r"defaut-d\d\d$")))
# Les ancres que toute page a.
SHELL = ("contenu", "menu")


def split(pages):
    """Coupe les longues pages ; rend {page: [(adresse, titre)]}, les chapitres de chacune."""
    found, moved = {}, {}
    for name, root in list(pages.items()):
        for pattern, tag, wanted in CUTS:
            if pattern.fullmatch(name):
                found[name] = _cut(pages, name, root, tag, wanted, moved)
    origins = {url: page for (page, _), url in moved.items()}
    for name, root in pages.items():
        _follow(root, name, moved, origins)
    return found


def _cut(pages, name, root, tag, wanted, moved):
    """Met chaque chapitre dans sa page ; à leur place, un sommaire, ou rien si un tableau y mène déjà."""
    block = root.find_class("textblock")
    kept, parts = _parts(block.children, tag, wanted)
    block.children = []
    here = [node.get("id") for child in kept if isinstance(child, Node) for node in child.walk() if node.get("id")]
    links = []
    for heading, body in parts:
        anchor = heading.get("id")
        url = (anchor if anchor.startswith((name[:-len(".html")], "defaut-")) else name[:-len(".html")] + "-" + anchor) + ".html"
        pages[url] = _page(root, name, heading, body)
        moved[name, anchor] = url
        for node in (node for child in body if isinstance(child, Node) for node in child.walk()):
            if node.get("id") and node.get("id") not in here:
                moved[name, node.get("id")] = url + "#" + node.get("id")
        links.append((url, heading.text()))
    block.children = kept
    if tag == "h2":
        items = [Node("li", {}, [Node("a", {"href": url}, [text])]) for url, text in links]
        block.children.append(Node("ul", {"class": "chapters"}, items))
    return links


def _parts(children, tag, wanted):
    """(ce qui reste, [(titre, contenu)]) : un chapitre va jusqu'au titre suivant de son rang, ou d'un rang plus haut."""
    kept, parts, current = [], [], None
    for child in children:
        rank = child.tag if isinstance(child, Node) and re.fullmatch(r"h[2-5]", child.tag) else "h9"
        if rank == tag and wanted.search(child.get("id")):
            current = []
            parts.append((child, current))
        elif rank <= tag:
            current = None
            kept.append(child)
        else:
            (kept if current is None else current).append(child)
    return _without_empty(kept), parts


def _without_empty(children):
    """Un titre dont tout le contenu est parti s'en va aussi."""
    kept = []
    for child in reversed(children):
        below = next((node for node in reversed(kept) if isinstance(node, Node)), None)
        heading = isinstance(child, Node) and re.fullmatch(r"h[2-5]", child.tag)
        if not heading or below is not None and not (re.fullmatch(r"h[2-5]", below.tag) and below.tag <= child.tag):
            kept.append(child)
    return list(reversed(kept))


def _page(root, name, heading, body):
    """La page d'un chapitre, sur le modèle de celle d'où il vient, vidée : son titre, et cette page."""
    page = copy.deepcopy(root)
    title, header = page.find_class("title"), page.find_class("header")
    rise = int(heading.tag[1]) - 1
    title.children = heading.children
    book = root.find_class("title").text()
    header.children = [Node("p", {"class": "trail"}, [Node("a", {"href": name}, [book])]), title]
    page.find_all("title")[0].children = ["%s · %s" % (heading.text(), book)]
    block = page.find_class("textblock")
    block.children = body
    for node in block.walk():
        if re.fullmatch(r"h[3-5]", node.tag) and node.tag > heading.tag:
            node.tag = f"h{int(node.tag[1]) - rise}"
    return page


def _follow(root, name, moved, origins):
    """Les liens vers ce qui a changé de page, ou vers ce qui est resté dans celle d'où ce chapitre vient."""
    origin = origins.get(name, name)
    for node in root.find_all("a"):
        page, mark, anchor = node.get("href").partition("#")
        if not mark:
            continue
        target = moved.get((page or origin, anchor))
        if target:
            url, _, fragment = target.partition("#")
            node.attrs["href"] = "#" + fragment if url == name and fragment else target
        elif not page and origin != name and anchor not in SHELL:
            node.attrs["href"] = origin + "#" + anchor
