"""Les pages de l'API : les tableaux de mise en page de Doxygen deviennent des titres et des listes."""
import re

from docs.site import signatures
from docs.site.dom import Node


def shape(root):
    """Refait les listes de membres, les signatures et les listes de fichiers."""
    for parent in list(root.walk()):
        for child in list(parent.children):
            if not isinstance(child, Node):
                continue
            names = child.classes()
            if child.tag == "table" and "memberdecls" in names:
                parent.replace(child, *_members(child))
            elif "memproto" in names:
                parent.replace(child, Node("div", {"class": "memproto"}, [signatures.shape(child)]))
            elif child.tag == "table" and "directory" in names:
                parent.replace(child, _directory(child))
            elif "levels" in names:
                parent.replace(child)
            elif child.tag == "table" and {"params", "retval", "fieldtable"} & set(names):
                parent.replace(child, _definitions(child))
    for node in root.find_all("p"):
        node.children = [child for child in node.children if not _is_extra(child)]
    for title in root.find_all("h2"):
        if "memtitle" in title.classes():
            title.tag = "h3"
            title.children = [child for child in title.children
                              if not (isinstance(child, Node) and "permalink" in child.classes())]


def _members(table):
    items, blocks = None, []
    for row in table.find_all("tr"):
        names = row.classes()
        if "heading" in names:
            blocks += row.find_all("h2")
            items = None
        elif "memitem:" in row.get("class") and len(row.find_all("td")) >= 2:
            if items is None:
                items = Node("ul", {"class": "members"})
                blocks.append(items)
            left, right = row.find_all("td")[:2]
            code = Node("code", {}, left.children + [" "] + right.children)
            signatures.write(code)
            items.children.append(Node("li", {}, [code]))
        elif "memdesc:" in row.get("class") and items is not None:
            text = row.find_class("mdescRight")
            children = [child for child in text.children if not _is_extra(child)]
            items.children[-1].children.append(Node("p", {}, children))
    return blocks


def _is_extra(child):
    """« Plus de détails... » mène là où mène déjà le nom, dans sa liste, ou le sommaire, en haut de la page."""
    return isinstance(child, Node) and (child.tag == "br" or child.tag == "a" and child.text().startswith("Plus de détails"))


def _directory(table):
    items = Node("ul", {"class": "files"})
    for row in table.find_all("tr"):
        entry, description = row.find_class("entry"), row.find_class("desc")
        depth = row.get("id").count("_") - 2
        link = entry.find_all("a")
        label = link[:1] or [Node("span", {}, [entry.text().lstrip("\u25bc\u25ba\u00a0C ")])]
        item = Node("li", {"style": "--depth: %d" % depth}, label)
        if description is not None and description.text():
            item.children.append(Node("span", {"class": "brief"}, description.children))
        items.children.append(item)
    return items


def _definitions(table):
    """Paramètres, valeurs rendues, valeurs d'une énumération : un mot, puis ce qu'il veut dire."""
    inside = Node("dl", {"class": "definitions"})
    for row in table.find_all("tr"):
        cells = row.find_all("td")
        if len(cells) >= 2:
            inside.children.append(Node("dt", {}, [Node("code", {}, cells[-2].children)]))
            inside.children.append(Node("dd", {}, cells[-1].children))
    return inside


def source_of(root):
    """Le fichier que décrit une page de l'API, ou une chaîne vide."""
    path, title = root.find_class("path"), root.find_class("title")
    name = re.search(r"([\w.-]+\.[ch])$", title.text()) if title is not None else None
    return path.text() + name[1] if path is not None and name else ""


def documented(pages):
    """{source: {fonction: adresse de sa description}}, d'après les pages finies de l'API."""
    found = {}
    for page, root in pages.items():
        source, last = source_of(root), ""
        for node in root.walk() if source else ():
            if node.tag == "a" and node.get("id"):
                last = node.get("id")
            elif "memtitle" in node.classes() and node.text().endswith("()"):
                found.setdefault(source, {})[node.text()[:-2]] = "%s#%s" % (page, last)
    return found
