"""La navigation : les portes de la page d'accueil donnent le menu de toutes les pages, et l'ordre de lecture."""
import re

from docs.site.dom import Node

# Au-delà, comme au troisième rang, les pages d'une page ne sont au menu que si l'on y est.
MANY = 6
# Dans le titre d'un lab : ce qui sépare son nom de ce dont il parle.
ABOUT = "\u00a0: "


class Site:
    """Les portes (sections de l'accueil), leurs pages, et les pages que celles-ci contiennent : (adresse, titre, [pages])."""

    def __init__(self, pages, chapters=None):
        self.pages, self.chapters = pages, chapters or {}
        self.doors = [(title, "index.html#" + anchor, [self._page(url, text) for url, text in links])
                      for title, anchor, links in _sections(pages["index.html"])]

    def _page(self, url, text):
        listed = self.chapters.get(url) or self._children(url)
        return url, text, [self._page(*child) for child in listed]

    def _children(self, url):
        """Les pages d'une page qui n'est qu'un sommaire : une liste, chaque point un lien."""
        contents = self.pages[url].find_class("contents") if url in self.pages else None
        items = [] if contents is None else contents.find_all("li")
        links = [item.find_all("a") for item in items]
        if not items or contents.find_all("h1", "h2", "h3") or not all(
                link and link[0].text() == item.text() for link, item in zip(links, items)):
            return []
        return [(link[0].get("href"), link[0].text()) for link in links]

    def order(self):
        """Toutes les pages du menu, dans l'ordre où les lire, porte par porte."""
        for _, _, pages in self.doors:
            yield [found for page in pages for found in _flat(page)]


def _flat(page):
    url, text, children = page
    return [(url, text)] + [found for child in children for found in _flat(child)]


def _sections(root):
    """Les titres de l'accueil, et les liens des listes qui les suivent."""
    contents = root.find_class("contents")
    found = []
    for node in contents.walk():
        if node.tag == "h2":
            found.append((node.text(), node.get("id"), []))
        elif node.tag == "a" and found:
            link = (node.get("href"), node.text())
            if re.fullmatch(r"[^:#]+\.html", link[0]) and link not in found[-1][2]:
                found[-1][2].append(link)
    return found


def _link(url, text, current):
    attrs = {"href": url}
    if url == current:
        attrs["aria-current"] = "page"
    return Node("a", attrs, [text])


def _list(pages, current, deep=False):
    """Un menu."""
    items = Node("ul")
    for page in pages:
        url, text, children = page
        item = Node("li", {}, [_link(url, text, current)])
        if children and (not deep and len(children) <= MANY or current in [found for found, _ in _flat(page)]):
            item.children.append(_list(children, current, deep=True))
        items.children.append(item)
    return items


def add(root, site, current):
    """Remplit les menus d'une page, son sommaire, et ce qui la précède et la suit."""
    tree, main = root.find_class("tree"), root.find_all("main")[0]
    for title, url, pages in site.doors:
        tree.children += [Node("p", {}, [_link(url, title, current)]), _list(pages, current)]
    columns, contents = root.find_class("columns"), _table_of_contents(main)
    side = [tree]
    if contents is not None:
        side.append(contents)
        # Deux codes côte à côte veulent la place : le sommaire y est au-dessus du menu.
        columns.attrs["class"] += "" if root.find_class("sources") else " with-toc"
    columns.replace(tree, Node("div", {"class": "side"}, side))
    _neighbours(main, site, current)


def _table_of_contents(main):
    headings = [node for node in main.find_all("h2", "h3") if node.get("id")]
    if len(headings) < 2:
        return None
    items = [Node("li", {"class": "h3"} if heading.tag == "h3" else {}, [Node("a", {"href": "#" + heading.get("id")}, [heading.text()])])
             for heading in headings]
    details = Node("details", {"open": None}, [Node("summary", {}, ["Sur cette page"]), Node("ul", {}, items)])
    return Node("nav", {"class": "toc", "aria-label": "Sur cette page"}, [details])


def _neighbours(main, site, current):
    for pages in site.order():
        urls = [url for url, _ in pages]
        if current not in urls:
            continue
        place, links = urls.index(current), []
        if place > 0:
            links.append(Node("a", {"href": urls[place - 1], "rel": "prev"}, ["Précédent : " + pages[place - 1][1]]))
        if place + 1 < len(urls):
            links.append(Node("a", {"href": urls[place + 1], "rel": "next"}, ["Suivant : " + pages[place + 1][1]]))
        if links:
            main.children.append(Node("nav", {"class": "neighbours", "aria-label": "Lecture"}, links))
        return


def make_doors(root, site):
    """Sur l'accueil, chaque porte est un cadre ; celles d'une page qui ont des chapitres y sont en cartes : les labs."""
    block = root.find_class("textblock")
    children, door = [], None
    for child in block.children:
        if isinstance(child, Node) and child.tag == "h2":
            door = Node("section", {"class": "door", "aria-labelledby": child.get("id")}, [])
            children.append(door)
        (children if door is None else door.children).append(child)
    block.children = children
    listed = {url: [_card(*book[:2]) for book in inside if book[2] and ABOUT in book[1]] for _, _, pages in site.doors for url, _, inside in pages}
    for item in block.find_all("li"):
        cards = [card for link in item.find_all("a") for card in listed.get(link.get("href"), ())]
        if cards:
            item.children.append(Node("ul", {"class": "books"}, cards))


def _card(url, text):
    """« Lab 01 — TCP : un serveur… » : son nom, puis de quoi il parle."""
    name, _, about = text.partition(ABOUT)
    return Node("li", {}, [Node("a", {"href": url}, [name, Node("span", {}, [" " + about[:1].upper() + about[1:]])])])
