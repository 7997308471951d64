"""Un arbre HTML minimal : lire une page, la transformer, la récrire. La bibliothèque standard suffit."""
import re
from html import escape
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
RAW = frozenset(("script", "style"))


class Node:
    """Un élément : son nom, ses attributs, ses enfants (éléments ou textes)."""

    def __init__(self, tag, attrs=None, children=None):
        self.tag = tag
        self.attrs = dict(attrs or {})
        self.children = list(children or [])

    def get(self, name):
        """La valeur d'un attribut, ou une chaîne vide."""
        return self.attrs.get(name) or ""

    def classes(self):
        """Les classes de l'élément."""
        return self.get("class").split()

    def walk(self):
        """Cet élément et tous ceux qu'il contient, dans l'ordre du document."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def find_all(self, *tags):
        """Les éléments de ces noms, dans l'ordre du document."""
        return [node for node in self.walk() if node.tag in tags]

    def find_class(self, name):
        """Le premier élément de cette classe, ou None."""
        return next((node for node in self.walk() if name in node.classes()), None)

    def text(self):
        """Le texte seul, les blancs réduits à une espace ; une espace insécable le reste."""
        return re.sub(r"[ \t\r\n]+", " ", "".join(self.texts())).strip(" \t\r\n")

    def texts(self):
        """Les textes de l'élément, dans l'ordre."""
        for child in self.children:
            if isinstance(child, Node):
                if child.tag not in RAW:
                    yield from child.texts()
            else:
                yield child

    def replace(self, old, *new):
        """Met d'autres enfants à la place de l'un d'eux."""
        index = next(i for i, child in enumerate(self.children) if child is old)
        self.children[index:index + 1] = new

    def html(self):
        """L'élément, récrit."""
        inside = "".join(self._written())
        if self.tag == "#document":
            return inside
        attrs = "".join(
            " " + name if value is None else ' {}="{}"'.format(name, escape(value))
            for name, value in self.attrs.items())
        if self.tag in VOID:
            return "<{}{}>".format(self.tag, attrs)
        return "<{0}{1}>{2}</{0}>".format(self.tag, attrs, inside)

    def _written(self):
        for child in self.children:
            if isinstance(child, Node):
                yield child.html()
            else:
                yield child if self.tag in RAW else escape(child, quote=False)


class Builder(HTMLParser):
    """Construit l'arbre ; une balise fermante sans ouverture est oubliée."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Node("#document")
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs)
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Node(tag, attrs))

    def handle_endtag(self, tag):
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parse(text):
    """L'arbre d'une page ou d'un fragment ; les commentaires et le type du document sont laissés."""
    builder = Builder()
    builder.feed(text)
    builder.close()
    return builder.root


def read(path):
    """L'arbre d'un fichier."""
    with open(path, encoding="utf-8") as file:
        return parse(file.read())


def write(path, root):
    """Récrit une page entière."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("<!DOCTYPE html>\n" + root.html().strip() + "\n")


def parents(root):
    """Le parent de chaque élément, par son identité."""
    return {id(child): node for node in root.walk() for child in node.children if isinstance(child, Node)}
